//! Batches: many problems handed in at once, each of which becomes a run.
//!
//! One call a file; `POST /v1/batches` is here.

pub mod cancel;
pub mod get;
pub mod priority;
pub mod results;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;

use super::solve::SolveRequest;
use crate::app::App;
use crate::config::Limits;
use crate::domain::{BatchId, Invalid, Priority, Strategy};
use crate::pipeline::Recipe;
use crate::store::{Batch, BatchItem, NewBatch};
use crate::web::{Code, Error, Json, idempotency, intake};

/// Longest name, in characters.
const MAX_NAME: usize = 100;

/// One problem.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchProblem {
    /// In words, at most 16 KiB.
    pub problem: String,
    /// What the answer should be; compared as numbers. Never shown to a model.
    pub reference_answer: Option<String>,
}

/// Problems, and how each of them is solved.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// At most 5000.
    #[schema(min_items = 1, max_items = 5000)]
    pub problems: Vec<BatchProblem>,
    /// To find it again; at most 100 characters.
    pub name: Option<String>,
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
    /// Who is more urgent is done first; `low` when absent, so that single runs need not wait for a
    /// whole batch.
    pub priority: Option<Priority>,
}

impl BatchRequest {
    /// How each problem is solved.
    ///
    /// # Errors
    /// Every field that cannot be used, by name.
    pub fn recipe(&self, limits: &Limits) -> Result<Recipe, Error> {
        let any = SolveRequest {
            problem: "any".to_owned(),
            reference_answer: None,
            strategy: self.strategy,
            samples: self.samples,
            temperature: self.temperature,
            max_tokens: self.max_tokens,
            seed: self.seed,
            gate: self.gate,
            background: true,
            priority: None,
        };
        let order = any.order(limits)?;
        Ok(Recipe { strategy: order.ask.strategy(), settings: order.settings })
    }
}

/// The batch is on disk when this answers. Its problems become runs a few at a time, beside what
/// else is asked for.
#[utoipa::path(
    post,
    path = "/v1/batches",
    operation_id = "create_batch",
    tag = "batches",
    summary = "Hand in many problems at once",
    request_body = BatchRequest,
    responses((status = 202, description = "The batch, which is at work", body = Batch,
        headers(("Location" = String, description = "Where the batch can be read")))),
)]
pub async fn create(
    State(app): State<App>,
    Json(request): Json<BatchRequest>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Answer<Batch>), Error> {
    let recipe = request.recipe(&app.config.limits)?;
    let numbered = request.problems.into_iter().enumerate();
    let given = numbered.map(|(at, one)| (at + 1, one.problem, one.reference_answer)).collect();
    let items = intake::check(given).map_err(Error::invalid)?;
    let name = request.name.as_deref().unwrap_or_default();
    let priority = request.priority.unwrap_or(Priority::OF_BATCHES);
    let batch = keep(&app, name, &recipe, priority, items).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, address(batch.id))], Answer(batch)))
}

/// Keeps a batch and wakes a worker.
///
/// # Errors
/// A name that cannot be used, or a store that does not answer.
pub async fn keep(
    app: &App,
    name: &str,
    recipe: &Recipe,
    priority: Priority,
    items: Vec<BatchItem>,
) -> Result<Batch, Error> {
    let name = name_of(name, items.len())?;
    let work = serde_json::to_string(recipe)
        .map_err(|e| Error::new(Code::Internal, "the batch cannot be written").because(e))?;
    let id = BatchId::new();
    let batch = NewBatch { id, name, work, priority, items, created_at: app.clock.now() };
    let key = idempotency::taken().map(|key| (key, address(id)));
    let made = app.store.batches().insert(&batch, key).await?;
    tracing::info!(batch_id = %id, problems = batch.items.len(), "a batch was taken");
    app.wake.notify_one();
    Ok(made)
}

fn address(id: BatchId) -> String {
    format!("/v1/batches/{id}")
}

/// A batch without a name is called after its size.
fn name_of(name: &str, problems: usize) -> Result<String, Invalid> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars = name.chars().count();
    if chars > MAX_NAME {
        let detail = format!("at most {MAX_NAME} characters are allowed, {chars} were given");
        return Err(Invalid::new("/name", "too_long", detail));
    }
    if name.chars().any(char::is_control) {
        let detail = "control characters are not allowed";
        return Err(Invalid::new("/name", "control_character", detail));
    }
    let s = if problems == 1 { "" } else { "s" };
    Ok(if name.is_empty() { format!("{problems} problem{s}") } else { name })
}
