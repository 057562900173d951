//! `POST /v1/critique`: score each step of a given solution and name the first wrong one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::given;
use super::settings::{Wanted, settings};
use crate::app::App;
use crate::config::Limits;
use crate::domain::{Problem, RunId};
use crate::pipeline::{Ask, Order};
use crate::web::{Error, Json, submit};

/// A problem and a solution of it: exactly one of `solution` and `steps`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CritiqueRequest {
    pub problem: String,
    pub solution: Option<String>,
    pub steps: Option<Vec<String>>,
    pub reference_answer: Option<String>,
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
        match (problem, solution) {
            (Ok(problem), Ok(solution)) => {
                Ok(Order { id: RunId::new(), problem, ask: Ask::Critique { solution }, settings })
            }
            (problem, solution) => {
                Err(Error::invalid(problem.err().into_iter().chain(solution.err())))
            }
        }
    }
}

/// Answers with a run whose only solution is the given one, or with its events.
pub async fn handler(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<CritiqueRequest>,
) -> Result<Response, Error> {
    let order = request.order(&app.config.limits)?;
    submit::answer(&app, order, &headers).await
}
