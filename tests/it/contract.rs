//! The API keeps to its document: every answer fits its schema, and every example is real.

mod examples;
mod schema;

use axum::body::Body;
use axum::http::Request;
use glore::domain::Role;
use glore::engine::ScriptedEngine;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

/// Draws a wrong draft and two right refinements.
fn engine() -> ScriptedEngine {
    ScriptedEngine::new()
        .says(Role::Policy, ["Ann has 2 pens.\n2 + 2 = 5\n#### 5\n"])
        .says(Role::Global, ["Ann has 2 + 2 = 4 pens.\n#### 4\n"])
        .says(Role::Local, ["2 + 2 = 4\n#### 4\n"])
        .scores(Role::Sorm, |text| if text.contains("= 5") { 0.1 } else { 0.9 })
        .scores(Role::Orm, |text| if text.trim_end().ends_with('5') { 0.2 } else { 0.8 })
}

/// An answer, and the call of the document it belongs to.
struct Called {
    path: &'static str,
    method: &'static str,
    answer: Answer,
}

async fn get(app: &TestApp, path: &'static str, address: &str) -> Called {
    Called { path, method: "get", answer: app.get(address).await }
}

async fn post(app: &TestApp, path: &'static str, address: &str, body: Value) -> Called {
    Called { path, method: "post", answer: app.post(address, body).await }
}

const CHAT: &str = "/v1/chat/completions";

fn chat(model: &str, problem: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": problem}]})
}

/// One call of each kind, and some that go wrong.
async fn calls(app: &TestApp) -> Vec<Called> {
    let problem = "Ann has 2 pens and finds 2 more. How many pens has she?";
    let solution = "Ann has 2 pens.\n2 + 2 = 5\n#### 5";
    let mut calls = vec![
        post(app, "/v1/solve", "/v1/solve", json!({"problem": problem, "reference_answer": "4"}))
            .await,
        post(
            app,
            "/v1/critique",
            "/v1/critique",
            json!({"problem": problem, "solution": solution}),
        )
        .await,
        post(app, "/v1/refine", "/v1/refine", json!({"problem": problem, "solution": solution}))
            .await,
        post(app, "/v1/solve", "/v1/solve", json!({"problem": problem, "background": true})).await,
        post(
            app,
            "/v1/critique",
            "/v1/critique",
            json!({"problem": problem, "solution": solution, "background": true}),
        )
        .await,
        post(app, "/v1/solve", "/v1/solve", json!({"problem": problem, "samples": 0})).await,
        post(app, "/v1/refine", "/v1/refine", json!({"problem": 7})).await,
        post(app, "/v1/batches", "/v1/batches", json!({"problems": [{"problem": problem}]})).await,
        post(app, "/v1/batches", "/v1/batches", json!({"problems": []})).await,
    ];
    let id = |called: &Called| called.answer.json()["id"].as_str().expect("an id").to_owned();
    let (done, waiting, batch) = (id(&calls[0]), id(&calls[3]), id(&calls[7]));
    let (one, results) = ("/v1/batches/{id}", "/v1/batches/{id}/results");
    let end = "/v1/batches/{id}/cancel";
    let of = |rest: &str| format!("/v1/batches/{batch}{rest}");
    let run = |id: &str, rest: &str| format!("/v1/runs/{id}{rest}");
    let diff = "/v1/runs/{id}/diff";
    let cancel = "/v1/runs/{id}/cancel";
    let urgent = "/v1/runs/{id}/priority";
    let urgent_batch = "/v1/batches/{id}/priority";
    calls.extend([
        get(app, "/v1/runs/{id}", &run(&done, "")).await,
        get(app, "/v1/runs/{id}", &run(&waiting, "")).await,
        get(app, "/v1/runs/{id}", "/v1/runs/run_x").await,
        get(app, diff, &run(&done, "/diff?from=draft&to=local")).await,
        get(app, diff, &run(&done, "/diff?from=draft")).await,
        get(app, "/v1/runs", "/v1/runs?limit=2").await,
        get(app, "/v1/runs", "/v1/runs?limit=0").await,
        post(app, urgent, &run(&waiting, "/priority"), json!({"priority": "high"})).await,
        post(app, urgent, &run(&done, "/priority"), json!({"priority": "high"})).await,
        post(app, urgent, &run(&done, "/priority"), json!({"priority": "urgent"})).await,
        post(app, cancel, &run(&waiting, "/cancel"), json!({})).await,
        post(app, cancel, &run(&done, "/cancel"), json!({})).await,
        get(app, "/v1/batches", "/v1/batches").await,
        get(app, one, &of("")).await,
        get(app, one, "/v1/batches/bat_x").await,
        // One problem is one line, which is JSON by itself.
        get(app, results, &of("/results")).await,
        get(app, results, &of("/results?format=csv")).await,
        post(app, urgent_batch, &of("/priority"), json!({"priority": "normal"})).await,
        post(app, end, &of("/cancel"), json!({})).await,
        post(app, urgent_batch, &of("/priority"), json!({"priority": "low"})).await,
        get(app, "/v1/models", "/v1/models").await,
        get(app, "/v1/models/{id}", "/v1/models/glore").await,
        get(app, "/v1/models/{id}", "/v1/models/gpt").await,
        post(app, CHAT, CHAT, chat("glore", problem)).await,
        post(app, CHAT, CHAT, chat("gpt", problem)).await,
        post(app, CHAT, CHAT, chat("glore", "")).await,
        get(app, "/v1/queues", "/v1/queues").await,
        get(app, "/v1/annotations/export/manifest", "/v1/annotations/export/manifest?form=prm800k")
            .await,
        get(
            app,
            "/v1/annotations/export/manifest",
            "/v1/annotations/export/manifest?queue=que_none",
        )
        .await,
        get(app, "/v1/annotations/export", "/v1/annotations/export?min_annotations=1000").await,
        get(app, "/livez", "/livez").await,
        get(app, "/readyz", "/readyz").await,
        get(app, "/version", "/version").await,
        get(app, "/metrics", "/metrics").await,
        get(app, "/openapi.json", "/openapi.json").await,
    ]);
    app.app.shutdown.cancel();
    calls.push(get(app, "/readyz", "/readyz").await);
    calls.push(post(app, "/v1/solve", "/v1/solve", json!({"problem": problem})).await);
    calls
}

