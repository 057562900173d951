//! `GET /v1/runs` and `GET /v1/runs/{id}`: what was done.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Invalid, RunId, RunKind, RunStatus, SolutionKind};
use crate::store::{Filter, Page, RunSummary};
use crate::web::{Error, Query, RunPath, submit};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which runs, and where to go on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    pub limit: Option<usize>,
    /// `next` of the page before.
    pub after: Option<RunId>,
    pub status: Option<RunStatus>,
    pub kind: Option<RunKind>,
    /// Kind of the chosen solution.
    pub chosen: Option<SolutionKind>,
    pub correct: Option<bool>,
    /// Part of the problem's text.
    pub q: Option<String>,
}

/// Newest first.
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

/// One run with its solutions.
pub async fn one(State(app): State<App>, RunPath(id): RunPath) -> Result<Response, Error> {
    let run = app.store.runs().get(id).await?;
    run.map(submit::finished).ok_or_else(|| Error::no_run(&id.to_string()))
}
