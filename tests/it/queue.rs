//! Background runs: on disk before the answer, done by a worker, requeued after a stop.

use std::time::Duration;

use glore::domain::{Role, Run, RunStatus};
use glore::engine::{Gate, ScriptedEngine};
use glore::jobs;
use glore::store::MAX_ATTEMPTS;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::review::raw;

async fn queue(app: &TestApp) -> String {
    let body = json!({"problem": "What is 2 + 2?", "background": true});
    let answer = app.post("/v1/solve", body).await;
    assert_eq!(answer.status, 202);
    let run = answer.json();
    assert_eq!(run["status"], "queued");
    let address = answer.header("location").to_owned();
    assert_eq!(address, format!("/v1/runs/{}", run["id"].as_str().expect("an id")));
    address
}

async fn status(app: &TestApp, address: &str) -> Value {
    app.get(address).await.ok()["status"].clone()
}

#[tokio::test]
async fn a_queued_run_is_done_and_keeps_its_ids() {
    let app = TestApp::new().await;
    let address = queue(&app).await;
    let queued = app.get(&address).await.ok();
    assert!(jobs::run_one(&app.app).await.expect("done"));
    assert!(!jobs::run_one(&app.app).await.expect("nothing left"));
    let done = app.get(&address).await.ok();
    assert_eq!(done["status"], "completed");
    assert_eq!(done["solutions"].as_array().map(Vec::len), Some(2), "draft and global: {done}");
    assert_eq!(done["problem"], queued["problem"]);
    assert_eq!(done["created_at"], queued["created_at"]);
}

#[tokio::test]
async fn the_worker_wakes_up_by_itself() {
    let app = TestApp::new().await;
    let worker = tokio::spawn(jobs::work(app.app.clone()));
    let address = queue(&app).await;
    let done = async {
        while status(&app, &address).await != "completed" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(4), done).await.expect("woken, not polled");
    app.app.shutdown.cancel();
    worker.await.expect("stopped");
}

#[tokio::test]
async fn a_failing_run_says_why() {
    let app = TestApp::with(ScriptedEngine::new().scores(Role::Orm, |_| f64::NAN)).await;
    let address = queue(&app).await;
    assert!(jobs::run_one(&app.app).await.expect("done"));
    assert_eq!(app.get(&address).await.ok()["error"]["code"], "non_finite_logits");
}

#[tokio::test]
async fn a_run_that_takes_too_long_fails_and_frees_its_place() {
    let mut config = glore::config::Config::default();
    config.engine.background_timeout_s = 1;
    let slow = ScriptedEngine::new().delays(Role::Policy, Duration::from_secs(60));
    let app = TestApp::build(slow, config, Gate::new(1, 1)).await;
    let address = queue(&app).await;
    assert!(jobs::run_one(&app.app).await.expect("done"));
    let run = app.get(&address).await.ok();
    assert_eq!(
        (&run["status"], &run["error"]["code"]),
        (&"failed".into(), &"deadline_exceeded".into())
    );
    app.app.gate.try_acquire().expect("the place is free again");
}

#[tokio::test]
async fn a_full_queue_refuses() {
    let mut config = glore::config::Config::default();
    config.engine.queue = 1;
    let app = TestApp::build(ScriptedEngine::new(), config, Gate::new(1, 1)).await;
    queue(&app).await;
    let answer = app.post("/v1/solve", json!({"problem": "x", "background": true})).await;
    answer.problem(429, "overloaded");
    assert_ne!(answer.header("retry-after"), "");
}

#[tokio::test]
async fn what_a_dead_process_left_running_is_done_again_but_not_for_ever() {
    let mut app = TestApp::new().await;
    let address = queue(&app).await;
    for attempt in 1..=MAX_ATTEMPTS {
        app.app.store.runs().claim_next().await.expect("claimed").expect("the run");
        assert_eq!(status(&app, &address).await, "running");
        app = app.restart(ScriptedEngine::new()).await;
        let again = usize::from(attempt < MAX_ATTEMPTS);
        assert_eq!(app.app.store.runs().requeue_interrupted().await.expect("requeued"), again);
    }
    let run = app.get(&address).await.ok();
    assert_eq!((&run["status"], &run["error"]["code"]), (&json!("failed"), &json!("interrupted")));
    let detail = format!("the server ended unexpectedly {MAX_ATTEMPTS} times");
    assert!(run["error"]["detail"].as_str().is_some_and(|d| d.starts_with(&detail)), "{run}");
}

