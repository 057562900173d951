//! Handing work to the engine: now, while the client waits, or later through the queue.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::{Code, Error, context, headers, idempotency, stream};
use crate::app::{App, Feed, LiveGuard};
use crate::domain::{Priority, Run, RunId, RunStatus};
use crate::engine::{Cancel, EngineError, Ticket};
use crate::pipeline::{Order, PipelineError};
use crate::work;

/// How long an engine may take to notice that the deadline passed.
const GRACE: Duration = Duration::from_secs(5);

/// An order at work.
pub(super) struct Begun {
    pub(super) id: RunId,
    /// Stops the work.
    pub(super) cancel: Cancel,
    /// What the run tells.
    pub(super) feed: Arc<Feed>,
    /// When nobody needs to wait for it any more.
    pub(super) late: Instant,
    pub(super) task: JoinHandle<Result<Run, Error>>,
}

/// Gives the order to the engine. The task stays until the engine has stopped, so that its place is
/// not given away before it is free, and keeps the run, a cancelled one too.
///
/// # Errors
/// Refusals at the gate.
pub(super) fn begin(app: &App, order: Order) -> Result<Begun, Error> {
    refuse_when_stopping(app)?;
    let ticket = app
        .gate
        .try_acquire()
        .map_err(|full| Error::from(full).retry_after(app.gate.retry_after_s()))?;
    let deadline = Instant::now() + Duration::from_secs(app.config.server.request_timeout_s);
    let (id, cancel) = (order.id, Cancel::with_deadline(deadline));
    let blank = work::blank(&*app.engine.now(), &order, RunStatus::Running, app.clock.now());
    let live = app.live.enter(&blank, &cancel);
    let feed = live.feed();
    // In the span of the request, so that what the run logs has the request's id as well.
    let work = do_and_keep(app.clone(), order, blank, ticket, live, cancel.clone());
    let task = tokio::spawn(work.in_current_span());
    Ok(Begun { id, cancel, feed, late: deadline + GRACE, task })
}

/// Does the order, and answers with the run or, for a client who would rather read them, with its
/// events.
///
/// # Errors
/// As [`now`]; with events, only what happens before the first.
pub(super) async fn answer(
    app: &App,
    order: Order,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    if stream::wanted(headers) {
        return stream::of_order(app, order);
    }
    now(app, order).await.map(finished)
}

/// Does the order while the client waits. A client that leaves drops this future, and the guard
/// in it cancels the work.
///
/// # Errors
/// Refusals at the gate, and whatever the run failed of.
pub async fn now(app: &App, order: Order) -> Result<Run, Error> {
    let begun = begin(app, order)?;
    let _left = begun.cancel.drop_guard();
    match tokio::time::timeout_at(begun.late.into(), begun.task).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => {
            Err(Error::new(Code::Internal, "the run ended unexpectedly").because(panic))
        }
        Err(_) => {
            let limit = app.config.server.request_timeout_s;
            let detail = format!("not done within {limit} s (server.request_timeout_s)");
            Err(Error::new(Code::DeadlineExceeded, detail))
        }
    }
}

/// Work for the engine that is no run, and is admitted like one. A caller that leaves drops this future,
/// and the work is told to stop; its place stays taken until it has.
///
/// # Errors
/// Refusals at the gate, and those of the engine.
pub async fn at_the_engine<T, F>(
    app: &App,
    work: impl FnOnce(Cancel) -> F + Send + 'static,
) -> Result<T, Error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, EngineError>> + Send,
{
    refuse_when_stopping(app)?;
    let ticket = app
        .gate
        .try_acquire()
        .map_err(|full| Error::from(full).retry_after(app.gate.retry_after_s()))?;
    let deadline = Instant::now() + Duration::from_secs(app.config.server.request_timeout_s);
    let cancel = Cancel::with_deadline(deadline);
    let _left = cancel.drop_guard();
    let work = async move {
        let _permit = ticket.wait(&cancel).await?;
        work(cancel).await
    };
    match tokio::spawn(work.in_current_span()).await {
        Ok(done) => Ok(done?),
        Err(panic) => Err(Error::new(Code::Internal, "the work ended unexpectedly").because(panic)),
    }
}

/// For work whose answer nobody waits for: what its operator should know goes to the log.
pub(super) fn log_failure(task: JoinHandle<Result<Run, Error>>) {
    let (request_id, path) = (context::request_id(), context::path());
    tokio::spawn(async move {
        match task.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => error.log(&request_id, &path),
            Err(panic) => tracing::error!(request_id, path, %panic, "a run ended unexpectedly"),
        }
    });
}

async fn do_and_keep(
    app: App,
    order: Order,
    blank: Run,
    ticket: Ticket,
    live: LiveGuard,
    cancel: Cancel,
) -> Result<Run, Error> {
    let asked = Instant::now();
    let _permit = match ticket.wait(&cancel).await {
        Ok(permit) => permit,
        Err(error) => {
            live.end(work::stopped(blank, &error.clone().into()));
            return Err(error.into());
        }
    };
    let created_at = blank.created_at;
    let done = work::perform(&app, &order, created_at, asked.elapsed(), &live, &cancel).await;
    // A request that does not fit was refused, not run: there is nothing to look at.
    if let Some(PipelineError::Engine(refusal @ EngineError::TooLong { .. })) = done.error {
        live.end(done.run);
        return Err(refusal.into());
    }
    // Kept beside the run, so that its page can say how to do it again.
    let asked_for = serde_json::to_string(&order).ok();
    if let Err(error) = app.store.runs().insert_done(&done.run, asked_for.as_deref()).await {
        let error = Error::from(error);
        live.end(work::failed(blank, error.code(), error.detail().to_owned()));
        return Err(error);
    }
    live.end(done.run.clone());
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
pub async fn later(app: &App, order: Order, priority: Priority) -> Result<Run, Error> {
    refuse_when_stopping(app)?;
    let blank = work::blank(&*app.engine.now(), &order, RunStatus::Queued, app.clock.now());
    let run = Run { priority: Some(priority), ..blank };
    let text = serde_json::to_string(&order)
        .map_err(|e| Error::new(Code::Internal, "the order cannot be written").because(e))?;
    let key = idempotency::taken().map(|key| (key, address(run.id)));
    app.store.runs().insert_answered(&run, &text, app.config.engine.queue, key).await?;
    let word = priority.as_str();
    tracing::info!(run_id = %run.id, priority = word, "a run was put in the queue");
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
