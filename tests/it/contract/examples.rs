//! The examples of the document, sent and compared. After a change of the API:
//! `UPDATE_EXAMPLES=1 cargo test --test it contract::examples`, then build again.

use std::collections::HashMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::engine;
use crate::app::TestApp;

/// Answers made comparable: an id is a number in the order of appearance, times are fixed.
#[derive(Default)]
struct Eraser(HashMap<String, String>);

impl Eraser {
    fn erase(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.erase(item)).collect(),
            Value::Object(members) => {
                let erased = members.iter().map(|(name, member)| {
                    let erased = match name.as_str() {
                        "created_at" => json!("2026-01-02T03:04:05Z"),
                        "created" => json!(1_767_323_045),
                        "total_ms" => json!(0),
                        "timings_ms" => {
                            json!({"queue": 0, "draft": 0, "score": 0, "refine": 0, "rerank": 0})
                        }
                        "version" => json!("0.1.0"),
                        _ => self.erase(member),
                    };
                    (name.clone(), erased)
                });
                Value::Object(erased.collect())
            }
            other => other.clone(),
        }
    }

    /// Every UUID in a text.
    fn text(&mut self, text: &str) -> String {
        const UUID: usize = 36;
        let is_uuid = |at: usize| {
            text.get(at..at + UUID).is_some_and(|part| uuid::Uuid::try_parse(part).is_ok())
        };
        let Some(at) = (0..text.len()).find(|at| is_uuid(*at)) else { return text.to_owned() };
        let next = format!("019b7c3a-7a00-7000-8000-{:012x}", self.0.len() + 1);
        let erased = self.0.entry(text[at..at + UUID].to_owned()).or_insert(next).clone();
        format!("{}{erased}{}", &text[..at], self.text(&text[at + UUID..]))
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/web/contract/examples")
}

fn request(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(format!("{name}.request.json")));
    serde_json::from_str(&text.expect("a file")).expect("JSON")
}

async fn answers() -> Vec<(&'static str, Value)> {
    let app = TestApp::with(engine()).await;
    let solved = app.post("/v1/solve", request("solve")).await.ok();
    let id = solved["id"].as_str().expect("an id").to_owned();
    let too_many = json!({"problem": "What is 2 + 2?", "samples": 1000});
    let refused = app.post("/v1/solve", too_many).await.problem(422, "invalid_request");
    let unknown = app.get("/v1/runs/run_x").await.problem(404, "not_found");
    let in_background = json!({"problem": "What is 2 + 2?", "background": true});
    let queued = app.post("/v1/solve", in_background).await.json();
    let priority = format!("/v1/runs/{}/priority", queued["id"].as_str().expect("an id"));
    vec![
        ("solve.200", solved),
        ("solve.422", refused),
        ("critique.200", app.post("/v1/critique", request("critique")).await.ok()),
        ("refine.200", app.post("/v1/refine", request("refine")).await.ok()),
        ("get_run.200", app.get(&format!("/v1/runs/{id}")).await.ok()),
        ("get_run.404", unknown),
        ("list_runs.200", app.get("/v1/runs?limit=1").await.ok()),
        ("diff_run.200", app.get(&format!("/v1/runs/{id}/diff?from=draft&to=local")).await.ok()),
        (
            "cancel_run.409",
            app.post(&format!("/v1/runs/{id}/cancel"), json!({}))
                .await
                .problem(409, "already_ended"),
        ),
        ("chat.200", app.post("/v1/chat/completions", request("chat")).await.ok()),
        ("complete.200", app.post("/v1/completions", request("complete")).await.ok()),
        ("get_model.200", app.get("/v1/models/glore").await.ok()),
        ("list_models.200", app.get("/v1/models").await.ok()),
        ("livez.200", app.get("/livez").await.ok()),
        ("readyz.200", app.get("/readyz").await.ok()),
        ("version.200", app.get("/version").await.ok()),
        ("create_batch.202", app.post("/v1/batches", request("create_batch")).await.json()),
        ("solve.202", queued),
        ("prioritise_run.200", app.post(&priority, request("prioritise_run")).await.ok()),
        (
            "prioritise_run.409",
            app.post(&format!("/v1/runs/{id}/priority"), request("prioritise_run"))
                .await
                .problem(409, "not_waiting"),
        ),
    ]
}

#[tokio::test]
async fn examples_are_what_the_server_answers() {
    let mut eraser = Eraser::default();
    let update = std::env::var_os("UPDATE_EXAMPLES").is_some();
    for (name, answer) in answers().await {
        let answer = eraser.erase(&answer);
        let file = folder().join(format!("{name}.json"));
        if update {
            std::fs::write(&file, format!("{answer:#}\n")).expect("written");
        }
        let kept = std::fs::read_to_string(&file).expect("run with UPDATE_EXAMPLES=1");
        let kept: Value = serde_json::from_str(&kept).expect("JSON");
        assert_eq!(kept, answer, "{name}: run with UPDATE_EXAMPLES=1 if this is meant");
    }
}

#[test]
fn ids_keep_their_places_and_lose_their_values() {
    let mut eraser = Eraser::default();
    let (a, b) =
        ("run_01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058");
    let erased = eraser.erase(&json!([a, format!("see {b} and {a}"), "none"]));
    assert_eq!(erased[0], "run_019b7c3a-7a00-7000-8000-000000000001");
    assert_eq!(
        erased[1],
        "see 019b7c3a-7a00-7000-8000-000000000002 and run_019b7c3a-7a00-7000-8000-000000000001"
    );
    assert_eq!(erased[2], "none");
}
