//! `GET /v1/runs/{id}/events`: what happens in a run, as server-sent events.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::web::{Error, Query, RunPath, stream};

/// Where to go on, for clients that cannot send `Last-Event-ID`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Id of the last event the client has had.
    pub after: Option<String>,
}

/// From the event after the one named to the last, which is exactly one of `run.completed`,
/// `run.failed` and `run.cancelled`. 204 when the run has ended and nothing is left.
pub async fn handler(
    State(app): State<App>,
    RunPath(id): RunPath,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let after = stream::after(&headers, query.after.as_deref())?;
    stream::of_run(&app, id, after).await
}
