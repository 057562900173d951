//! The loop that does queued runs, one at a time.

use std::time::{Duration, Instant};

use super::batches::feed;
use crate::app::App;
use crate::domain::{Run, RunStatus};
use crate::engine::{Cancel, Permit};
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

/// Does the run whose turn it is; `false` when none waits.
///
/// # Errors
/// When the store fails before the run is begun; what is done is written as soon as the store takes it.
pub async fn run_one(app: &App) -> Result<bool, StoreError> {
    // A batch that cannot be fed must not hold up what waits already.
    if let Err(error) = feed(app).await {
        tracing::error!(%error, "problems of batches could not be put in the queue");
    }
    if app.store.runs().waiting().await? == 0 {
        return Ok(false);
    }
    // The place first: a run that waits for one is `queued`, not `running`.
    let patient = Cancel::new();
    let permit = tokio::select! {
        permit = app.gate.acquire(&patient) => permit,
        () = app.shutdown.cancelled() => return Ok(false),
    };
    let Ok(permit) = permit else { return Ok(false) };
    let Some(claimed) = app.store.runs().claim_next().await? else { return Ok(false) };
    match serde_json::from_str::<Order>(&claimed.work) {
        Ok(order) => perform(app, &order, &claimed, permit).await?,
        Err(error) => unreadable(app, &claimed, &error).await?,
    }
    Ok(true)
}

async fn perform(
    app: &App,
    order: &Order,
    claimed: &Claimed,
    permit: Permit,
) -> Result<(), StoreError> {
    let limit = Duration::from_secs(app.config.engine.background_timeout_s);
    let cancel = &Cancel::with_deadline(Instant::now() + limit);
    let waited = (app.clock.now() - claimed.created_at).try_into().unwrap_or(Duration::ZERO);
    let blank = work::blank(&*app.engine.now(), order, RunStatus::Running, claimed.created_at);
    // Known to `Live` before the look at the store: a request to cancel reaches one or the other.
    let live = app.live.enter(&blank, cancel);
    // Nothing that fails from here on may leave the run `running` with nobody at work on it.
    if app.store.runs().cancel_requested(claimed.id).await.unwrap_or(false) {
        cancel.cancel();
    }
    let begun = Instant::now();
    let mut done = work::perform(app, order, claimed.created_at, waited, &live, cancel).await;
    drop(permit);
    // Stopped by the server rather than by a person: it is done again after the next start.
    let asked = app.store.runs().cancel_requested(claimed.id).await.unwrap_or(false);
    if done.run.status == RunStatus::Cancelled && !asked && app.shutdown.is_cancelled() {
        let ms = begun.elapsed().as_millis();
        app.store.runs().give_back(claimed.id).await?;
        tracing::info!(run_id = %claimed.id, ms, "a queued run was interrupted and will be done again");
        return Ok(());
    }
    done.run.problem.id = claimed.problem_id;
    done.run.priority = Some(claimed.priority);
    live.end(keep(app, done.run).await?);
    Ok(())
}

/// Writes what came of a run, and returns what was written. A store that takes nothing for a while,
/// as on a full disk, is waited for: given up here, the run would be `running` until the next start.
/// An outcome that the store objects to is set aside as `failed` with what it said: done again, it
/// would be objected to again.
///
/// # Errors
/// When it objects to that as well, or still fails when the server stops; the run is done again
/// after the next start.
async fn keep(app: &App, mut run: Run) -> Result<Run, StoreError> {
    let mut set_aside = false;
    loop {
        let Err(error) = app.store.runs().finish(&run).await else { return Ok(run) };
        if app.shutdown.is_cancelled() || (set_aside && !error.may_pass()) {
            return Err(error);
        }
        if !error.may_pass() {
            tracing::error!(run_id = %run.id, %error, "what came of a run is refused by the store");
            run = without_result(run);
            set_aside = true;
            continue;
        }
        tracing::error!(run_id = %run.id, %error, "what came of a run cannot be written yet");
        tokio::select! {
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = app.shutdown.cancelled() => {}
        }
    }
}

/// The run with nothing of its result but that it could not be kept.
fn without_result(run: Run) -> Run {
    let detail = "what came of it could not be stored; it has been written to the log".to_owned();
    let bare = Run { solutions: Vec::new(), chosen: None, answer: None, notes: Vec::new(), ..run };
    work::failed(bare, "not_stored", detail)
}

/// An order written by another version of the program fails its run, not the worker.
async fn unreadable(
    app: &App,
    claimed: &Claimed,
    error: &serde_json::Error,
) -> Result<(), StoreError> {
    let Some(run) = app.store.runs().get(claimed.id).await? else { return Ok(()) };
    let detail = format!("the queued order cannot be read by this version: {error}");
    keep(app, work::failed(run, "unreadable_order", detail)).await.map(|_| ())
}
