//! `POST /v1/solve`: draft, score, refine, choose.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::priority;
use super::settings::{Wanted, settings};
use crate::app::App;
use crate::config::Limits;
use crate::domain::{Priority, Problem, Run, RunId, Strategy};
use crate::pipeline::{Ask, Order};
use crate::web::{Error, Json, stream, submit};

/// What to solve, and how.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SolveRequest {
    /// In words, at most 16 KiB.
    pub problem: String,
    /// What the answer should be; compared as numbers. Never shown to a model.
    pub reference_answer: Option<String>,
    pub strategy: Option<Strategy>,
    /// Of `best_of_n`.
    pub samples: Option<usize>,
    /// Of drafts and samples, 0 to 2; 0 is greedy.
    pub temperature: Option<f64>,
    /// Most tokens a solution.
    pub max_tokens: Option<usize>,
    /// The same seed gives the same tokens; less than 2^53.
    pub seed: Option<u64>,
    /// Refine only a draft whose ORM score is under this.
    pub gate: Option<f64>,
    /// Answer at once with 202 and do the work later.
    #[serde(default)]
    pub background: bool,
    /// Of a run in the background: who is more urgent is done first. `normal` when absent.
    pub priority: Option<Priority>,
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
        let line = priority::check(self.background, self.priority);
        match (problem, settings(wanted, limits), line) {
            (Ok(problem), Ok(settings), Ok(())) => {
                Ok(Order { id: RunId::new(), problem, ask: Ask::Solve { strategy }, settings })
            }
            (problem, settings, line) => {
                let refused = settings.err().unwrap_or_default().into_iter().chain(line.err());
                Err(Error::invalid(problem.err().into_iter().chain(refused)))
            }
        }
    }
}

/// Answers with the finished run, with its events as they happen, or with 202 and the queued one.
#[utoipa::path(
    post,
    path = "/v1/solve",
    operation_id = "solve",
    tag = "runs",
    summary = "Draft, score, refine, choose",
    request_body = SolveRequest,
    responses(
        (status = 200, description = "The finished run",
            content((Run = "application/json"), (stream::Sent = "text/event-stream"))),
        (status = 202, description = "The queued run, of a request with `background`", body = Run,
            headers(("Location" = String, description = "Where the run can be read"))),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<SolveRequest>,
) -> Result<Response, Error> {
    let order = request.order(&app.config.limits)?;
    if request.background {
        let priority = request.priority.unwrap_or_default();
        return submit::later(&app, order, priority).await.map(submit::accepted);
    }
    submit::answer(&app, order, &headers).await
}
