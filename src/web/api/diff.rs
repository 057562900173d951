//! `GET /v1/runs/{id}/diff?from=draft&to=local`: what a refinement changed, word by word.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::{
    Run, RunId, ScoredSolution, SolutionId, SolutionKind, StepDiff, diff_solutions,
};
use crate::web::{Code, Error, Query, RunPath};

/// Two solutions of the run, each by its kind (the first of that kind) or by its id.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DiffQuery {
    /// The old one: draft, global, local, sample, given, or an id.
    #[param(example = "draft")]
    from: String,
    /// The new one, likewise.
    #[param(example = "local")]
    to: String,
}

/// One side of the comparison.
#[derive(Debug, Serialize, ToSchema)]
pub struct Side {
    id: SolutionId,
    kind: SolutionKind,
    #[schema(required = true)]
    answer: Option<String>,
}

/// Steps beside steps, each with its word operations.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiffResponse {
    /// Always `diff`.
    object: &'static str,
    run: RunId,
    from: Side,
    to: Side,
    steps: Vec<StepDiff>,
}

/// Compares two solutions of one run.
#[utoipa::path(
    get,
    path = "/v1/runs/{id}/diff",
    operation_id = "diff_run",
    tag = "kept",
    summary = "What a refinement changed, word by word",
    params(("id" = RunId, Path, description = "The run"), DiffQuery),
    responses((status = 200, description = "Steps beside steps", body = DiffResponse)),
)]
pub async fn handler(
    State(app): State<App>,
    RunPath(id): RunPath,
    Query(query): Query<DiffQuery>,
) -> Result<Json<DiffResponse>, Error> {
    let run = app.store.runs().get(id).await?.ok_or_else(|| Error::no_run(&id.to_string()))?;
    let (from, to) = (find(&run, &query.from, "from")?, find(&run, &query.to, "to")?);
    let steps = diff_solutions(&from.step_texts(), &to.step_texts());
    Ok(Json(DiffResponse { object: "diff", run: id, from: side(from), to: side(to), steps }))
}

fn side(solution: &ScoredSolution) -> Side {
    Side { id: solution.id, kind: solution.kind, answer: solution.answer.clone() }
}

fn find<'a>(run: &'a Run, name: &str, field: &str) -> Result<&'a ScoredSolution, Error> {
    let found = match (SolutionKind::from_word(name), name.parse::<SolutionId>()) {
        (Some(kind), _) => run.solution(kind),
        (None, Ok(id)) => run.solutions.iter().find(|solution| solution.id == id),
        (None, Err(_)) => {
            let shown: String = name.chars().take(80).collect();
            let detail = format!(
                "`{shown}` is neither draft, global, local, sample, given nor the id of a solution"
            );
            let error = Error::new(Code::Invalid, format!("{field}: {detail}"));
            return Err(error.field(format!("/{field}"), "unknown_value", detail));
        }
    };
    found.ok_or_else(|| {
        Error::new(Code::NotFound, format!("the run {} has no solution `{name}`", run.id))
    })
}
