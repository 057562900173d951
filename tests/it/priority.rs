//! Priorities of background work: the urgent comes first, and nobody waits for ever.

mod batches;
mod change;
mod law;
mod pages;

use axum::http::StatusCode;
use glore::domain::MOST_OVERTAKEN;
use glore::engine::ScriptedEngine;
use glore::jobs;
use serde_json::{Value, json};

use crate::app::TestApp;

/// Queues a run and returns its address.
pub async fn queue(app: &TestApp, priority: Option<&str>) -> String {
    let mut body = json!({"problem": "What is 2 + 2?", "background": true});
    if let Some(priority) = priority {
        body["priority"] = json!(priority);
    }
    let answer = app.post("/v1/solve", body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.json()["priority"], priority.unwrap_or("normal"));
    answer.header("location").to_owned()
}

pub async fn status(app: &TestApp, address: &str) -> String {
    let run = app.get(address).await.ok();
    run["status"].as_str().expect("a status").to_owned()
}

/// Does everything that waits, and says in which order these were done.
pub async fn done(app: &TestApp, addresses: &[String]) -> Vec<usize> {
    let mut order = Vec::new();
    while jobs::run_one(&app.app).await.expect("done") {
        for (at, address) in addresses.iter().enumerate() {
            if !order.contains(&at) && status(app, address).await == "completed" {
                order.push(at);
            }
        }
    }
    order
}

#[tokio::test]
async fn the_more_urgent_is_done_first_and_equals_in_the_order_they_came() {
    let app = TestApp::new().await;
    let mut runs = Vec::new();
    for priority in [Some("low"), None, Some("high"), Some("low"), Some("high"), Some("normal")] {
        runs.push(queue(&app, priority).await);
    }
    assert_eq!(done(&app, &runs).await, [2, 4, 1, 5, 0, 3]);
    assert_eq!(app.get(&runs[0]).await.ok()["priority"], "low", "it is remembered");
}

#[tokio::test]
async fn a_restart_keeps_priorities_and_interrupted_runs_keep_theirs() {
    let app = TestApp::new().await;
    let low = queue(&app, Some("low")).await;
    let interrupted = queue(&app, Some("high")).await;
    let claimed = app.app.store.runs().claim_next().await.expect("the store").expect("a run");
    assert!(interrupted.ends_with(&claimed.id.to_string()));
    let normal = queue(&app, None).await;
    let app = app.restart(ScriptedEngine::new()).await;
    assert_eq!(app.app.store.runs().requeue_interrupted().await.expect("requeued"), 1);
    let runs = [low, interrupted, normal];
    assert_eq!(done(&app, &runs).await, [1, 2, 0]);
}

#[tokio::test]
async fn whoever_has_waited_longest_is_overtaken_so_often_and_no_more() {
    let app = TestApp::new().await;
    let mut runs = vec![queue(&app, Some("low")).await];
    let most = usize::try_from(MOST_OVERTAKEN).expect("a few");
    for _ in 0..most + 2 {
        runs.push(queue(&app, Some("high")).await);
    }
    let order = done(&app, &runs).await;
    assert_eq!(order.iter().position(|at| *at == 0), Some(most), "{order:?}");
}

#[tokio::test]
async fn critiques_and_refinements_wait_in_the_same_line() {
    let app = TestApp::new().await;
    let normal = queue(&app, None).await;
    let mut runs = vec![normal];
    for call in ["/v1/critique", "/v1/refine"] {
        let body = json!({"problem": "x", "steps": ["1 + 1 = 2"], "background": true,
            "priority": "high"});
        let answer = app.post(call, body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{call}");
        runs.push(answer.header("location").to_owned());
    }
    assert_eq!(done(&app, &runs).await, [1, 2, 0]);
    assert_eq!(app.get(&runs[2]).await.ok()["kind"], "refine");
}

#[tokio::test]
async fn what_cannot_be_used_is_named_with_what_can() {
    let app = TestApp::new().await;
    let calls: [(&str, Value); 4] = [
        ("/v1/solve", json!({"problem": "x"})),
        ("/v1/critique", json!({"problem": "x", "solution": "y"})),
        ("/v1/refine", json!({"problem": "x", "solution": "y"})),
        ("/v1/batches", json!({"problems": [{"problem": "x"}]})),
    ];
    for (call, body) in calls {
        let with = |priority: Value, background: bool| {
            let mut body = body.clone();
            body["priority"] = priority;
            if background && call != "/v1/batches" {
                body["background"] = json!(true);
            }
            app.post(call, body)
        };
        let refused = with(json!("urgent"), true).await.blames("/priority", "unknown_value");
        let detail = refused["errors"][0]["detail"].as_str().expect("a sentence").to_owned();
        for word in ["urgent", "low", "normal", "high"] {
            assert!(detail.contains(word), "{call}: {detail}");
        }
        with(json!(3), true).await.blames("/priority", "wrong_value");
        if call != "/v1/batches" {
            let refused = with(json!("high"), false).await.blames("/priority", "exclusive");
            assert!(refused["detail"].as_str().is_some_and(|d| d.contains("background")));
        }
    }
    assert_eq!(app.get("/v1/runs").await.ok()["data"], json!([]), "nothing was begun");
    let foreground = app.post("/v1/solve", json!({"problem": "x"})).await.ok();
    assert!(foreground.get("priority").is_none(), "it never waited in the line");
}

#[tokio::test]
async fn metrics_say_what_waits_of_each() {
    let app = TestApp::new().await;
    for priority in ["low", "high", "high"] {
        queue(&app, Some(priority)).await;
    }
    let waiting = app.app.store.runs().waiting_by_priority().await.expect("counted");
    assert_eq!(
        waiting.map(|(priority, n)| (priority.as_str(), n)),
        [("low", 1), ("normal", 0), ("high", 2)]
    );
    let text = String::from_utf8(app.get("/metrics").await.body.to_vec()).expect("text");
    assert!(text.contains("glore_background_waiting{priority=\"normal\"} "), "{text}");
}
