//! How urgent a run in the background is: which requests may say it, and
//! `POST /v1/runs/{id}/priority`, which changes it while the run waits.

use axum::Json as Answer;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::{Invalid, Priority, Run, RunId};
use crate::web::{Code, Error, Json, RunPath};

/// How urgent it is from now on.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityRequest {
    pub priority: Priority,
}

/// It keeps its age: among runs of its new priority it comes before those that were asked for later.
#[utoipa::path(
    post,
    path = "/v1/runs/{id}/priority",
    operation_id = "prioritise_run",
    tag = "kept",
    summary = "Make a waiting run more or less urgent",
    params(("id" = RunId, Path, description = "The run")),
    request_body = PriorityRequest,
    responses(
        (status = 200, description = "The run as it waits now", body = Run),
        (status = 409, description = "The run has begun, or ended (`not_waiting`)"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    RunPath(id): RunPath,
    Json(request): Json<PriorityRequest>,
) -> Result<Answer<Run>, Error> {
    let changed = set(&app, id, request.priority).await?;
    let run = app.store.runs().get(id).await?.ok_or_else(|| Error::no_run(&id.to_string()))?;
    if changed {
        return Ok(Answer(run));
    }
    let detail = format!("the run {id} does not wait: it is {}", run.status.as_str());
    Err(Error::new(Code::NotWaiting, detail).of_run(id))
}

/// Whether it waited, and is of this priority now.
///
/// # Errors
/// No such run, or the store does not answer.
pub async fn set(app: &App, id: RunId, priority: Priority) -> Result<bool, Error> {
    let changed = app.store.runs().prioritise(id, priority).await?;
    changed.ok_or_else(|| Error::no_run(&id.to_string()))
}

/// Refuses a priority of a run that does not wait in the line: ignored, it would promise something.
pub(super) fn check(background: bool, priority: Option<Priority>) -> Result<(), Invalid> {
    if background || priority.is_none() {
        return Ok(());
    }
    let detail = "only a run in the background has a priority: send `background: true` as well, or \
                  leave it out";
    Err(Invalid::new("/priority", "exclusive", detail))
}
