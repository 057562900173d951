//! `POST /v1/refine`: refine a given solution and choose between it and its refinements.

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
use crate::domain::{Invalid, Priority, Problem, Run, RunId, Solution};
use crate::pipeline::{Ask, Order, RefineMode};
use crate::web::{Error, Json, stream, submit};

/// A problem and a solution of it: exactly one of `solution` and `steps`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefineRequest {
    /// In words, at most 16 KiB.
    pub problem: String,
    /// One text, a step a line, at last `#### answer`.
    pub solution: Option<String>,
    /// The same as a list of lines.
    pub steps: Option<Vec<String>>,
    /// Both unless said otherwise.
    pub mode: Option<RefineMode>,
    /// Where the local refinement begins; the SORM decides when absent.
    pub first_error_step: Option<usize>,
    /// The same seed gives the same tokens; less than 2^53.
    pub seed: Option<u64>,
    /// Most tokens a solution.
    pub max_tokens: Option<usize>,
    /// What the answer should be; compared as numbers. Never shown to a model.
    pub reference_answer: Option<String>,
    /// Answer at once with 202 and do the work later.
    #[serde(default)]
    pub background: bool,
    /// Of a run in the background: who is more urgent is done first. `normal` when absent.
    pub priority: Option<Priority>,
}

impl RefineRequest {
    /// The order it stands for.
    ///
    /// # Errors
    /// Every field that cannot be used, by name.
    pub fn order(&self, limits: &Limits) -> Result<Order, Error> {
        let problem = Problem::parse(&self.problem, self.reference_answer.as_deref());
        let mode = self.mode.unwrap_or_default();
        let solution = given::solution(self.solution.as_deref(), self.steps.as_deref())
            .and_then(|solution| self.check_first_error(&solution, mode).map(|()| solution));
        let wanted = Wanted { seed: self.seed, max_tokens: self.max_tokens, ..Wanted::default() };
        let line = priority::check(self.background, self.priority);
        match (problem, solution, settings(wanted, limits), line) {
            (Ok(problem), Ok(solution), Ok(settings), Ok(())) => {
                let ask = Ask::Refine { solution, mode, first_error_step: self.first_error_step };
                Ok(Order { id: RunId::new(), problem, ask, settings })
            }
            (problem, solution, settings, line) => {
                let refused = problem.err().into_iter().chain(solution.err());
                let settings = settings.err().unwrap_or_default();
                Err(Error::invalid(refused.chain(settings).chain(line.err())))
            }
        }
    }

    fn check_first_error(&self, solution: &Solution, mode: RefineMode) -> Result<(), Invalid> {
        const POINTER: &str = "/first_error_step";
        let Some(step) = self.first_error_step else { return Ok(()) };
        if mode == RefineMode::Global {
            let detail = "a global refinement rewrites the whole solution; leave it out";
            return Err(Invalid::new(POINTER, "exclusive", detail));
        }
        let steps = solution.steps.len();
        if step == 0 || step > steps {
            let detail = format!("must lie between 1 and {steps}, {step} was given");
            return Err(Invalid::new(POINTER, "out_of_range", detail));
        }
        Ok(())
    }
}

/// Answers with a run of the given solution and its refinements, with its events, or with 202
/// and the queued one.
#[utoipa::path(
    post,
    path = "/v1/refine",
    operation_id = "refine",
    tag = "runs",
    summary = "Refine a given solution and choose",
    request_body = RefineRequest,
    responses(
        (status = 200, description = "A run of the given solution and its refinements",
            content((Run = "application/json"), (stream::Sent = "text/event-stream"))),
        (status = 202, description = "The queued run, of a request with `background`", body = Run,
            headers(("Location" = String, description = "Where the run can be read"))),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<RefineRequest>,
) -> Result<Response, Error> {
    let order = request.order(&app.config.limits)?;
    if request.background {
        let priority = request.priority.unwrap_or_default();
        return submit::later(&app, order, priority).await.map(submit::accepted);
    }
    submit::answer(&app, order, &headers).await
}
