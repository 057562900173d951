//! What machines that watch this one are told.

use glore::engine::{Health, ScriptedEngine};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_healthy_server_is_ready() {
    let app = TestApp::new().await;
    assert_eq!(app.get("/livez").await.ok()["status"], "ok");
    let ready = app.get("/readyz").await.ok();
    for check in ["models", "store", "queue", "server"] {
        assert_eq!(ready["checks"][check]["ok"], true, "{check}");
    }
    assert_eq!(app.get("/version").await.ok()["name"], "glore");
}

#[tokio::test]
async fn a_server_that_cannot_work_says_which_part_cannot() {
    let broken = Health::NotReady("policy: not loaded".to_owned());
    let app = TestApp::with(ScriptedEngine::new().healthy(broken)).await;
    let problem = app.get("/readyz").await.problem(503, "not_ready");
    assert_eq!(problem["checks"]["models"], json!({"ok": false, "reason": "policy: not loaded"}));
    assert_eq!(problem["checks"]["store"]["ok"], true);
    app.get("/livez").await.ok();

    let app = TestApp::new().await;
    app.app.shutdown.cancel();
    app.get("/readyz").await.problem(503, "not_ready");
    app.post("/v1/solve", json!({"problem": "x"})).await.problem(503, "not_ready");

    let app = TestApp::new().await;
    app.app.store.close().await.expect("closed");
    let problem = app.get("/readyz").await.problem(503, "not_ready");
    assert_eq!(problem["checks"]["store"]["ok"], false);
    app.get("/v1/runs").await.problem(503, "store_unavailable");
}

#[tokio::test]
async fn models_are_listed_by_name_and_by_role() {
    let app = TestApp::new().await;
    let models = app.get("/v1/models").await.ok();
    let all = |list: &str, key: &str| -> Vec<_> {
        models[list].as_array().expect("a list").iter().map(|m| m[key].clone()).collect()
    };
    assert_eq!(all("roles", "role"), ["policy", "orm", "sorm", "global", "local"]);
    assert_eq!(models["roles"][2]["threshold"], json!({"sorm": 0.5, "source": "validation"}));
    assert_eq!(models["roles"][0]["score_format"], json!(null));

    assert_eq!(models["object"], "list");
    let names = ["glore", "glore-draft", "glore-best-of-3"];
    assert_eq!(all("data", "id")[..3], names);
    assert_eq!(all("data", "id")[3..], all("roles", "role"), "roles by themselves");
    assert_eq!(models["data"][4]["max_model_len"], models["roles"][1]["context_length"]);
    assert_eq!(app.get("/v1/models/orm").await.ok(), models["data"][4]);
    assert!(all("data", "object").iter().all(|object| object == "model"));
    assert!(all("data", "owned_by").iter().all(|owner| owner == "glore"));
    assert!(all("data", "created").iter().all(|created| created.as_i64() > Some(1_700_000_000)));
    assert_eq!(app.get("/v1/models").await.ok(), models, "the same every time");
    assert_eq!(app.get("/v1/models/glore-draft").await.ok(), models["data"][1]);
    let refused = app.get("/v1/models/gpt-4").await;
    assert_eq!(refused.status, 404);
    let error = &refused.json()["error"];
    assert_eq!((&error["code"], &error["param"]), (&json!("model_not_found"), &json!(null)));
    let message = error["message"].as_str().expect("a sentence");
    assert!(message.contains("gpt-4") && message.contains("glore-best-of-3"), "{message}");
}

#[tokio::test]
async fn metrics_count_requests_and_runs() {
    let app = TestApp::new().await;
    let body = json!({"problem": "What is 2 + 2?", "reference_answer": "4"});
    app.post("/v1/solve", body).await.ok();
    app.get("/no/such/page").await;
    let answer = app.get("/metrics").await;
    let text = String::from_utf8(answer.body.to_vec()).expect("text");
    for series in [
        "http_requests_total{",
        "http_request_duration_seconds_bucket{",
        "glore_stage_duration_seconds_bucket{stage=\"draft\"",
        "http_requests_in_flight ",
        "glore_tokens_total{kind=\"draft\"}",
        "glore_choice_total{",
        "glore_runs_total{",
        "glore_runs{status=\"completed\"} ",
        "glore_runs{status=\"queued\"} ",
        "glore_flips_total{from=\"correct\",to=\"correct\"}",
        "glore_step_score_bucket{le=\"0.9\"}",
        "glore_queue_depth{who=\"clients\"} 0",
        "glore_queue_depth{who=\"background\"} 0",
        "glore_queue_wait_seconds_bucket{",
        "glore_engine_duration_seconds_sum{role=\"policy\",call=\"generate\"}",
        "glore_engine_duration_seconds_sum{role=\"sorm\",call=\"score\"}",
        "path=\"/v1/solve\"",
        "path=\"unmatched\"",
    ] {
        assert!(text.contains(series), "{series} in\n{text}");
    }
}
