//! An answer in pieces.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, header};
use futures::StreamExt;
use glore::config::Config;
use glore::domain::Role;
use glore::engine::{Gate, ScriptedEngine};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{SOLUTION, ask, models};
use crate::app::TestApp;

const CHAT: &str = "/v1/chat/completions";

async fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(5), "never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The objects of a whole stream, which must end as it should.
async fn pieces(app: &TestApp, more: Value) -> Vec<Value> {
    let answer = app.post(CHAT, ask(more)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let text = String::from_utf8(answer.body.to_vec()).expect("text");
    let events = text.split_terminator("\n\n").filter(|event| !event.starts_with(':'));
    let mut data: Vec<&str> =
        events.map(|event| event.strip_prefix("data: ").expect("only data")).collect();
    assert_eq!(data.pop(), Some("[DONE]"), "{text}");
    data.into_iter().map(|data| serde_json::from_str(data).expect("an object")).collect()
}

#[tokio::test]
async fn role_then_lines_then_reason_then_usage() {
    let app = TestApp::with(models()).await;
    let more = json!({"stream": true, "stream_options": {"include_usage": true}});
    let pieces = pieces(&app, more).await;
    let heads: Vec<_> = pieces.iter().map(|p| (&p["id"], &p["created"], &p["model"])).collect();
    assert!(heads.iter().all(|head| *head == heads[0]), "{heads:?}");
    assert!(pieces.iter().all(|piece| piece["object"] == "chat.completion.chunk"));

    let (begin, rest) = pieces.split_first().expect("pieces");
    assert_eq!(begin["choices"][0]["delta"], json!({"role": "assistant", "content": ""}));
    let [lines @ .., end, usage] = rest else { panic!("{rest:#?}") };
    let lines: Vec<_> =
        lines.iter().map(|p| p["choices"][0]["delta"]["content"].as_str().expect("text")).collect();
    assert_eq!(lines, ["Ann has 2 pens.\n", "2 + 2 = 4\n", "#### 4"]);
    assert_eq!(lines.concat(), SOLUTION);
    assert_eq!(end["choices"], json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]));
    for piece in &pieces[..pieces.len() - 2] {
        assert_eq!(piece["choices"][0]["finish_reason"], json!(null));
        assert!(piece["usage"].is_null() && piece.get("usage").is_some(), "{piece}");
        assert!(piece.get("glore").is_none());
    }
    assert_eq!(usage["choices"], json!([]));
    assert!(usage["usage"]["total_tokens"].as_u64() > Some(0));

    let id = end["glore"]["run_id"].as_str().expect("an id");
    assert_eq!(begin["id"], format!("chatcmpl-{id}"));
    assert_eq!(app.get(&format!("/v1/runs/{id}")).await.ok()["answer"], "4");
}

#[tokio::test]
async fn usage_comes_only_when_asked_for() {
    let app = TestApp::with(models()).await;
    for more in [
        json!({"stream": true}),
        json!({"stream": true, "stream_options": {}}),
        json!({"stream": true, "stream_options": {"include_usage": false}}),
    ] {
        let pieces = pieces(&app, more).await;
        assert!(pieces.iter().all(|piece| piece.get("usage").is_none()), "{pieces:#?}");
        let end = &pieces[pieces.len() - 1];
        assert_eq!(end["choices"][0]["finish_reason"], "stop");
    }
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_is_an_object_of_the_stream() {
    let app = TestApp::with(ScriptedEngine::new().scores(Role::Orm, |_| f64::NAN)).await;
    let pieces = pieces(&app, json!({"stream": true})).await;
    let [begin, error] = pieces.as_slice() else { panic!("{pieces:#?}") };
    assert_eq!(begin["choices"][0]["delta"]["role"], "assistant");
    assert_eq!(error["error"]["code"], "non_finite_logits");
    assert_eq!(error["error"]["type"], "server_error");
    assert_eq!(app.get("/v1/runs").await.ok()["data"][0]["status"], "failed");
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_run() {
    let slow = models().delays(Role::Policy, Duration::from_secs(60));
    let app = TestApp::build(slow, Config::default(), Gate::new(1, 0)).await;
    let body = Body::from(ask(json!({"stream": true})).to_string());
    let request = Request::post(CHAT).header(header::CONTENT_TYPE, "application/json").body(body);
    let response = app.router.clone().oneshot(request.expect("a request")).await;
    let mut stream = response.expect("infallible").into_body().into_data_stream();
    let first = stream.next().await.expect("a piece").expect("no error");
    assert!(String::from_utf8_lossy(&first).contains("\"role\":\"assistant\""), "at once");
    until(|| app.app.live.count() == 1).await;
    drop(stream);
    until(|| app.app.live.count() == 0).await;
    app.app.gate.try_acquire().expect("the place is free again");
    assert_eq!(app.get("/v1/runs").await.ok()["data"][0]["status"], "cancelled");
}
