//! Bounded work: refused at once when full, cancelled when nobody waits for it any more.

use std::pin::Pin;
use std::time::{Duration, Instant};

use glore::config::Config;
use glore::domain::Role;
use glore::engine::{Gate, ScriptedEngine};
use serde_json::json;

use crate::app::TestApp;

fn slow() -> ScriptedEngine {
    ScriptedEngine::new().delays(Role::Policy, Duration::from_secs(60))
}

async fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(5), "never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The same for what a request does on its way, which waits for the store first.
async fn working(mut request: Pin<&mut impl Future>, what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(5), "never came");
        assert!(futures::poll!(&mut request).is_pending());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn one_more_than_fits_is_refused_at_once_and_a_client_that_leaves_makes_room() {
    let app = TestApp::build(slow(), Config::default(), Gate::new(1, 1)).await;
    let solve = || app.post("/v1/solve", json!({"problem": "What is 2 + 2?"}));
    let (mut first, mut second) = (Box::pin(solve()), Box::pin(solve()));
    working(first.as_mut(), || app.app.live.count() == 1).await;
    working(second.as_mut(), || app.app.gate.depth() == 1).await;

    let begun = Instant::now();
    let answer = solve().await;
    answer.problem(429, "overloaded");
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    assert!(begun.elapsed() < Duration::from_secs(1));
    app.get("/readyz").await.problem(503, "not_ready");

    drop(second);
    until(|| app.app.gate.depth() == 0).await;
    drop(first);
    until(|| app.app.live.count() == 0).await;
    app.app.gate.try_acquire().expect("the place is free again");
    let page = app.get("/v1/runs").await.ok();
    assert_eq!(page["data"].as_array().map(Vec::len), Some(1), "the one that had begun");
    assert_eq!(page["data"][0]["status"], "cancelled");
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_a_504_and_frees_its_place() {
    let mut config = Config::default();
    config.server.request_timeout_s = 1;
    let app = TestApp::build(slow(), config, Gate::new(1, 0)).await;
    let answer = app.post("/v1/solve", json!({"problem": "What is 2 + 2?"})).await;
    let problem = answer.problem(504, "deadline_exceeded");
    let run = app.get(problem["instance"].as_str().expect("an address")).await.ok();
    assert_eq!(run["status"], "failed");
    app.app.gate.try_acquire().expect("the place is free again");
}
