//! Batches beside single runs and beside each other.

use glore::config::Config;
use glore::domain::MOST_OVERTAKEN;
use glore::engine::{Gate, ScriptedEngine};
use glore::jobs;
use serde_json::{Value, json};

use super::{done, queue, status};
use crate::app::TestApp;

async fn with_queue(queue: usize) -> TestApp {
    let mut config = Config::default();
    config.engine.queue = queue;
    TestApp::build(ScriptedEngine::new(), config, Gate::new(1, 4)).await
}

/// Its address.
async fn batch(app: &TestApp, problems: usize, priority: Option<&str>) -> String {
    let problems: Vec<Value> =
        (0..problems).map(|n| json!({"problem": format!("{n} + 1?")})).collect();
    let mut body = json!({"problems": problems, "strategy": "draft"});
    if let Some(priority) = priority {
        body["priority"] = json!(priority);
    }
    app.post("/v1/batches", body).await.header("location").to_owned()
}

async fn completed(app: &TestApp, batch: &str) -> u64 {
    app.get(batch).await.ok()["completed"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_single_run_does_not_wait_for_a_batch_that_came_before() {
    let app = with_queue(8).await;
    let batch = batch(&app, 20, None).await;
    assert_eq!(jobs::feed(&app.app).await.expect("fed"), 4);
    let run = queue(&app, None).await;
    assert!(jobs::run_one(&app.app).await.expect("done"));
    assert_eq!(
        (status(&app, &run).await.as_str(), completed(&app, &batch).await),
        ("completed", 0)
    );
}

#[tokio::test]
async fn a_batch_among_equals_keeps_its_turn() {
    let app = with_queue(8).await;
    let batch = batch(&app, 2, Some("normal")).await;
    jobs::feed(&app.app).await.expect("fed");
    let runs = [queue(&app, None).await];
    jobs::run_one(&app.app).await.expect("done");
    jobs::run_one(&app.app).await.expect("done");
    assert_eq!((completed(&app, &batch).await, status(&app, &runs[0]).await), (2, "queued".into()));
    assert_eq!(done(&app, &runs).await, [0]);
}

/// People who keep more than half of the queue taken were all that was ever done.
#[tokio::test]
async fn a_batch_is_fed_beside_people_who_never_stop() {
    let app = with_queue(4).await;
    let batch = batch(&app, 3, None).await;
    for _ in 0..3 {
        queue(&app, None).await;
    }
    let rounds = 3 * (MOST_OVERTAKEN + 4);
    for _ in 0..rounds {
        assert!(jobs::run_one(&app.app).await.expect("done"));
        app.post("/v1/solve", json!({"problem": "x", "background": true})).await;
    }
    assert_eq!(completed(&app, &batch).await, 3);
}

#[tokio::test]
async fn an_urgent_batch_comes_in_where_another_has_filled_its_part() {
    let app = with_queue(8).await;
    let low = batch(&app, 20, None).await;
    assert_eq!(jobs::feed(&app.app).await.expect("fed"), 4);
    let high = batch(&app, 5, Some("high")).await;
    for _ in 0..5 {
        assert!(jobs::run_one(&app.app).await.expect("done"));
    }
    assert_eq!((completed(&app, &high).await, completed(&app, &low).await), (5, 0));
    let waiting = app.app.store.runs().waiting().await.expect("counted");
    assert!(waiting < 8, "{waiting} wait: there is room for others");
}

#[tokio::test]
async fn the_oldest_batch_goes_on_beside_urgent_ones() {
    let app = with_queue(8).await;
    let low = batch(&app, 5, None).await;
    let high = batch(&app, 60, Some("high")).await;
    for _ in 0..60 {
        assert!(jobs::run_one(&app.app).await.expect("done"));
    }
    let (low, high) = (completed(&app, &low).await, completed(&app, &high).await);
    assert!(low == 5 && high == 55, "{low} and {high}");
}

#[tokio::test]
async fn a_restart_keeps_the_priority_of_a_batch() {
    let app = TestApp::new().await;
    let batch = batch(&app, 2, Some("high")).await;
    let run = queue(&app, None).await;
    let app = app.restart(ScriptedEngine::new()).await;
    assert!(jobs::run_one(&app.app).await.expect("done"));
    assert!(jobs::run_one(&app.app).await.expect("done"));
    assert_eq!((completed(&app, &batch).await, status(&app, &run).await), (2, "queued".into()));
}