#[tokio::test]
async fn every_answer_fits_its_schema() {
    let app = TestApp::with(engine()).await;
    let document = app.get("/openapi.json").await.ok();
    let mut statuses = Vec::new();
    for Called { path, method, answer } in calls(&app).await {
        let status = answer.status.as_u16();
        let place = format!("{method} {path} {status}");
        let responses = &document["paths"][path][method]["responses"];
        let response = schema::resolve(&document, &responses[status.to_string()]);
        assert!(response.is_object(), "{place} is not documented");
        for name in response["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
            let optional = ["Idempotency-Replayed"].contains(&name.as_str());
            assert!(optional || answer.headers.contains_key(name), "{place}: no {name}");
        }
        let kind = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
        let content = &response["content"][&kind];
        assert!(content.is_object(), "{place}: {kind} is not documented");
        if kind.ends_with("json") {
            let faults = schema::faults(&document, &content["schema"], &answer.json());
            assert!(faults.is_empty(), "{place}: {faults:#?}\n{:#}", answer.json());
        }
        statuses.push(status);
    }
    statuses.sort_unstable();
    statuses.dedup();
    assert_eq!(statuses, [200, 202, 400, 404, 409, 422, 503]);
}

#[tokio::test]
async fn every_documented_call_is_there_with_its_method_and_no_other() {
    let app = TestApp::new().await;
    let document = app.get("/openapi.json").await.ok();
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() > 10);
    for (path, item) in paths {
        let address = path.replace("{id}", "run_01890a5d-ac96-774b-bcce-b302099a8057");
        let wrong = Request::builder().method("PURGE").uri(&address).body(Body::empty());
        let answer = app.send(wrong.expect("a request")).await;
        assert_eq!(answer.status, 405, "{path}");
        let mut allowed: Vec<String> =
            answer.header("allow").split(',').map(|word| word.trim().to_lowercase()).collect();
        allowed.retain(|method| method != "head");
        let documented: Vec<&String> = item.as_object().expect("calls").keys().collect();
        assert_eq!(allowed.iter().collect::<Vec<_>>(), documented, "{path}");
    }
    let mut names: Vec<_> = paths
        .values()
        .flat_map(|item| item.as_object().expect("calls").values())
        .map(|call| call["operationId"].as_str().expect("a name"))
        .collect();
    let calls = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), calls, "two calls of one name");
}

#[tokio::test]
async fn the_document_says_what_the_code_refuses() {
    let app = TestApp::new().await;
    let document = app.get("/openapi.json").await.ok();
    let request = &document["components"]["schemas"]["SolveRequest"];
    assert_eq!(request["additionalProperties"], false);
    assert_eq!(request["required"], json!(["problem"]));
    let strategies = &document["components"]["schemas"]["Strategy"]["enum"];
    assert_eq!(strategies, &json!(["glore", "draft", "best_of_n"]));
    for path in ["/v1/solve", "/v1/critique", "/v1/refine"] {
        let call = &document["paths"][path]["post"];
        let key = json!({"$ref": "#/components/parameters/IdempotencyKey"});
        assert!(call["parameters"].as_array().is_some_and(|list| list.contains(&key)), "{path}");
        for status in ["400", "406", "409", "413", "415", "422", "429", "503"] {
            assert!(call["responses"][status].is_object(), "{path} {status}");
        }
    }
}
