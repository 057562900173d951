//! Events of a run: in order, without gaps, ended once, and the same whoever reads them when.

mod order;
mod places;
mod read;
mod resume;

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, header};
use axum::response::Response;
use glore::domain::Role;
use glore::engine::ScriptedEngine;
use serde_json::{Value, json};
use tower::ServiceExt;

use self::read::Stream;
use crate::app::TestApp;

const PROBLEM: &str = "Ann has 2 pens and finds 2 more. How many pens has she?";

/// The draft is wrong in its second step, both refinements are right.
fn models() -> ScriptedEngine {
    ScriptedEngine::new()
        .says(Role::Policy, ["Ann has 2 pens.\n2 + 2 = 5\n#### 5\n"])
        .says(Role::Global, ["Ann has 2 + 2 = 4 pens.\n#### 4\n"])
        .says(Role::Local, ["2 + 2 = 4\n#### 4\n"])
        .scores(Role::Sorm, |text| if text.contains("= 5") { 0.1 } else { 0.9 })
        .scores(Role::Orm, |text| if text.trim_end().ends_with('5') { 0.2 } else { 0.8 })
}

fn slow() -> ScriptedEngine {
    models().delays(Role::Policy, Duration::from_secs(60))
}

fn post(path: &str, accept: &str, body: &Value) -> Request<Body> {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, accept);
    request.body(Body::from(body.to_string())).expect("a request")
}

async fn respond(app: &TestApp, request: Request<Body>) -> Response {
    app.router.clone().oneshot(request).await.expect("infallible")
}

/// A solve whose events are read.
async fn solve(app: &TestApp) -> Stream {
    let request = post("/v1/solve", "text/event-stream", &json!({"problem": PROBLEM}));
    Stream::of(respond(app, request).await)
}

/// The events of a run after the first `after`.
async fn events(app: &TestApp, id: &str, after: usize) -> Stream {
    let request = Request::get(format!("/v1/runs/{id}/events"));
    let request = request.header("Last-Event-ID", after.to_string());
    Stream::of(respond(app, request.body(Body::empty()).expect("a request")).await)
}

/// A run that waits for a worker.
async fn queue(app: &TestApp) -> String {
    let body = json!({"problem": PROBLEM, "background": true});
    let answer = app.send(post("/v1/solve", "text/event-stream", &body)).await;
    assert_eq!(answer.status, 202, "work in the background is not read along");
    answer.json()["id"].as_str().expect("an id").to_owned()
}

async fn until(what: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !what().await {
        assert!(begun.elapsed() < Duration::from_secs(10), "never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Numbered from `first` on without gaps, with one end, which is the last.
#[track_caller]
fn assert_whole(events: &[Value], first: usize, end: &str) {
    let numbers: Vec<_> = events.iter().map(|event| event["sequence_number"].as_u64()).collect();
    let expected: Vec<_> = (first..first + events.len()).map(|n| Some(n as u64)).collect();
    assert_eq!(numbers, expected);
    let ends = ["run.completed", "run.failed", "run.cancelled"];
    let ends = events.iter().filter(|event| ends.iter().any(|end| event["type"] == *end)).count();
    assert_eq!((ends, &events[events.len() - 1]["type"]), (1, &json!(end)), "{events:#?}");
}
