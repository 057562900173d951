//! A repeated request gets its first answer, whatever happened in between.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use glore::config::Config;
use glore::domain::{Clock, Role, Timestamp};
use glore::engine::{EngineError, Gate, ScriptedEngine};
use glore::jobs;
use glore::web;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::review::raw;

const PROBLEM: &str = "What is 2 + 2?";

async fn send(app: &TestApp, path: &str, key: &str, body: &Value) -> Answer {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key);
    app.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

async fn solve(app: &TestApp, key: &str) -> Answer {
    send(app, "/v1/solve", key, &json!({"problem": PROBLEM})).await
}

async fn runs(app: &TestApp) -> usize {
    app.get("/v1/runs").await.ok()["data"].as_array().map_or(0, Vec::len)
}

async fn until(what: impl AsyncFn() -> bool) {
    let wait = async {
        while !what().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), wait).await.expect("never came");
}

#[tokio::test]
async fn the_same_request_is_answered_once_and_repeated() {
    let app = TestApp::new().await;
    for (path, body) in [
        ("/v1/solve", json!({"problem": PROBLEM})),
        ("/v1/critique", json!({"problem": PROBLEM, "solution": "2 + 2 = 4\n#### 4"})),
        ("/v1/refine", json!({"problem": PROBLEM, "solution": "2 + 2 = 5\n#### 5"})),
    ] {
        let before = runs(&app).await;
        let first = send(&app, path, path, &body).await;
        assert_eq!(first.header("idempotency-replayed"), "");
        let again = send(&app, path, path, &body).await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{path}");
        assert_eq!(again.ok(), first.ok(), "{path}");
        assert_eq!(again.header("content-type"), first.header("content-type"));
        assert_eq!(runs(&app).await, before + 1, "{path}: one run");
    }
}

#[tokio::test]
async fn an_accepted_run_is_accepted_once_with_its_location() {
    let app = TestApp::new().await;
    let body = json!({"problem": PROBLEM, "background": true});
    let first = send(&app, "/v1/solve", "k", &body).await;
    assert_eq!(first.status, 202);
    assert!(jobs::run_one(&app.app).await.expect("done"));
    let again = send(&app, "/v1/solve", "k", &body).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body), "as it was, not as it is");
    assert_eq!(again.header("location"), first.header("location"));
    assert!(again.header("location").starts_with("/v1/runs/run_"));
    assert!(!jobs::run_one(&app.app).await.expect("nothing waits"));
}

/// Storing what is done later and keeping the answer are one transaction: without the other, neither
/// is there, so that after a crash the request sent again makes the one and only.
#[tokio::test]
async fn what_is_kept_for_later_is_kept_together_with_its_answer() {
    let batch = json!({"problems": [{"problem": PROBLEM}]});
    let run = json!({"problem": PROBLEM, "background": true});
    for (path, list, body) in
        [("/v1/solve", "/v1/runs", run), ("/v1/batches", "/v1/batches", batch)]
    {
        let app = TestApp::new().await;
        let made = async || app.get(list).await.ok()["data"].as_array().map(Vec::len);
        let mut database = raw(app.dir()).await;
        let unkept = "CREATE TRIGGER unkept BEFORE UPDATE ON idempotency \
            BEGIN SELECT RAISE(ABORT, 'no answer is kept'); END";
        sqlx::query(unkept).execute(&mut database).await.expect("made");
        assert_eq!(send(&app, path, "k", &body).await.status, 503, "{path}");
        assert_eq!(made().await, Some(0), "{path}");
        sqlx::query("DROP TRIGGER unkept").execute(&mut database).await.expect("gone");
        app.app.store.keys().start(app.app.clock.now()).await.expect("the next start");
        let first = send(&app, path, "k", &body).await;
        assert_eq!(first.status, 202, "{path}");
        let again = send(&app, path, "k", &body).await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{path}");
        assert_eq!((again.status, &again.body), (first.status, &first.body), "{path}");
        assert_eq!(again.header("location"), first.header("location"), "{path}");
        assert_eq!(made().await, Some(1), "{path}");
    }
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let app = TestApp::new().await;
    solve(&app, "k").await.ok();
    let other = send(&app, "/v1/solve", "k", &json!({"problem": "What is 3 + 3?"})).await;
    other.problem(422, "idempotency_key_reused");
    let elsewhere = send(&app, "/v1/critique", "k", &json!({"problem": PROBLEM})).await;
    elsewhere.problem(422, "idempotency_key_reused");
    solve(&app, "k").await.ok();
    solve(&app, "another").await.ok();
    assert_eq!(runs(&app).await, 2);
}

