//! The loop that does queued runs, one at a time.

use std::time::{Duration, Instant};

use crate::app::App;
use crate::domain::{Run, RunError, RunStatus};
use crate::engine::Cancel;
use crate::pipeline::Order;
use crate::store::{Claimed, StoreError};
use crate::work;

/// Longest time between two looks at the queue: a lost wake-up costs this much, never a run.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Does queued runs until the application is told to stop. The run at work then is finished, or
/// left for the next start if the process ends first.
pub async fn work(app: App) {
    while !app.shutdown.is_cancelled() {
        // Registered before looking, so that a run queued in between wakes us.
        let wake = app.wake.notified();
        match run_one(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a worker could not do its run"),
        }
        tokio::select! {
            () = wake => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = app.shutdown.cancelled() => {}
        }
    }
}

/// Does the run that has waited longest; `false` when none waits.
///
/// # Errors
/// When the store fails; the run is done again after a restart.
pub async fn run_one(app: &App) -> Result<bool, StoreError> {
    if app.store.runs().waiting().await? == 0 {
        return Ok(false);
    }
    // The place first: a run that waits for one is `queued`, not `running`.
    let cancel = Cancel::new();
    let permit = tokio::select! {
        permit = app.gate.acquire(&cancel) => permit,
        () = app.shutdown.cancelled() => return Ok(false),
    };
    let Ok(_permit) = permit else { return Ok(false) };
    let Some(claimed) = app.store.runs().claim_next().await? else { return Ok(false) };
    let run = match serde_json::from_str::<Order>(&claimed.work) {
        Ok(order) => perform(app, &order, &claimed, &cancel).await?,
        Err(error) => unreadable(app, &claimed, &error).await?,
    };
    if let Some(run) = run {
        app.store.runs().finish(&run).await?;
    }
    Ok(true)
}

async fn perform(
    app: &App,
    order: &Order,
    claimed: &Claimed,
    cancel: &Cancel,
) -> Result<Option<Run>, StoreError> {
    let waited = (app.clock.now() - claimed.created_at).try_into().unwrap_or(Duration::ZERO);
    // Known to `Live` before the look at the store: a request to cancel reaches one or the other.
    let live = app.live.enter(claimed.id, cancel);
    if app.store.runs().cancel_requested(claimed.id).await? {
        cancel.cancel();
    }
    let begun = Instant::now();
    let mut done = work::perform(app, order, claimed.created_at, waited, &live, cancel).await;
    drop(live);
    // Stopped by the server rather than by a person: it is done again after the next start.
    let asked = app.store.runs().cancel_requested(claimed.id).await?;
    if done.run.status == RunStatus::Cancelled && !asked && app.shutdown.is_cancelled() {
        let ms = begun.elapsed().as_millis();
        app.store.runs().give_back(claimed.id).await?;
        tracing::info!(run_id = %claimed.id, ms, "a queued run was interrupted and will be done again");
        return Ok(None);
    }
    done.run.problem.id = claimed.problem_id;
    Ok(Some(done.run))
}

/// An order written by another version of the program fails its run, not the worker.
async fn unreadable(
    app: &App,
    claimed: &Claimed,
    error: &serde_json::Error,
) -> Result<Option<Run>, StoreError> {
    let run = app.store.runs().get(claimed.id).await?;
    Ok(run.map(|run| Run {
        status: RunStatus::Failed,
        error: Some(RunError {
            code: "unreadable_order".to_owned(),
            detail: format!("the queued order cannot be read by this version: {error}"),
        }),
        ..run
    }))
}
