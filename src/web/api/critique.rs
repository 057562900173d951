//! `POST /v1/critique`: score each step of a given solution and name the first wrong one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::given;
use super::priority;
use super::settings::{Wanted, settings};
use crate::app::App;
use crate::config::Limits;
use crate::domain::{Priority, Problem, Run, RunId};
use crate::pipeline::{Ask, Order};
use crate::web::{Error, Json, stream, submit};

/// A problem and a solution of it: exactly one of `solution` and `steps`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CritiqueRequest {
    /// In words, at most 16 KiB.
    pub problem: String,
    /// One text, a step a line, at last `#### answer`.
    pub solution: Option<String>,
    /// The same as a list of lines.
    pub steps: Option<Vec<String>>,
    /// What the answer should be; compared as numbers. Never shown to a model.
    pub reference_answer: Option<String>,
    /// Answer at once with 202 and do the work later.
    #[serde(default)]
    pub background: bool,
    /// Of a run in the background: who is more urgent is done first. `normal` when absent.
    pub priority: Option<Priority>,
}

impl CritiqueRequest {
    /// The order it stands for.
    ///
    /// # Errors
    /// Every field that cannot be used, by name.
    pub fn order(&self, limits: &Limits) -> Result<Order, Error> {
        let problem = Problem::parse(&self.problem, self.reference_answer.as_deref());
        let solution = given::solution(self.solution.as_deref(), self.steps.as_deref());
        let settings = settings(Wanted::default(), limits).map_err(Error::invalid)?;
        let line = priority::check(self.background, self.priority);
        match (problem, solution, line) {
            (Ok(problem), Ok(solution), Ok(())) => {
                Ok(Order { id: RunId::new(), problem, ask: Ask::Critique { solution }, settings })
            }
            (problem, solution, line) => {
                let refused = problem.err().into_iter().chain(solution.err());
                Err(Error::invalid(refused.chain(line.err())))
            }
        }
    }
}

/// Answers with a run whose only solution is the given one, with its events, or with 202 and the queued
/// one.
#[utoipa::path(
    post,
    path = "/v1/critique",
    operation_id = "critique",
    tag = "runs",
    summary = "Score each step of a given solution and name the first wrong one",
    request_body = CritiqueRequest,
    responses(
        (status = 200, description = "A run whose only solution is the given one",
            content((Run = "application/json"), (stream::Sent = "text/event-stream"))),
        (status = 202, description = "The queued run, of a request with `background`", body = Run,
            headers(("Location" = String, description = "Where the run can be read"))),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<CritiqueRequest>,
) -> Result<Response, Error> {
    let order = request.order(&app.config.limits)?;
    if request.background {
        let priority = request.priority.unwrap_or_default();
        return submit::later(&app, order, priority).await.map(submit::accepted);
    }
    submit::answer(&app, order, &headers).await
}