#[tokio::test]
async fn keys_are_checked_before_anything_is_done() {
    let app = TestApp::new().await;
    for key in ["", "a b", "\u{e9}", &"x".repeat(256)] {
        let refused = solve(&app, key).await.problem(400, "bad_idempotency_key");
        assert!(refused["detail"].as_str().is_some_and(|text| text.contains("Idempotency-Key")));
    }
    assert_eq!(runs(&app).await, 0);
    solve(&app, &"x".repeat(255)).await.ok();
    let stream = Request::post("/v1/solve")
        .header(header::ACCEPT, "application/json, text/event-stream")
        .header("idempotency-key", "k")
        .body(Body::from("{}"));
    app.send(stream.expect("a request")).await.blames("/Idempotency-Key", "exclusive");
}

#[tokio::test]
async fn while_the_request_is_at_work_the_key_is_in_use_and_a_client_that_leaves_frees_it() {
    let slow = ScriptedEngine::new().delays(Role::Policy, Duration::from_secs(60));
    let app = TestApp::with(slow).await;
    let mut first = Box::pin(solve(&app, "k"));
    let begun = async { until(async || app.app.live.count() == 1).await };
    tokio::select! {
        _ = &mut first => panic!("it takes a minute"),
        () = begun => {}
    }
    let second = solve(&app, "k").await;
    second.problem(409, "idempotency_key_in_use");
    assert!(second.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    drop(first);
    until(async || app.app.live.count() == 0).await;
    // Another request may have the key now, and is refused for its own fault.
    let blank = async || send(&app, "/v1/solve", "k", &json!({"problem": ""})).await.json();
    until(async || blank().await["code"] == "invalid_request").await;
    assert_eq!(app.get("/v1/runs").await.ok()["data"][0]["status"], "cancelled");
}

#[tokio::test]
async fn answers_of_the_moment_are_not_kept() {
    let app = TestApp::build(ScriptedEngine::new(), Config::default(), Gate::new(1, 0)).await;
    let place = app.app.gate.try_acquire().expect("room");
    solve(&app, "full").await.problem(429, "overloaded");
    drop(place);
    let done = solve(&app, "full").await;
    assert_eq!(done.header("idempotency-replayed"), "");
    done.ok();

    let down = EngineError::Unavailable { role: Role::Policy, reason: "x".to_owned() };
    let app = TestApp::with(ScriptedEngine::new().fails(Role::Policy, down)).await;
    for _ in 0..2 {
        let answer = solve(&app, "down").await;
        answer.problem(503, "engine_unavailable");
        assert_eq!(answer.header("idempotency-replayed"), "");
    }
    let wrong_kind = Request::post("/v1/solve").header("idempotency-key", "kind");
    let body = json!({"problem": PROBLEM}).to_string();
    let answer = app.send(wrong_kind.body(Body::from(body)).expect("a request")).await;
    answer.problem(415, "unsupported_media_type");
    solve(&app, "kind").await.problem(503, "engine_unavailable");
}

#[tokio::test]
async fn what_is_wrong_stays_wrong() {
    let app = TestApp::new().await;
    let wrong = json!({"problem": PROBLEM, "samples": 0});
    let first = send(&app, "/v1/solve", "k", &wrong).await;
    first.blames("/samples", "out_of_range");
    let again = send(&app, "/v1/solve", "k", &wrong).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (422, "true"));
    assert_eq!(again.body, first.body);
}

#[tokio::test]
async fn answers_outlive_the_process_and_crashed_requests_do_not() {
    let app = TestApp::new().await;
    let first = solve(&app, "done").await.ok();
    let now = app.app.clock.now();
    app.app.store.keys().take("crashed", b"whatever", now).await.expect("taken");
    solve(&app, "crashed").await.problem(422, "idempotency_key_reused");
    let app = app.restart(ScriptedEngine::new()).await;
    app.app.store.keys().start(now).await.expect("started");
    let again = solve(&app, "done").await;
    assert_eq!((again.header("idempotency-replayed"), again.ok()), ("true", first));
    solve(&app, "crashed").await.ok();
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    struct Later;
    impl Clock for Later {
        fn now(&self) -> Timestamp {
            Timestamp::now_utc() + Duration::from_secs(24 * 60 * 60 + 1)
        }
    }
    let mut app = TestApp::new().await;
    let first = solve(&app, "k").await.ok();
    app.app.clock = Arc::new(Later);
    app.router = web::router(app.app.clone());
    let second = solve(&app, "k").await;
    assert_eq!(second.header("idempotency-replayed"), "");
    assert_ne!(second.ok()["id"], first["id"]);
}
