//! Review for programs.

use glore::domain::review::{QueueSettings, Suggestions};
use serde_json::{Value, json};

use super::{filled, only_random, raw, settings};
use crate::app::TestApp;

async fn leased(app: &TestApp, queue: glore::domain::QueueId) -> Value {
    app.post_raw(&format!("/v1/queues/{queue}/next"), "text/plain", "").await.ok()["item"].clone()
}

#[tokio::test]
async fn an_item_is_taken_and_handed_in() {
    let app = TestApp::new().await;
    let queue = filled(&app.app.store, &only_random(), 1).await;
    let list = app.get("/v1/queues").await.ok();
    assert_eq!(list["data"][0]["waiting"], 1);
    assert_eq!(list["data"][0]["settings"]["random_share"], 1.0);
    assert_eq!(list["data"][0]["guidelines"]["version"], 1);
    let item = leased(&app, queue).await;
    assert_eq!(item["steps"].as_array().map(Vec::len), Some(3));
    assert_eq!(item["steps"][0]["sorm"], Value::Null, "hidden");
    assert_eq!(item["reasons"], json!([]), "hidden");
    assert_eq!(item["candidates"].as_array().map(Vec::len), Some(3));
    assert!(item["candidates"][0].get("kind").is_none() && item["expires_at"].is_string());

    let address = format!("/v1/items/{}/submissions", item["id"].as_str().expect("an id"));
    let half = app.post(&address, json!({"ratings": [{"step": 1, "value": 1}]})).await;
    half.blames("/ratings/1", "missing");
    let two = json!({"ratings": [{"step": 1, "value": 2}]});
    app.post(&address, two).await.blames("/ratings/0/value", "out_of_range");
    let both = json!({"ratings": [{"step": 1, "value": 0, "unsure": true}]});
    app.post(&address, both).await.blames("/ratings/0/unsure", "wrong_value");
    let gone = json!({"ratings": [{"step": 9, "value": 0}]});
    app.post(&address, gone).await.blames("/step", "out_of_range");
    app.post(&address, json!({"outcome": "gave_up"})).await.blames("/reason", "blank");
    app.post(&address, json!({"choice": "A"})).await.blames("/choice", "wrong_value");
    let whole = json!({
        "ratings": [
            {"step": 1, "value": 0},
            {"step": 2, "value": -1, "critique": "no", "correction": "yes"},
            {"step": 3, "value": null},
        ],
        "choice": "same",
    });
    let done = app.post(&address, whole.clone()).await;
    assert_eq!(done.status, 201);
    assert!(done.json()["id"].as_str().is_some_and(|id| id.starts_with("sbm_")));
    app.post(&address, whole).await.problem(409, "already_submitted");
    assert_eq!(leased(&app, queue).await, Value::Null);
    let values: Vec<Option<i64>> = sqlx::query_scalar("SELECT value FROM labels ORDER BY step")
        .fetch_all(&mut raw(app.dir()).await)
        .await
        .expect("read");
    assert_eq!(values, [Some(0), Some(-1), None]);
}

#[tokio::test]
async fn scores_are_shown_where_the_queue_says_so() {
    let app = TestApp::new().await;
    let settings = QueueSettings { suggestions: Suggestions::Before, ..settings() };
    let queue = filled(&app.app.store, &settings, 1).await;
    let item = leased(&app, queue).await;
    assert_eq!(item["steps"][1]["sorm"], 0.12);
    let rules: Vec<&Value> =
        item["reasons"].as_array().expect("reasons").iter().map(|r| &r["detail"]["rule"]).collect();
    assert_eq!(rules, ["sharp_drop", "random"]);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = TestApp::new().await;
    let queue = filled(&app.app.store, &only_random(), 0).await;
    let none = glore::domain::QueueId::new();
    app.post(&format!("/v1/queues/{none}/next"), json!({})).await.problem(404, "not_found");
    app.post("/v1/queues/x/next", json!({})).await.problem(404, "not_found");
    let item = glore::domain::ItemId::new();
    app.post(&format!("/v1/items/{item}/submissions"), json!({})).await.problem(404, "not_found");
    let reviews = app.app.store.reviews();
    let closed =
        reviews.update(queue, &only_random(), false, "", &super::local(), super::at(0)).await;
    closed.expect("closed");
    app.post(&format!("/v1/queues/{queue}/next"), json!({})).await.problem(409, "queue_closed");
}
