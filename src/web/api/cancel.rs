//! `POST /v1/runs/{id}/cancel`: end a run that waits or works.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::domain::{Actor, Run, RunId, RunStatus};
use crate::store::CancelOutcome;
use crate::web::{Code, Error, RunPath};

/// 200 when the run is cancelled, 202 when a worker has been told to stop and has not yet; 409
/// when it had ended otherwise.
#[utoipa::path(
    post,
    path = "/v1/runs/{id}/cancel",
    operation_id = "cancel_run",
    tag = "kept",
    summary = "End a run that waits or works",
    params(("id" = RunId, Path, description = "The run")),
    responses(
        (status = 200, description = "The cancelled run", body = Run),
        (status = 202, description = "A worker has been told to stop and has not yet", body = Run),
        (status = 409, description = "The run had ended otherwise (`already_ended`)"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    RunPath(id): RunPath,
    actor: Actor,
) -> Result<(StatusCode, Json<Run>), Error> {
    let status = match cancel(&app, id, &actor).await? {
        CancelOutcome::Cancelled | CancelOutcome::AlreadyEnded(RunStatus::Cancelled) => {
            StatusCode::OK
        }
        CancelOutcome::Requested => StatusCode::ACCEPTED,
        CancelOutcome::AlreadyEnded(ended) => {
            let detail = format!("the run {id} had ended before: {}", ended.as_str());
            return Err(Error::new(Code::AlreadyEnded, detail).of_run(id));
        }
    };
    let run = app.store.runs().get(id).await?.ok_or_else(|| Error::no_run(&id.to_string()))?;
    Ok((status, Json(run)))
}

/// First the store, so that a worker that claims it meanwhile sees the wish; then the worker.
///
/// # Errors
/// No such run, or the store does not answer.
pub async fn cancel(app: &App, id: RunId, actor: &Actor) -> Result<CancelOutcome, Error> {
    let outcome = app.store.runs().request_cancel(id, actor, app.clock.now()).await?;
    let outcome = outcome.ok_or_else(|| Error::no_run(&id.to_string()))?;
    app.live.cancel(id);
    Ok(outcome)
}
