//! What stands beside an answer: tags, times, places left.

use axum::body::Body;
use axum::http::{Request, header};
use glore::config::Config;
use glore::engine::{Gate, ScriptedEngine};
use glore::jobs;
use serde_json::json;

use crate::app::{Answer, TestApp};

async fn get_with(app: &TestApp, path: &str, name: &str, value: &str) -> Answer {
    app.send(Request::get(path).header(name, value).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_run_that_is_known_is_not_sent_again() {
    let app = TestApp::new().await;
    let body = json!({"problem": "What is 2 + 2?", "background": true});
    let address = app.post("/v1/solve", body).await.header("location").to_owned();
    let queued = app.get(&address).await;
    let tag = queued.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20, "strong: {tag}");
    assert_eq!(app.get(&address).await.header("etag"), tag);
    for names in [tag.as_str(), "*", &format!("\"x\", W/{tag}")] {
        let answer = get_with(&app, &address, "if-none-match", names).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{names}");
        assert_eq!(answer.header("etag"), tag);
        assert_eq!(answer.header("cache-control"), "private, no-cache");
    }
    let other = get_with(&app, &address, "if-none-match", "\"x\"").await;
    assert_eq!(other.ok()["status"], "queued");

    jobs::run_one(&app.app).await.expect("done");
    let done = get_with(&app, &address, "if-none-match", &tag).await;
    assert_eq!(done.ok()["status"], "completed");
    assert_ne!(done.header("etag"), tag);
}

#[tokio::test]
async fn compressed_answers_have_a_tag_of_their_own() {
    let app = TestApp::new().await;
    let run = app.post("/v1/solve", json!({"problem": "What is 2 + 2?"})).await.ok();
    let address = format!("/v1/runs/{}", run["id"].as_str().expect("an id"));
    let plain = app.get(&address).await.header("etag").to_owned();
    let small = get_with(&app, &address, "accept-encoding", "gzip").await;
    assert_eq!(small.header("content-encoding"), "gzip");
    let tag = small.header("etag").to_owned();
    assert_eq!(tag, format!("{}-gzip\"", plain.trim_end_matches('"')));
    assert_eq!(get_with(&app, &address, "if-none-match", &tag).await.status, 304);
}

#[tokio::test]
async fn every_answer_says_how_long_it_took() {
    let app = TestApp::new().await;
    for path in ["/v1/runs", "/livez", "/v1/nothing", "/", "/openapi.json"] {
        let answer = app.get(path).await;
        let time = answer.header("server-timing").strip_prefix("total;dur=").map(str::parse::<f64>);
        assert!(matches!(time, Some(Ok(ms)) if ms >= 0.0), "{path}");
    }
    let run = app.post("/v1/solve", json!({"problem": "What is 2 + 2?"})).await;
    assert!(run.header("server-timing").starts_with("queue;dur="), "a run says more");
}

#[tokio::test]
async fn calls_that_need_a_place_say_how_many_are_left() {
    let app = TestApp::build(ScriptedEngine::new(), Config::default(), Gate::new(1, 1)).await;
    let solve = || app.post("/v1/solve", json!({"problem": "What is 2 + 2?"}));
    let policy = "\"places\";q=2;qu=\"concurrent-requests\"";
    let answer = solve().await;
    assert_eq!(answer.header("ratelimit-policy"), policy);
    assert_eq!(answer.header("ratelimit"), "\"places\";r=2");
    let _taken =
        [app.app.gate.try_acquire().expect("room"), app.app.gate.try_acquire().expect("room")];
    let refused = solve().await;
    refused.problem(429, "overloaded");
    let wait = refused.header("retry-after");
    assert_eq!(refused.header("ratelimit"), format!("\"places\";r=0;t={wait}"));
    assert_eq!(refused.header("ratelimit-policy"), policy);
    assert_eq!(app.get("/v1/runs").await.header("ratelimit"), "", "needs no place");
}

#[tokio::test]
async fn what_is_accepted_decides_before_any_work_is_done() {
    let app = TestApp::new().await;
    let solve = Request::post("/v1/solve")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "text/html")
        .body(Body::from(json!({"problem": "What is 2 + 2?"}).to_string()));
    let refused = app.send(solve.expect("a request")).await.problem(406, "not_acceptable");
    let detail = refused["detail"].as_str().expect("a sentence");
    assert!(detail.contains("application/json") && detail.contains("text/html"), "{detail}");
    assert_eq!(app.get("/v1/runs").await.ok()["data"], json!([]));
    for (path, accept, status) in [
        ("/v1/runs", "text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("/v1/runs", "application/xml", 406),
        ("/metrics", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", 200),
        ("/metrics", "application/json", 406),
        ("/v1/nothing", "application/xml", 404),
        ("/", "application/xml", 200),
    ] {
        assert_eq!(get_with(&app, path, "accept", accept).await.status, status, "{path} {accept}");
    }
}