/// Three runs at work when the process dies, each time anew; only the guilty one is given up.
#[tokio::test]
async fn a_run_that_kills_the_process_does_not_take_its_neighbours_with_it() {
    let mut app = TestApp::new().await;
    let (innocent, guilty, other) = (queue(&app).await, queue(&app).await, queue(&app).await);
    let mut crashes = 0;
    while status(&app, &guilty).await != "failed" {
        assert!(crashes < 9, "the guilty run is never given up");
        let mut at_work = Vec::new();
        while let Some(claimed) = app.app.store.runs().claim_next().await.expect("the store") {
            at_work.push(claimed);
        }
        // One that is alone among the suspects and does no harm gets done.
        if let [alone] = at_work.as_slice()
            && !guilty.ends_with(&alone.id.to_string())
        {
            let run = app.app.store.runs().get(alone.id).await.expect("the store").expect("there");
            let run = Run { status: RunStatus::Completed, ..run };
            app.app.store.runs().finish(&run).await.expect("finished");
            continue;
        }
        crashes += 1;
        app = app.restart(ScriptedEngine::new()).await;
        app.app.store.runs().requeue_interrupted().await.expect("requeued");
    }
    while jobs::run_one(&app.app).await.expect("done") {}
    assert_eq!(status(&app, &innocent).await, "completed");
    assert_eq!(status(&app, &other).await, "completed");
    assert_eq!(crashes, MAX_ATTEMPTS);
}

#[tokio::test]
async fn an_orderly_stop_does_not_count_as_an_attempt() {
    let slow = || ScriptedEngine::new().delays(Role::Policy, Duration::from_secs(60));
    let mut app = TestApp::with(slow()).await;
    let address = queue(&app).await;
    for _ in 0..=MAX_ATTEMPTS {
        let worker = tokio::spawn(jobs::work(app.app.clone()));
        while app.app.live.count() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        app.app.shutdown.cancel();
        app.app.live.cancel_all();
        worker.await.expect("stopped");
        assert_eq!(status(&app, &address).await, "queued");
        app = app.restart(slow()).await;
        app.app.store.runs().requeue_interrupted().await.expect("nothing to requeue");
    }
    app = app.restart(ScriptedEngine::new()).await;
    assert!(jobs::run_one(&app.app).await.expect("done"));
    assert_eq!(status(&app, &address).await, "completed");
}

#[tokio::test]
async fn cancelling() {
    let slow = ScriptedEngine::new().delays(Role::Policy, Duration::from_secs(60));
    let app = TestApp::with(slow).await;
    let (working, waiting) = (queue(&app).await, queue(&app).await);
    let answer = app.post(&format!("{waiting}/cancel"), json!({})).await;
    assert_eq!(answer.ok()["status"], "cancelled");
    assert_eq!(app.post(&format!("{waiting}/cancel"), json!({})).await.status, 200, "once more");

    let worker = tokio::spawn({
        let app = app.app.clone();
        async move { jobs::run_one(&app).await }
    });
    while status(&app, &working).await != "running" || app.app.live.count() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(app.post(&format!("{working}/cancel"), json!({})).await.status, 202);
    assert!(worker.await.expect("no panic").expect("ended"));
    assert_eq!(status(&app, &working).await, "cancelled");

    let id = "run_01890a5d-ac96-774b-bcce-b302099a8057";
    app.post(&format!("/v1/runs/{id}/cancel"), json!({})).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_run_that_has_ended_cannot_be_cancelled() {
    let app = TestApp::new().await;
    let run = app.post("/v1/solve", json!({"problem": "What is 2 + 2?"})).await.ok();
    let id = run["id"].as_str().expect("an id");
    app.post(&format!("/v1/runs/{id}/cancel"), json!({})).await.problem(409, "already_ended");
}

/// A mistake in one batch is no reason to do nothing.
#[tokio::test]
async fn a_batch_that_cannot_be_fed_does_not_hold_up_what_waits() {
    let app = TestApp::new().await;
    app.post("/v1/batches", json!({"problems": [{"problem": "x"}]})).await;
    let address = queue(&app).await;
    let twice = "CREATE TRIGGER sabotage BEFORE INSERT ON runs BEGIN \
                 INSERT INTO problems (id, text) VALUES ('p', ''), ('p', ''); END";
    sqlx::query(twice).execute(&mut raw(app.dir()).await).await.expect("sabotaged");
    jobs::feed(&app.app).await.expect_err("it cannot be fed");
    assert!(jobs::run_one(&app.app).await.expect("done"));
    assert_eq!(status(&app, &address).await, "completed");
}

/// It stayed `running` until the next start, and was done again then, three times.
#[tokio::test]
async fn a_run_whose_outcome_the_store_refuses_is_set_aside_with_its_error() {
    let app = TestApp::new().await;
    let address = queue(&app).await;
    let twice = "CREATE TRIGGER sabotage BEFORE INSERT ON solutions BEGIN \
                 INSERT INTO problems (id, text) VALUES ('p', ''), ('p', ''); END";
    sqlx::query(twice).execute(&mut raw(app.dir()).await).await.expect("sabotaged");
    assert!(jobs::run_one(&app.app).await.expect("set aside"));
    let run = app.get(&address).await.ok();
    assert_eq!((&run["status"], &run["error"]["code"]), (&json!("failed"), &json!("not_stored")));
    assert_eq!(app.app.live.count(), 0);
}
