//! Handing work to the engine: now, while the client waits, or later through the queue.

use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::{Code, Error, headers};
use crate::app::App;
use crate::domain::{Run, RunId, RunStatus};
use crate::engine::{Cancel, EngineError, Ticket};
use crate::pipeline::{Order, PipelineError, Stage};
use crate::work;

/// How long an engine may take to notice that the deadline passed.
const GRACE: Duration = Duration::from_secs(5);

/// Does the order while the client waits. A client that leaves drops this future, and the guard
/// in it cancels the work; the task stays until the engine has stopped, so that its place is not
/// given away before it is free, and keeps the cancelled run.
///
/// # Errors
/// Refusals at the gate, and whatever the run failed of.
pub async fn now(app: &App, order: Order) -> Result<Run, Error> {
    refuse_when_stopping(app)?;
    let ticket = app
        .gate
        .try_acquire()
        .map_err(|full| Error::from(full).retry_after(app.gate.retry_after_s()))?;
    let limit = Duration::from_secs(app.config.server.request_timeout_s);
    let cancel = Cancel::with_deadline(Instant::now() + limit);
    let _left = cancel.drop_guard();
    // In the span of the request, so that what the run logs has the request's id as well.
    let work = do_and_keep(app.clone(), order, ticket, cancel).in_current_span();
    let task = tokio::spawn(work);
    match tokio::time::timeout(limit + GRACE, task).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => {
            Err(Error::new(Code::Internal, "the run ended unexpectedly").because(panic))
        }
        Err(_) => {
            let detail =
                format!("not done within {} s (server.request_timeout_s)", limit.as_secs());
            Err(Error::new(Code::DeadlineExceeded, detail))
        }
    }
}

async fn do_and_keep(app: App, order: Order, ticket: Ticket, cancel: Cancel) -> Result<Run, Error> {
    let created_at = app.clock.now();
    let asked = Instant::now();
    let live = app.live.enter(order.id, &cancel);
    live.reached(Stage::Queued.as_str());
    let _permit = ticket.wait(&cancel).await?;
    let done = work::perform(&app, &order, created_at, asked.elapsed(), &live, &cancel).await;
    // A request that does not fit was refused, not run: there is nothing to look at.
    if let Some(PipelineError::Engine(refusal @ EngineError::TooLong { .. })) = done.error {
        return Err(refusal.into());
    }
    app.store.runs().insert(&done.run).await?;
    match done.error {
        None if done.run.status == RunStatus::Completed => Ok(done.run),
        None => {
            let detail = "the run ended unexpectedly; it has been written to the log";
            Err(Error::new(Code::Internal, detail).of_run(done.run.id))
        }
        Some(error) => Err(Error::from(error).of_run(done.run.id)),
    }
}

/// Puts the order in the queue; when this returns, it survives a crash.
///
/// # Errors
/// A full queue, or a store that does not answer.
pub async fn later(app: &App, order: Order) -> Result<Run, Error> {
    refuse_when_stopping(app)?;
    let run = work::blank(&*app.engine, &order, RunStatus::Queued, app.clock.now());
    let text = serde_json::to_string(&order)
        .map_err(|e| Error::new(Code::Internal, "the order cannot be written").because(e))?;
    app.store.runs().insert_queued(&run, &text, app.config.engine.queue).await?;
    tracing::info!(run_id = %run.id, "a run was put in the queue");
    app.wake.notify_one();
    Ok(run)
}

fn refuse_when_stopping(app: &App) -> Result<(), Error> {
    if app.shutdown.is_cancelled() {
        return Err(Error::new(Code::NotReady, "the server is stopping; try again later"));
    }
    Ok(())
}

/// A finished run as the API answers it.
pub(super) fn finished(run: Run) -> Response {
    let timing = headers::server_timing(&run.timings_ms);
    ([("server-timing", timing)], axum::Json(run)).into_response()
}

/// A queued run as the API answers it.
pub(super) fn accepted(run: Run) -> Response {
    let location = address(run.id);
    (StatusCode::ACCEPTED, [(header::LOCATION, location)], axum::Json(run)).into_response()
}

fn address(id: RunId) -> String {
    format!("/v1/runs/{id}")
}
