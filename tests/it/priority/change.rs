//! Priorities changed while something waits, and refused when it does not any more.

use glore::domain::PersonRole;
use serde_json::{Value, json};

use super::{done, queue, status};
use crate::app::{Answer, TestApp};
use crate::people;

async fn change(app: &TestApp, address: &str, priority: &str) -> Answer {
    app.post(&format!("{address}/priority"), json!({"priority": priority})).await
}

#[tokio::test]
async fn a_waiting_run_is_made_more_urgent_and_keeps_its_age() {
    let app = TestApp::new().await;
    let mut runs = Vec::new();
    for priority in ["low", "high", "normal"] {
        runs.push(queue(&app, Some(priority)).await);
    }
    let changed = change(&app, &runs[0], "high").await.ok();
    assert_eq!((&changed["priority"], &changed["status"]), (&json!("high"), &json!("queued")));
    assert_eq!(change(&app, &runs[0], "high").await.ok(), changed, "a second time changes nothing");
    change(&app, &runs[1], "low").await.ok();
    assert_eq!(done(&app, &runs).await, [0, 2, 1]);
}

#[tokio::test]
async fn what_has_begun_or_ended_is_not_changed() {
    let app = TestApp::new().await;
    let run = queue(&app, None).await;
    app.app.store.runs().claim_next().await.expect("the store").expect("a run");
    let problem = change(&app, &run, "high").await.problem(409, "not_waiting");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.ends_with("running")));
    assert_eq!(problem["instance"], run, "it can be looked at");
    let cancelled = queue(&app, None).await;
    app.post(&format!("{cancelled}/cancel"), json!({})).await.ok();
    change(&app, &cancelled, "high").await.problem(409, "not_waiting");
    assert_eq!(app.get(&cancelled).await.ok()["priority"], "normal");
    let foreground = app.post("/v1/solve", json!({"problem": "x"})).await.ok();
    let address = format!("/v1/runs/{}", foreground["id"].as_str().expect("an id"));
    change(&app, &address, "high").await.problem(409, "not_waiting");
    let nowhere = "/v1/runs/run_01890a5d-ac96-774b-bcce-b302099a8057";
    change(&app, nowhere, "high").await.problem(404, "not_found");
    change(&app, &run, "urgent").await.blames("/priority", "unknown_value");
    app.post(&format!("{run}/priority"), json!({})).await.blames("/priority", "missing_field");
}

#[tokio::test]
async fn whoever_may_make_runs_may_make_them_urgent() {
    let app = TestApp::new().await;
    people::add(&app, "ana", PersonRole::Admin).await;
    let (vera, ben) = (
        people::add(&app, "vera", PersonRole::Viewer).await,
        people::add(&app, "ben", PersonRole::Annotator).await,
    );
    let send = async |who, path: &str, body: Value| {
        let token = people::token(&app, who, PersonRole::Admin, false).await;
        let request = axum::http::Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        app.send(request.body(body.to_string().into()).expect("a request")).await
    };
    let body = json!({"problem": "x", "background": true, "priority": "high"});
    let run = send(&ben, "/v1/solve", body).await;
    assert_eq!(run.json()["priority"], "high");
    let place = format!("{}/priority", run.header("location"));
    let lower = json!({"priority": "low"});
    send(&vera, &place, lower.clone()).await.problem(403, "role_needed");
    assert_eq!(send(&ben, &place, lower).await.ok()["priority"], "low");
}

#[tokio::test]
async fn a_batch_is_changed_with_what_waits_of_it() {
    let mut config = glore::config::Config::default();
    config.engine.queue = 8;
    let engine = glore::engine::ScriptedEngine::new();
    let app = TestApp::build(engine, config, glore::engine::Gate::new(1, 4)).await;
    let problems: Vec<Value> = (0..6).map(|n| json!({"problem": format!("{n} + 1?")})).collect();
    let batch = app.post("/v1/batches", json!({"problems": problems})).await.json();
    assert_eq!(batch["priority"], "low", "unless it says otherwise");
    let address = format!("/v1/batches/{}", batch["id"].as_str().expect("an id"));
    assert_eq!(glore::jobs::feed(&app.app).await.expect("fed"), 4);
    app.app.store.runs().claim_next().await.expect("the store").expect("a run");
    let run = queue(&app, None).await;
    assert_eq!(change(&app, &address, "high").await.ok()["priority"], "high");
    let list = format!("/v1/runs?limit=100&batch={}", batch["id"].as_str().expect("an id"));
    let mut words = Vec::new();
    for summary in app.get(&list).await.ok()["data"].as_array().expect("a list").iter().rev() {
        let id = summary["id"].as_str().expect("an id");
        words.push(app.get(&format!("/v1/runs/{id}")).await.ok()["priority"].clone());
    }
    assert_eq!(words, ["low", "high", "high", "high"], "the first is at work");
    // Those that wait and those that are to come are done before the single run.
    for _ in 0..5 {
        assert!(glore::jobs::run_one(&app.app).await.expect("done"));
    }
    assert_eq!(status(&app, &run).await, "queued");
    change(&app, &address, "low").await.problem(409, "not_waiting");
    let nowhere = "/v1/batches/bat_01890a5d-ac96-774b-bcce-b302099a8057";
    change(&app, nowhere, "low").await.problem(404, "not_found");
    change(&app, &address, "urgent").await.blames("/priority", "unknown_value");
}

#[tokio::test]
async fn a_batch_that_was_cancelled_is_not_changed() {
    let app = TestApp::new().await;
    let body = json!({"problems": [{"problem": "x"}], "priority": "normal"});
    let batch = app.post("/v1/batches", body).await.json();
    let address = format!("/v1/batches/{}", batch["id"].as_str().expect("an id"));
    app.post(&format!("{address}/cancel"), json!({})).await.ok();
    change(&app, &address, "high").await.problem(409, "not_waiting");
    assert_eq!(app.get(&address).await.ok()["priority"], "normal");
}
