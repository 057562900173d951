//! Readers: few, never waited for, and their leaving means what it should.

use std::time::Duration;

use glore::config::Config;
use glore::domain::Role;
use glore::engine::Gate;
use glore::jobs;
use serde_json::json;

use super::{PROBLEM, assert_whole, events, models, post, queue, slow, solve, until};
use crate::app::TestApp;

async fn status(app: &TestApp, id: &str) -> String {
    let run = app.get(&format!("/v1/runs/{id}")).await;
    if run.status == 404 {
        String::new()
    } else {
        run.ok()["status"].as_str().unwrap_or_default().to_owned()
    }
}

#[tokio::test]
async fn one_stream_more_than_allowed_is_refused_at_once() {
    let mut config = Config::default();
    config.server.max_streams = 2;
    let app = TestApp::build(slow(), config, Gate::new(1, 4)).await;
    let id = queue(&app).await;
    let (first, second) = (events(&app, &id, 0).await, events(&app, &id, 0).await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
    let asked = post("/v1/solve", "text/event-stream", &json!({"problem": PROBLEM}));
    for answer in [app.get(&format!("/v1/runs/{id}/events")).await, app.send(asked).await] {
        let problem = answer.problem(429, "overloaded");
        assert!(problem["detail"].as_str().expect("words").contains("server.max_streams"));
        assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    }
    assert_eq!(app.app.live.count(), 0, "nothing was begun for the one that was refused");
    drop(first);
    let ended = events(&app, &id, 0).await;
    assert_eq!(ended.status, 200, "a reader who left made room");
    app.app.shutdown.cancel();
    assert_eq!(ended.all().await.len(), 1, "run.created, and then the server stopped");
    assert_eq!(app.app.streams.available_permits(), 1, "an ended stream gives its place back");
}

#[tokio::test]
async fn leaving_a_solve_cancels_it() {
    let app = TestApp::build(slow(), Config::default(), Gate::new(1, 1)).await;
    let mut working = solve(&app).await;
    let id = working.next().await.expect("the first")["run_id"].as_str().expect("an id").to_owned();
    let mut waiting = solve(&app).await;
    waiting.next().await.expect("told before it has a place");
    assert_eq!((app.app.live.count(), app.app.gate.depth()), (2, 1));
    drop(waiting);
    until(async || app.app.gate.depth() == 0).await;
    drop(working);
    until(async || app.app.live.count() == 0).await;
    assert_eq!(status(&app, &id).await, "cancelled");
    app.app.gate.try_acquire().expect("the place is free again");
    let told = events(&app, &id, 0).await.all().await;
    assert_whole(&told, 1, "run.cancelled");
}

#[tokio::test]
async fn leaving_the_events_of_a_run_cancels_nothing() {
    let app = TestApp::with(models().delays(Role::Policy, Duration::from_millis(50))).await;
    let id = queue(&app).await;
    let mut stream = events(&app, &id, 0).await;
    let work = async { jobs::run_one(&app.app).await.expect("done") };
    let read = async {
        while stream.next().await.expect("an event")["type"] != "run.stage" {}
        drop(stream);
    };
    tokio::join!(work, read);
    assert_eq!(status(&app, &id).await, "completed");
}

/// Neither the client of a solve nor a reader of its events takes a byte off the line.
#[tokio::test]
async fn readers_who_never_read_do_not_hold_the_run_up() {
    let long = "Ann has 2 + 2 = 4 pens.\n".repeat(40) + "#### 4\n";
    let app =
        TestApp::with(models().says(Role::Policy, [long.clone()]).says(Role::Global, [long])).await;
    let body = json!({"problem": PROBLEM, "max_tokens": 1024});
    let response = super::respond(&app, post("/v1/solve", "text/event-stream", &body)).await;
    let idle = super::Stream::of(response);
    let finished = async || {
        let page = app.get("/v1/runs").await.ok();
        page["data"][0]["status"] == "completed" && app.app.live.count() == 0
    };
    until(finished).await;
    let told = idle.all().await;
    assert_whole(&told, 1, "run.completed");
    assert!(told.len() > 2 * 40 * 3, "{} events waited for their reader", told.len());
}

#[tokio::test]
async fn a_server_that_stops_sends_readers_away_and_lets_a_solve_end() {
    let app = TestApp::with(models().delays(Role::Orm, Duration::from_millis(300))).await;
    let mut solving = solve(&app).await;
    let first = solving.next().await.expect("the first");
    let mut reading = events(&app, first["run_id"].as_str().expect("an id"), 0).await;
    assert_eq!(reading.next().await.as_ref(), Some(&first));
    app.app.shutdown.cancel();
    let read = reading.all().await;
    assert!(read.iter().all(|event| event["type"] != "run.completed"), "{read:?}");
    assert_whole(&solving.all().await, 2, "run.completed");
}

#[tokio::test]
async fn a_silent_stream_says_every_quarter_of_a_minute_that_it_lives() {
    let app = TestApp::with(slow()).await;
    let mut stream = solve(&app).await;
    while stream.next().await.expect("an event")["type"] != "run.stage" {}
    let begun = std::time::Instant::now();
    assert!(stream.block().await.is_some_and(|block| block.starts_with(':')), "a comment");
    assert!((14..30).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}
