//! `GET /v1/runs` and `GET /v1/runs/{id}`: what was done.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::domain::{
    BatchId, Flip, Invalid, Probability, ProblemId, Run, RunId, RunKind, RunStatus, SolutionKind,
    Strategy, Tag,
};
use crate::store::{Band, Day, Filter, FirstError, Known, Page, RunSummary, Sort};
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
    /// Verdict on the chosen solution: `true`, `false` or `unknown`.
    #[param(value_type = Option<String>)]
    pub correct: Option<Known>,
    pub strategy: Option<Strategy>,
    /// Whether the choice turned the first solution's verdict round.
    pub flip: Option<Flip>,
    /// The critique of the first solution: a step, or `none`.
    #[param(value_type = Option<String>)]
    pub first_error: Option<FirstError>,
    /// Where the lowest step score of the first solution lies: a fifth of the scale, such as `0.2-0.4`.
    #[param(value_type = Option<String>)]
    pub lowest: Option<Band>,
    /// Who wrote the first solution.
    pub model: Option<String>,
    /// The SORM's threshold that the run was made with.
    pub threshold: Option<Probability>,
    #[param(value_type = Option<String>)]
    pub tag: Option<Tag>,
    pub batch: Option<BatchId>,
    /// Runs of one problem: the same words with the same reference answer.
    pub problem: Option<ProblemId>,
    /// Whether people annotated it.
    pub annotated: Option<bool>,
    /// First day, in UTC, such as `2026-11-25`.
    #[param(value_type = Option<String>)]
    pub from: Option<Day>,
    /// Last day.
    #[param(value_type = Option<String>)]
    pub to: Option<Day>,
    /// Words of the problem: all of them, the last perhaps unfinished, what stands in quotes as one
    /// piece.
    pub q: Option<String>,
    /// `newest`, `oldest`, `lowest_step`, `lowest_orm`, `highest_orm` or `slowest`; with `q` only the
    /// first two. Orders by a score leave out runs without it.
    #[param(value_type = Option<String>)]
    pub sort: Option<Sort>,
}

impl ListQuery {
    fn filter(self) -> Filter {
        Filter {
            status: self.status,
            kind: self.kind,
            strategy: self.strategy,
            chosen: self.chosen,
            correct: self.correct,
            flip: self.flip,
            first_error: self.first_error,
            lowest: self.lowest,
            model: self.model,
            threshold: self.threshold,
            tag: self.tag,
            batch: self.batch,
            problem: self.problem,
            annotated: self.annotated,
            from: self.from,
            to: self.to,
            q: self.q,
            sort: self.sort.unwrap_or_default(),
        }
    }
}

/// Pass `next` as `after` to go on. A run that was there when the first piece was read appears in
/// exactly one piece. A piece may be short, or empty, though there are more: rare runs are looked for
/// a few thousand at a time.
#[utoipa::path(
    get,
    path = "/v1/runs",
    operation_id = "list_runs",
    tag = "kept",
    summary = "Runs, by their filters",
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
    let after = query.after;
    Ok(Json(app.store.runs().list(&query.filter(), after, limit).await?))
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
