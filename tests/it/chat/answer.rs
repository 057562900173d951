//! An answer in one piece.

use glore::domain::Role;
use glore::engine::ScriptedEngine;
use serde_json::json;

use super::{PROBLEM, SOLUTION, ask, models};
use crate::app::TestApp;

const CHAT: &str = "/v1/chat/completions";

#[tokio::test]
async fn the_chosen_solution_is_the_message_and_the_run_is_kept() {
    let app = TestApp::with(models()).await;
    let answer = app.post(CHAT, ask(json!({}))).await.ok();
    let verdict = &answer["glore"];
    let id = verdict["run_id"].as_str().expect("an id");
    assert_eq!(answer["id"], format!("chatcmpl-{id}"));
    assert_eq!((&answer["object"], &answer["model"]), (&json!("chat.completion"), &json!("glore")));
    let choice = json!([{"index": 0, "finish_reason": "stop",
        "message": {"role": "assistant", "content": SOLUTION}}]);
    assert_eq!(answer["choices"], choice);

    let run = app.get(&format!("/v1/runs/{id}")).await.ok();
    assert_eq!(run["problem"]["text"], PROBLEM);
    assert_eq!((&run["strategy"], &run["kind"]), (&json!("glore"), &json!("solve")));
    let chosen = &run["solutions"][2];
    assert_eq!(run["chosen"], chosen["id"]);
    assert_eq!(
        *verdict,
        json!({
            "run_id": id, "chosen": chosen["id"], "kind": "local", "answer": "4",
            "first_error_step": null, "orm": 0.8, "sorm": [0.9, 0.9],
            "threshold": {"sorm": 0.5, "source": "validation"},
        })
    );
    let written = run["solutions"].as_array().expect("a list").iter();
    let written: u64 = written.map(|solution| solution["tokens"].as_u64().expect("n")).sum();
    let usage = &answer["usage"];
    let count = |name: &str| usage[name].as_u64().expect("a number");
    assert_eq!(count("completion_tokens"), written);
    assert!(count("prompt_tokens") > 0);
    assert_eq!(count("total_tokens"), count("prompt_tokens") + written);
    let created = time::OffsetDateTime::parse(
        run["created_at"].as_str().expect("a time"),
        &time::format_description::well_known::Rfc3339,
    );
    assert_eq!(answer["created"], created.expect("a time").unix_timestamp());
}

#[tokio::test]
async fn each_model_is_a_way_of_solving() {
    let app = TestApp::with(models()).await;
    for (model, strategy, solutions) in
        [("glore", "glore", 3), ("glore-draft", "draft", 1), ("glore-best-of-3", "best_of_n", 3)]
    {
        let answer = app.post(CHAT, ask(json!({"model": model}))).await.ok();
        assert_eq!(answer["model"], model);
        let id = answer["glore"]["run_id"].as_str().expect("an id");
        let run = app.get(&format!("/v1/runs/{id}")).await.ok();
        assert_eq!(run["strategy"], strategy);
        assert_eq!(run["solutions"].as_array().map(Vec::len), Some(solutions), "{model}");
    }
}

#[tokio::test]
async fn what_other_servers_know_and_this_one_does_not_is_let_through() {
    let app = TestApp::new().await;
    let more = json!({"top_p": 0.9, "presence_penalty": 0, "stop": ["x"], "tools": [], "user": "ann",
        "logit_bias": {}, "response_format": {"type": "text"}, "n": 1, "stream": false,
        "stream_options": null, "temperature": null, "max_tokens": null, "metadata": {"a": "b"}});
    app.post(CHAT, ask(more)).await.ok();
    let parts = json!([{"role": "user", "content": "What is 1 + 1?"}, {"role": "assistant",
        "content": "2"}, {"role": "user", "content": [{"type": "text", "text": PROBLEM}]}]);
    let answer = app.post(CHAT, ask(json!({"messages": parts, "seed": 7}))).await.ok();
    let id = answer["glore"]["run_id"].as_str().expect("an id");
    let run = app.get(&format!("/v1/runs/{id}")).await.ok();
    assert_eq!(run["problem"]["text"], PROBLEM, "the last one alone");
    assert_eq!(run["solutions"][0]["seed"], 7);
}

#[tokio::test]
async fn a_solution_that_was_cut_says_so() {
    for field in ["max_tokens", "max_completion_tokens"] {
        let app = TestApp::new().await;
        let mut body = ask(json!({"model": "glore-draft"}));
        body[field] = json!(6);
        let answer = app.post(CHAT, body).await.ok();
        assert_eq!(answer["choices"][0]["finish_reason"], "length");
        assert_eq!(answer["usage"]["completion_tokens"], 6);
        assert_eq!(answer["glore"]["answer"], json!(null));
    }
}

#[tokio::test]
async fn a_solution_of_nothing_is_an_empty_message() {
    let app = TestApp::with(ScriptedEngine::new().says(Role::Policy, [""])).await;
    let answer = app.post(CHAT, ask(json!({"model": "glore-draft"}))).await.ok();
    assert_eq!(answer["choices"][0]["message"]["content"], "");
    assert_eq!((&answer["glore"]["orm"], &answer["glore"]["sorm"]), (&json!(null), &json!([])));
}
