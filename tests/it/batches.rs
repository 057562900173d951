//! Batches: fed gradually, counted, cancelled, read back as lines and as CSV.

use axum::http::Request;
use glore::config::Config;
use glore::domain::Role;
use glore::engine::{Gate, ScriptedEngine};
use glore::jobs;
use serde_json::{Value, json};

use crate::app::TestApp;

fn problems(n: usize) -> Value {
    let one = |at| json!({"problem": format!("{at} + 1 =?"), "reference_answer": "2"});
    json!({"problems": (1..=n).map(one).collect::<Vec<_>>(), "name": "sums", "strategy": "draft"})
}

fn engine() -> ScriptedEngine {
    ScriptedEngine::new().says(Role::Policy, ["1 + 1 = 2\n#### 2\n"])
}

async fn small_queue() -> TestApp {
    let mut config = Config::default();
    config.engine.queue = 4;
    TestApp::build(engine(), config, Gate::new(1, 4)).await
}

fn id(batch: &Value) -> String {
    batch["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_batch_never_fills_the_queue_and_every_problem_becomes_a_run() {
    let app = small_queue().await;
    let taken = app.post("/v1/batches", problems(9)).await;
    assert_eq!(taken.status.as_u16(), 202);
    let batch = taken.json();
    assert_eq!(taken.header("location"), format!("/v1/batches/{}", id(&batch)));
    assert_eq!((&batch["status"], &batch["total"]), (&json!("running"), &json!(9)));
    assert_eq!(jobs::feed(&app.app).await.expect("fed"), 2, "half of the queue");
    assert_eq!(jobs::feed(&app.app).await.expect("fed"), 0);
    let person = app.post("/v1/solve", json!({"problem": "x", "background": true})).await;
    assert_eq!(person.status.as_u16(), 202, "there is room beside the batch");
    let mut most = 0;
    while jobs::run_one(&app.app).await.expect("done") {
        most = most.max(app.app.store.runs().waiting().await.expect("counted"));
    }
    assert!(most <= 3, "{most} waited");
    let done = app.get(&format!("/v1/batches/{}", id(&batch))).await.ok();
    assert_eq!((&done["status"], &done["completed"]), (&json!("completed"), &json!(9)));
    assert_eq!((&done["right"], &done["wrong"], &done["begun"]), (&json!(9), &json!(0), &json!(9)));
    let runs = app.get(&format!("/v1/runs?limit=100&batch={}", id(&batch))).await.ok();
    assert_eq!(runs["data"].as_array().map(Vec::len), Some(9));
    let list = app.get("/v1/batches?limit=1").await.ok();
    assert_eq!((&list["data"][0]["name"], &list["has_more"]), (&json!("sums"), &json!(false)));
}

#[tokio::test]
async fn feeding_goes_on_after_a_restart() {
    let app = TestApp::with(engine()).await;
    let batch = app.post("/v1/batches", problems(30)).await.json();
    assert!(jobs::run_one(&app.app).await.expect("done"));
    let app = app.restart(engine()).await;
    while jobs::run_one(&app.app).await.expect("done") {}
    let done = app.get(&format!("/v1/batches/{}", id(&batch))).await.ok();
    assert_eq!((&done["status"], &done["completed"]), (&json!("completed"), &json!(30)));
    let rows = app.get(&format!("/v1/batches/{}/results", id(&batch))).await;
    let text = String::from_utf8_lossy(&rows.body).into_owned();
    let positions: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["position"].clone())
        .collect();
    assert_eq!(positions, (1..=30).map(|n| json!(n)).collect::<Vec<_>>(), "each once, in order");
}

