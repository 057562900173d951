//! Trouble from outside: a database that something else has locked, a full disk, a clock that jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use glore::config::Config;
use glore::domain::{Clock, PersonRole, SystemClock, Timestamp};
use glore::engine::{Gate, ScriptedEngine};
use glore::jobs;
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};

use crate::app::TestApp;
use crate::people::{Stopped, add, browser, get, token};

/// Another program with the same file.
async fn other(app: &TestApp) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(app.dir().join("glore.db"));
    SqliteConnection::connect_with(&options).await.expect("opened")
}

async fn queue(app: &TestApp) -> crate::app::Answer {
    app.post("/v1/solve", json!({"problem": "What is 2 + 2?", "background": true})).await
}

#[tokio::test]
async fn a_database_that_is_locked_for_a_moment_is_waited_for() {
    let app = TestApp::new().await;
    let mut other = other(&app).await;
    other.execute("BEGIN IMMEDIATE").await.expect("locked");
    let unlock = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        other.execute("ROLLBACK").await.expect("unlocked");
    };
    let (queued, ()) = tokio::join!(queue(&app), unlock);
    assert_eq!(queued.status, 202, "{:?}", queued.body);
    assert!(jobs::run_one(&app.app).await.expect("done"));
}

#[tokio::test]
async fn a_database_that_stays_locked_is_a_503_pages_stay_readable_and_all_is_well_afterwards() {
    let app = TestApp::new().await;
    queue(&app).await;
    let mut other = other(&app).await;
    other.execute("BEGIN IMMEDIATE").await.expect("locked");
    let refused = queue(&app).await;
    refused.problem(503, "store_unavailable");
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    assert_eq!(app.get("/runs").await.status, 200, "what is only read needs no lock");
    other.execute("ROLLBACK").await.expect("unlocked");
    assert_eq!(queue(&app).await.status, 202);
    let runs = app.get("/v1/runs").await.ok();
    assert_eq!(runs["data"].as_array().map(Vec::len), Some(2), "what was refused is not there");
}

#[tokio::test]
async fn who_is_logged_in_reads_on_while_the_database_is_locked() {
    let clock = Stopped::new();
    let app = TestApp::new().await.by(clock.clone());
    let ann = add(&app, "ann", PersonRole::Admin).await;
    let (page, program) = (browser(&app, &ann).await, token(&app, &ann, ann.role, false).await);
    let bearer = || {
        let request = Request::get("/v1/runs").header("authorization", format!("Bearer {program}"));
        app.send(request.body(Body::empty()).expect("a request"))
    };
    let seen = || async {
        let session =
            &app.app.store.sessions().of(ann.id, app.app.clock.now()).await.expect("read")[0];
        let token = &app.app.store.tokens().of(ann.id).await.expect("read")[0];
        (session.seen_at, token.used_at)
    };
    let before = seen().await;
    // Late enough that it would be written down that they were seen.
    clock.go(120);
    let mut other = other(&app).await;
    other.execute("BEGIN IMMEDIATE").await.expect("locked");
    let begun = std::time::Instant::now();
    assert_eq!(get(&app, &page, "/runs").await.status, 200);
    assert_eq!(bearer().await.status, 200);
    assert!(begun.elapsed() < Duration::from_secs(3), "nobody waits for the lock");
    assert_eq!(seen().await, before);
    other.execute("ROLLBACK").await.expect("unlocked");
    // A write that was given up may still be waited for.
    for _ in 0..100 {
        assert_eq!(get(&app, &page, "/runs").await.status, 200);
        assert_eq!(bearer().await.status, 200);
        let now = seen().await;
        if now.0 > before.0 && now.1 > before.1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("they are never seen again: {:?}", seen().await);
}

/// The machine's clock, some seconds off.
struct Jumping(AtomicI64);

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        SystemClock.now() + Duration::from_secs(86_400 * 365)
            - time::Duration::seconds(self.0.load(Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_clock_that_jumps_loses_nothing_and_no_time_is_negative() {
    let mut app = TestApp::build(ScriptedEngine::new(), Config::default(), Gate::new(2, 4)).await;
    let clock = Arc::new(Jumping(AtomicI64::new(0)));
    app.app.clock = clock.clone();
    app.router = glore::web::router(app.app.clone());
    let mut addresses = Vec::new();
    for jump in [0, 3_600, -7_200, 86_400 * 400] {
        let queued = queue(&app).await;
        addresses.push(queued.header("location").to_owned());
        clock.0.fetch_add(jump, Ordering::SeqCst);
        assert!(jobs::run_one(&app.app).await.expect("done"));
    }
    for address in &addresses {
        let run = app.get(address).await.ok();
        assert_eq!(run["status"], "completed");
        let times = run["timings_ms"].as_object().expect("times");
        assert!(times.values().all(|ms| ms.as_u64().is_some()), "{times:?}");
        assert!(run["total_ms"].is_null() || run["total_ms"].as_u64().is_some(), "{run}");
    }
    let listed = app.get("/v1/runs").await.ok();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(addresses.len()), "each once");
}
