//! A reader who comes back gets exactly what is lacking, from wherever the run is by then.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures::future::join_all;
use glore::app::{Limits, Live};
use glore::domain::Role;
use glore::engine::ScriptedEngine;
use glore::{jobs, web};
use serde_json::json;

use super::{assert_whole, events, models, queue, respond, slow, solve, until};
use crate::app::TestApp;
use crate::events::read::Stream;

#[tokio::test]
async fn a_finished_run_is_told_again_from_anywhere() {
    let app = TestApp::with(models()).await;
    let told = solve(&app).await.all().await;
    let id = told[0]["run_id"].as_str().expect("an id");
    until(async || app.app.live.count() == 0).await;
    let app = app.restart(ScriptedEngine::new()).await;
    for after in 0..told.len() {
        assert_eq!(events(&app, id, after).await.all().await, told[after..], "after {after}");
        let request = Request::get(format!("/v1/runs/{id}/events?after={after}"));
        let request = request.body(Body::empty()).expect("a request");
        let stream = Stream::of(respond(&app, request).await);
        assert_eq!(stream.all().await, told[after..], "after={after}");
    }
    for after in [told.len(), told.len() + 1, usize::MAX] {
        let mut nothing = events(&app, id, after).await;
        assert_eq!(nothing.status, 204, "a browser stops coming back");
        assert_eq!(nothing.block().await, None);
    }
}

/// Readers who came while it waited, one at every place, and one who reads as it is written.
#[tokio::test]
async fn a_run_at_work_is_told_from_anywhere() {
    let told = solve(&TestApp::with(models()).await).await.all().await.len();
    let app = TestApp::with(models().delays(Role::Global, Duration::from_millis(20))).await;
    let id = queue(&app).await;
    let streams = join_all((0..=told).map(|after| events(&app, &id, after))).await;
    let readers = join_all(streams.into_iter().map(Stream::all));
    let (done, read) = tokio::join!(jobs::run_one(&app.app), readers);
    assert!(done.expect("done"));
    assert_whole(&read[0], 1, "run.completed");
    assert_eq!(read[0].len(), told);
    for (after, events) in read.iter().enumerate() {
        assert_eq!(events[..], read[0][after..], "after {after}");
    }
    assert_eq!(events(&app, &id, 0).await.all().await, read[0], "and again");
}

#[tokio::test]
async fn a_run_that_failed_is_told_again_as_long_as_it_is_remembered() {
    let app = TestApp::with(models().scores(Role::Sorm, |_| f64::NAN)).await;
    let told = solve(&app).await.all().await;
    let id = told[0]["run_id"].as_str().expect("an id");
    assert!(told.len() > 4, "something was written before it failed");
    for after in 0..told.len() {
        assert_eq!(events(&app, id, after).await.all().await, told[after..], "after {after}");
    }
    assert_eq!(events(&app, id, told.len()).await.status, 204);

    let app = app.restart(ScriptedEngine::new()).await;
    let stored = events(&app, id, 0).await.all().await;
    assert_whole(&stored, 1, "run.failed");
    assert_eq!((stored.len(), &stored[0]), (2, &told[0]));
    let end = events(&app, id, 4).await.all().await;
    assert_whole(&end, 5, "run.failed");
    assert_eq!(end[0]["run"], told[told.len() - 1]["run"]);
}

#[tokio::test]
async fn a_run_that_told_more_than_is_kept_is_told_whole() {
    for room in [0, 500, 1500, 4000] {
        let mut app = TestApp::with(models()).await;
        app.app.live = Live::new(Limits { run: room, all: room });
        app.router = web::router(app.app.clone());
        let told = solve(&app).await.all().await;
        assert_whole(&told, 1, "run.completed");
        let id = told[0]["run_id"].as_str().expect("an id");
        assert_eq!(events(&app, id, 0).await.all().await, told, "{room}");
    }
}

#[tokio::test]
async fn a_run_that_is_cancelled_while_it_waits_is_told_at_once() {
    let app = TestApp::with(slow()).await;
    let id = queue(&app).await;
    let mut stream = events(&app, &id, 0).await;
    assert_eq!(stream.next().await.expect("the first")["type"], "run.created");
    let rest = stream.all();
    let path = format!("/v1/runs/{id}/cancel");
    let cancel = app.post(&path, json!({}));
    let both = async { tokio::join!(rest, cancel) };
    let (rest, cancelled) =
        tokio::time::timeout(Duration::from_secs(3), both).await.expect("woken, not polled");
    cancelled.ok();
    assert_whole(&rest, 2, "run.cancelled");
}

#[tokio::test]
async fn what_is_no_event_and_what_is_no_run() {
    let app = TestApp::with(models()).await;
    let id = solve(&app).await.all().await[0]["run_id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/runs/{id}/events");
    let asked = |id: &str| Request::get(&path).header("last-event-id", id).body(Body::empty());
    for bad in ["x", "-1", "1.5", ""] {
        let answer = app.send(asked(bad).expect("a request")).await;
        let problem = answer.problem(400, "bad_request");
        assert!(problem["detail"].as_str().expect("words").contains("Last-Event-ID"), "{problem}");
        let problem = app.get(&format!("{path}?after={bad}")).await.problem(400, "bad_request");
        assert_eq!(problem["errors"][0]["pointer"], "/after");
    }
    app.get(&format!("{path}?before=1")).await.problem(422, "invalid_request");
    for nothing in ["run_01890a5d-ac96-774b-bcce-b302099a8057", "nothing"] {
        app.get(&format!("/v1/runs/{nothing}/events")).await.problem(404, "not_found");
    }
}