#[tokio::test]
async fn cancelling_ends_what_waits_and_feeds_no_more() {
    let app = small_queue().await;
    let batch = app.post("/v1/batches", problems(9)).await.json();
    assert!(jobs::run_one(&app.app).await.expect("done"));
    jobs::feed(&app.app).await.expect("fed");
    let cancel = format!("/v1/batches/{}/cancel", id(&batch));
    let ended = app.post(&cancel, json!({})).await.ok();
    assert_eq!((&ended["status"], &ended["completed"]), (&json!("cancelled"), &json!(1)));
    assert_eq!(ended["cancelled"], json!(ended["begun"].as_u64().expect("a number") - 1));
    assert_eq!(jobs::feed(&app.app).await.expect("fed"), 0);
    assert!(!jobs::run_one(&app.app).await.expect("nothing"));
    let again = app.post(&cancel, json!({})).await.ok();
    assert_eq!(again, ended, "a second time changes nothing");
    let nowhere = "/v1/batches/bat_01890a5d-ac96-774b-bcce-b302099a8057";
    app.get(nowhere).await.problem(404, "not_found");
    app.post(&format!("{nowhere}/cancel"), json!({})).await.problem(404, "not_found");
    app.get("/v1/batches/run_x/results").await.problem(404, "not_found");
}

#[tokio::test]
async fn results_are_lines_or_a_table_without_formulas() {
    let app = small_queue().await;
    let body = json!({"problems": [
        {"problem": "=cmd|' /C calc'!A1", "reference_answer": "2"},
        {"problem": "plain, \"quoted\"\nsecond line", "reference_answer": "-3"},
    ]});
    let batch = app.post("/v1/batches", body).await.json();
    let address = format!("/v1/batches/{}/results", id(&batch));
    let waiting = app.get(&address).await;
    assert_eq!(waiting.header("content-type"), "application/x-ndjson");
    assert!(String::from_utf8_lossy(&waiting.body).contains("\"run\":null"));
    while jobs::run_one(&app.app).await.expect("done") {}
    let table = app.get(&format!("{address}?format=csv")).await;
    assert!(table.header("content-disposition").starts_with("attachment"));
    let text = String::from_utf8_lossy(&table.body).into_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(&rows[0][1], "'=cmd|' /C calc'!A1");
    assert_eq!((&rows[1][1], &rows[1][2]), ("plain, \"quoted\"\nsecond line", "-3"));
    assert_eq!((&rows[0][4], &rows[0][6], &rows[1][6]), ("completed", "true", "false"));
    let request = Request::get(&address).header("accept", "text/csv");
    let answer = app.send(request.body(axum::body::Body::empty()).expect("a request")).await;
    assert!(answer.header("content-type").starts_with("text/csv"));
    app.get(&format!("{address}?format=xml")).await.problem(422, "invalid_request");
}

#[tokio::test]
async fn what_cannot_be_used_is_named() {
    let app = small_queue().await;
    let send = async |body: Value| app.post("/v1/batches", body).await;
    send(json!({"problems": []})).await.blames("/problems", "blank");
    send(json!({"problems": [{"problem": "x"}, {"problem": " "}]}))
        .await
        .blames("/problems/1", "blank");
    send(json!({"problems": [{"problem": "x"}], "samples": 0}))
        .await
        .blames("/samples", "out_of_range");
    send(json!({"problems": [{"problem": "x"}], "name": "x".repeat(101)}))
        .await
        .blames("/name", "too_long");
    send(json!({"problems": [{"problem": "x", "answer": 3}]}))
        .await
        .problem(422, "invalid_request");
    assert_eq!(app.get("/v1/batches").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn the_same_key_makes_one_batch() {
    let app = small_queue().await;
    let send = async || {
        let request = Request::post("/v1/batches")
            .header("content-type", "application/json")
            .header("idempotency-key", "k1");
        app.send(request.body(problems(2).to_string().into()).expect("a request")).await
    };
    let (first, second) = (send().await, send().await);
    assert_eq!(first.json(), second.json());
    assert_eq!(app.get("/v1/batches").await.ok()["data"].as_array().map(Vec::len), Some(1));
}
