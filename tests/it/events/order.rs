//! What is told, and in which order.

use std::time::Duration;

use axum::http::header;
use glore::domain::Role;
use glore::engine::{EngineError, ScriptedEngine};
use serde_json::{Value, json};

use super::{PROBLEM, assert_whole, models, post, respond, slow, solve};
use crate::app::TestApp;
use crate::events::read::Stream;

#[tokio::test]
async fn a_solve_tells_everything_in_order_and_ends_once() {
    let app = TestApp::with(models()).await;
    let mut request = post("/v1/solve", "text/event-stream", &json!({"problem": PROBLEM}));
    request.headers_mut().insert(header::ACCEPT_ENCODING, "gzip".parse().expect("a value"));
    let stream = Stream::of(respond(&app, request).await);
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-cache");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    assert!(!stream.headers.contains_key("content-encoding"), "packing would hold events back");
    let events = stream.all().await;
    assert_whole(&events, 1, "run.completed");

    let mut told: Vec<_> =
        events.iter().map(|event| event["type"].as_str().expect("a type")).collect();
    told.dedup();
    let written = ["run.stage", "draft.delta", "draft.completed"];
    let scored = ["step.scored", "orm.scored", "critique.completed"];
    let rewritten = ["refinement.delta", "refinement.completed"];
    let expected = [
        &["run.created"][..],
        &written,
        &["run.stage"],
        &scored,
        &["run.stage"],
        &rewritten,
        &rewritten,
        &["run.stage"],
        &scored,
        &scored,
        &["choice.made", "run.completed"],
    ];
    assert_eq!(told, expected.concat());

    let run = &events[events.len() - 1]["run"];
    let id = run["id"].as_str().expect("an id");
    assert_eq!(&app.get(&format!("/v1/runs/{id}")).await.ok(), run, "the end has the whole run");
    assert_eq!(events[0]["run_id"], run["id"]);
    let critique = events.iter().find(|event| event["type"] == "critique.completed");
    assert_eq!(critique.map(|event| &event["first_error_step"]), Some(&json!(2)));
    let choice = &events[events.len() - 2];
    assert_eq!((&choice["chosen"], &choice["scores"][0]["orm"]), (&run["chosen"], &json!(0.2)));
    let scores: Vec<_> = events.iter().filter(|event| event["type"] == "step.scored").collect();
    assert_eq!((&scores[0]["role"], &scores[1]["role"]), (&json!("orm"), &json!("sorm")));
    assert_eq!((&scores[3]["step"], &scores[3]["score"]), (&json!(2), &json!(0.1)));
}

#[tokio::test]
async fn critiques_and_refinements_are_told_too() {
    let app = TestApp::with(models()).await;
    let body = json!({"problem": PROBLEM, "solution": "Ann has 2 pens.\n2 + 2 = 5\n#### 5"});
    for (path, refines) in [("/v1/critique", false), ("/v1/refine", true)] {
        let stream = Stream::of(respond(&app, post(path, "text/event-stream", &body)).await);
        let events = stream.all().await;
        assert_whole(&events, 1, "run.completed");
        let any = |name: &str| events.iter().any(|event| event["type"] == name);
        assert!(any("step.scored") && !any("draft.delta"), "{path}: the draft was given");
        assert_eq!(any("refinement.delta"), refines, "{path}");
    }
}

#[tokio::test]
async fn text_is_told_while_the_run_still_works() {
    let app = TestApp::with(models().delays(Role::Orm, Duration::from_secs(60))).await;
    let mut stream = solve(&app).await;
    let mut lines = Vec::new();
    while lines.len() < 3 {
        let event = stream.next().await.expect("an event");
        if event["type"] == "draft.delta" {
            lines.push(event["text"].as_str().expect("a text").to_owned());
        }
    }
    assert_eq!(lines.join("\n"), "Ann has 2 pens.\n2 + 2 = 5\n#### 5");
}

async fn end_of(engine: ScriptedEngine) -> Value {
    let app = TestApp::with(engine).await;
    let events = solve(&app).await.all().await;
    assert_whole(&events, 1, "run.failed");
    events[events.len() - 1]["run"].clone()
}

#[tokio::test]
async fn whatever_goes_wrong_is_told_once() {
    let broken = end_of(models().scores(Role::Sorm, |_| f64::NAN)).await;
    assert_eq!(broken["error"]["code"], "non_finite_logits");
    let down = EngineError::Unavailable { role: Role::Local, reason: "gone".to_owned() };
    assert_eq!(end_of(models().fails(Role::Local, down)).await["status"], "failed");
    let small = models().described(Role::Policy, |model| model.context_length = 64);
    assert_eq!(end_of(small).await["error"]["code"], "context_exceeded");
    let panics = models().writes(Role::Global, |_, _| panic!("a secret"));
    let panicked = end_of(panics).await;
    assert_eq!(panicked["error"]["code"], "internal");
    assert!(!panicked.to_string().contains("secret"));
}

#[tokio::test]
async fn what_is_refused_at_the_door_is_a_problem_and_no_stream() {
    let app = TestApp::with(slow()).await;
    let ask = |body: Value| app.send(post("/v1/solve", "text/event-stream", &body));
    ask(json!({"problem": ""})).await.blames("/problem", "blank");
    app.app.shutdown.cancel();
    ask(json!({"problem": PROBLEM})).await.problem(503, "not_ready");
}
