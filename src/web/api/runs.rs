//! `GET /v1/runs` and `GET /v1/runs/{id}`: what was done.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::domain::{Invalid, Run, RunId, RunKind, RunStatus, SolutionKind};
use crate::store::{Filter, Page, RunSummary};
use crate::web::{Error, Query, RunPath, etag, submit};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which runs, and where to go on.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Most runs of one answer.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<usize>,
    /// `next` of the page before.
    pub after: Option<RunId>,
    /// Where it is in its life.
    pub status: Option<RunStatus>,
    /// What was asked for.
    pub kind: Option<RunKind>,
    /// Kind of the chosen solution.
    pub chosen: Option<SolutionKind>,
    /// Verdict on the chosen solution.
    pub correct: Option<bool>,
    /// Part of the problem's text.
    pub q: Option<String>,
}

/// Pass `next` as `after` to go on. A run that was there when the first piece was read appears in
/// exactly one piece.
#[utoipa::path(
    get,
    path = "/v1/runs",
    operation_id = "list_runs",
    tag = "kept",
    summary = "Runs, newest first",
    params(ListQuery),
    responses((status = 200, description = "A piece of the list", body = Page<RunSummary>)),
)]
pub async fn list(
    State(app): State<App>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<RunSummary>>, Error> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 || limit > MAX_LIMIT {
        let detail = format!("must lie between 1 and {MAX_LIMIT}, {limit} was given");
        return Err(Invalid::new("/limit", "out_of_range", detail).into());
    }
    let ListQuery { status, kind, chosen, correct, q, after, .. } = query;
    let filter = Filter { status, kind, chosen, correct, q };
    Ok(Json(app.store.runs().list(&filter, after, limit).await?))
}

/// The whole run, whatever its status.
#[utoipa::path(
    get,
    path = "/v1/runs/{id}",
    operation_id = "get_run",
    tag = "kept",
    summary = "One run with every solution and score",
    params(
        ("id" = RunId, Path, description = "The run"),
        ("If-None-Match" = Option<String>, Header, description = "An `ETag` that is known already"),
    ),
    responses(
        (status = 200, description = "The run as it is now", body = Run,
            headers(("ETag" = String, description = "Changes exactly when the answer does"))),
        (status = 304, description = "It is still what `If-None-Match` names",
            headers(("ETag" = String, description = "The same"))),
    ),
)]
pub async fn one(
    State(app): State<App>,
    RunPath(id): RunPath,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let run = app.store.runs().get(id).await?.ok_or_else(|| Error::no_run(&id.to_string()))?;
    etag::tagged(&headers, submit::finished(run)).await
}
