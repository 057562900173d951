//! `POST /v1/solve`: draft, score, refine, choose.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::settings::{Wanted, settings};
use crate::app::App;
use crate::config::Limits;
use crate::domain::{Problem, RunId, Strategy};
use crate::pipeline::{Ask, Order};
use crate::web::{Error, Json, submit};

/// What to solve, and how.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SolveRequest {
    pub problem: String,
    pub reference_answer: Option<String>,
    pub strategy: Option<Strategy>,
    /// Of `best_of_n`.
    pub samples: Option<usize>,
    pub temperature: Option<f64>,
    pub max_tokens: Option<usize>,
    pub seed: Option<u64>,
    /// Refine only a draft whose ORM score is under this.
    pub gate: Option<f64>,
    /// Answer at once with 202 and do the work later.
    #[serde(default)]
    pub background: bool,
}

impl SolveRequest {
    /// The order it stands for.
    ///
    /// # Errors
    /// Every field that cannot be used, by name.
    pub fn order(&self, limits: &Limits) -> Result<Order, Error> {
        let problem = Problem::parse(&self.problem, self.reference_answer.as_deref());
        let strategy = self.strategy.unwrap_or_default();
        let wanted = Wanted {
            strategy,
            samples: self.samples,
            temperature: self.temperature,
            max_tokens: self.max_tokens,
            seed: self.seed,
            gate: self.gate,
        };
        match (problem, settings(wanted, limits)) {
            (Ok(problem), Ok(settings)) => {
                Ok(Order { id: RunId::new(), problem, ask: Ask::Solve { strategy }, settings })
            }
            (problem, settings) => {
                let refused = settings.err().unwrap_or_default();
                Err(Error::invalid(problem.err().into_iter().chain(refused)))
            }
        }
    }
}

/// Answers with the finished run, with its events as they happen, or with 202 and the queued one.
pub async fn handler(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<SolveRequest>,
) -> Result<Response, Error> {
    let order = request.order(&app.config.limits)?;
    if request.background {
        return submit::later(&app, order).await.map(submit::accepted);
    }
    submit::answer(&app, order, &headers).await
}
