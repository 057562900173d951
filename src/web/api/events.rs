//! `GET /v1/runs/{id}/events`: what happens in a run, as server-sent events.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::domain::RunId;
use crate::web::{Error, Query, RunPath, stream};

/// Where to go on, for clients that cannot send `Last-Event-ID`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Id of the last event the client has had.
    pub after: Option<String>,
}

/// From the event after the one named to the last, which is exactly one of `run.completed`,
/// `run.failed` and `run.cancelled`. 204 when the run has ended and nothing is left.
#[utoipa::path(
    get,
    path = "/v1/runs/{id}/events",
    operation_id = "run_events",
    tag = "kept",
    summary = "What happens in a run, as it happens or told again",
    params(("id" = RunId, Path, description = "The run"), EventsQuery),
    responses(
        (status = 200, description = "Server-sent events with one end",
            content((stream::Sent = "text/event-stream"))),
        (status = 204, description = "The run has ended and nothing is left to tell"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    RunPath(id): RunPath,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let after = stream::after(&headers, query.after.as_deref())?;
    stream::of_run(&app, id, after).await
}
