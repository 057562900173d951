//! Every refusal has OpenAI's shape, whoever raised it.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use glore::config::Config;
use glore::domain::Role;
use glore::engine::{EngineError, Gate, ScriptedEngine};
use serde_json::{Value, json};

use super::ask;
use crate::app::{Answer, TestApp};

const CHAT: &str = "/v1/chat/completions";

/// The error, which must be whole.
#[track_caller]
fn error(answer: &Answer, status: u16, kind: &str, code: &str) -> Value {
    let body = answer.json();
    assert_eq!(answer.status.as_u16(), status, "{body}");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_ne!(answer.header("x-request-id"), "");
    let error = &body["error"];
    assert_eq!((&error["type"], &error["code"]), (&json!(kind), &json!(code)), "{body}");
    assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    let mut members: Vec<_> = error.as_object().expect("an object").keys().collect();
    members.sort();
    assert_eq!(members, ["code", "message", "param", "type"]);
    error.clone()
}

#[track_caller]
fn invalid(answer: &Answer, param: &str, code: &str) -> String {
    let error = error(answer, 400, "invalid_request_error", code);
    assert_eq!(error["param"], param, "{error}");
    error["message"].to_string()
}

#[tokio::test]
async fn fields_that_cannot_be_used() {
    let app = TestApp::new().await;
    let chat = |more| app.post(CHAT, ask(more));
    let said = invalid(&chat(json!({"temperature": 2.5})).await, "temperature", "out_of_range");
    assert!(said.contains("2.5") && said.contains("between 0 and 2"), "{said}");
    invalid(&chat(json!({"max_tokens": 1025})).await, "max_tokens", "out_of_range");
    let tokens = json!({"max_completion_tokens": 0});
    invalid(&chat(tokens).await, "max_completion_tokens", "out_of_range");
    let both = json!({"max_completion_tokens": 9, "max_tokens": 9});
    invalid(&chat(both).await, "max_tokens", "exclusive");
    invalid(&chat(json!({"seed": u64::MAX})).await, "seed", "out_of_range");
    invalid(&chat(json!({"n": 2})).await, "n", "out_of_range");
    invalid(&chat(json!({"n": 0})).await, "n", "out_of_range");
    invalid(&chat(json!({"stream": "yes"})).await, "stream", "wrong_type");
    invalid(&chat(json!({"user": 7})).await, "user", "wrong_type");
    let options = json!({"stream_options": {"include_usage": 1}});
    invalid(&chat(options).await, "stream_options.include_usage", "wrong_type");
    invalid(&app.post(CHAT, json!({"messages": []})).await, "model", "missing_field");
    invalid(&app.post(CHAT, json!({"model": "glore"})).await, "messages", "missing_field");
    let two = invalid(&chat(json!({"messages": [], "n": 3})).await, "messages", "no_user_message");
    assert!(two.contains("/n"), "the message has all of them: {two}");
    assert_eq!(app.get("/v1/runs").await.ok()["data"], json!([]), "nothing ran");
}

#[tokio::test]
async fn messages_that_cannot_be_used() {
    let app = TestApp::new().await;
    let chat = |message: Value| app.post(CHAT, ask(json!({"messages": [message]})));
    let user = |content: Value| chat(json!({"role": "user", "content": content}));
    invalid(&user(json!("  ")).await, "messages[0].content", "blank");
    invalid(&user(json!("a\0")).await, "messages[0].content", "control_character");
    invalid(&user(json!("x".repeat(16 * 1024 + 1))).await, "messages[0].content", "too_long");
    invalid(&user(json!({"a": 1})).await, "messages[0].content", "wrong_type");
    let image = json!([{"type": "image_url", "image_url": {"url": "x"}}]);
    invalid(&user(image).await, "messages[0].content[0]", "not_text");
    invalid(
        &chat(json!({"role": "wizard", "content": "x"})).await,
        "messages[0].role",
        "unknown_value",
    );
    invalid(&chat(json!({"role": "system", "content": "x"})).await, "messages", "no_user_message");
}

#[tokio::test]
async fn a_model_that_is_not_served() {
    let app = TestApp::new().await;
    let answer = app.post(CHAT, ask(json!({"model": "gpt-4", "stream": true, "n": 5}))).await;
    let refused = error(&answer, 404, "invalid_request_error", "model_not_found");
    assert_eq!(refused["param"], "model");
    let said = refused["message"].to_string();
    assert!(said.contains("gpt-4") && said.contains("glore-best-of-3"), "{said}");
}

#[tokio::test]
async fn requests_that_are_refused_before_the_handler() {
    let app = TestApp::new().await;
    let kind = "invalid_request_error";
    let json = "application/json";
    error(&app.post_raw(CHAT, "text/plain", "{}").await, 415, kind, "unsupported_media_type");
    error(&app.post_raw(CHAT, json, "{").await, 400, kind, "bad_json");
    error(&app.post_raw(CHAT, json, b"{\"\xff\"}".to_vec()).await, 400, kind, "not_utf8");
    let large = "x".repeat(app.app.config.server.max_body_bytes + 1);
    error(&app.post_raw(CHAT, json, large).await, 413, kind, "body_too_large");
    let get = app.get(CHAT).await;
    error(&get, 405, kind, "method_not_allowed");
    assert_eq!(get.header("allow"), "POST");
    error(&app.get("/v1/chat/nothing").await, 404, kind, "not_found");
    let foreign = Request::post(CHAT)
        .header(header::CONTENT_TYPE, json)
        .header("sec-fetch-site", "cross-site")
        .header(header::ORIGIN, "https://evil.example")
        .body(Body::from(ask(json!({})).to_string()));
    error(&app.send(foreign.expect("a request")).await, 403, kind, "cross_origin");
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_back() {
    let slow = ScriptedEngine::new().delays(Role::Policy, Duration::from_secs(60));
    let app = TestApp::build(slow, Config::default(), Gate::new(1, 0)).await;
    let _place = app.app.gate.try_acquire().expect("the only place");
    for stream in [false, true] {
        let answer = app.post(CHAT, ask(json!({"stream": stream}))).await;
        error(&answer, 429, "rate_limit_error", "rate_limit_exceeded");
        assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    }
    app.app.shutdown.cancel();
    let answer = app.post(CHAT, ask(json!({"stream": true}))).await;
    error(&answer, 503, "server_error", "not_ready");
    assert_ne!(answer.header("retry-after"), "");
}

#[tokio::test]
async fn what_goes_wrong_in_a_run() {
    let chat = async |engine| {
        let app = TestApp::with(engine).await;
        let answer = app.post(CHAT, ask(json!({}))).await;
        (app, answer)
    };
    let (app, answer) = chat(ScriptedEngine::new().scores(Role::Sorm, |_| f64::NAN)).await;
    error(&answer, 500, "server_error", "non_finite_logits");
    let runs = app.get("/v1/runs").await.ok();
    assert_eq!(runs["data"][0]["status"], "failed");

    let down = EngineError::Unavailable { role: Role::Policy, reason: "/secret/path".to_owned() };
    let (_app, answer) = chat(ScriptedEngine::new().fails(Role::Policy, down)).await;
    let refused = error(&answer, 503, "server_error", "engine_unavailable");
    assert!(!refused.to_string().contains("secret"));

    let small = ScriptedEngine::new().described(Role::Policy, |model| model.context_length = 64);
    let (_app, answer) = chat(small).await;
    let refused = error(&answer, 400, "invalid_request_error", "context_length_exceeded");
    assert_eq!(refused["param"], "messages");

    let (_app, answer) =
        chat(ScriptedEngine::new().fails(Role::Policy, EngineError::Cancelled)).await;
    error(&answer, 400, "invalid_request_error", "cancelled");
}
