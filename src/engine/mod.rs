//! The only room that runs a model for the rest of the program.
//!
//! [`Engine`] speaks token ids, positions and probabilities: our own types, never a library's.
//! `mistral/` is the only place that names the `mistralrs` crate; `batch/` runs the lab's small
//! Llama; `scripted.rs` answers from a table in tests; `sampling.rs` picks tokens for all of them;
//! `gate.rs` admits runs or refuses them at once. `checkpoint/` checks models on disk, `embedded.rs`
//! unpacks ours, `remote/` asks servers elsewhere and `mixed.rs` goes to either by role, `plan.rs`
//! says which model plays which role, and `load.rs` makes the engine that the configuration asks
//! for, `rehearse.rs` asks it a first question; `metered.rs` times the calls of any. To add an engine, implement the trait in one file and
//! name it in `load.rs`.

pub mod batch;
mod checkpoint;
mod embedded;
mod error;
mod gate;
mod limits;
mod load;
mod metered;
#[cfg(feature = "mistralrs")]
mod mistral;
mod mixed;
mod plan;
mod rehearse;
pub mod remote;
mod request;
mod sampling;
mod scripted;

pub use checkpoint::Checkpoint;
pub use embedded::{embedded_hash, embedded_results};
pub use error::EngineError;
pub use gate::{Gate, Permit, Ticket};
pub use load::load;
pub use metered::Metered;
#[cfg(feature = "mistralrs")]
pub use mistral::MistralEngine;
pub use plan::{Place, Plan, plan, plan_each};
pub use rehearse::rehearse;
pub use request::{
    Cancel, CancelOnDrop, Description, FinishReason, GenerateRequest, Generation, Health,
    LabelPair, Sampling, ScoreRequest,
};
pub use sampling::{NonFinite, sample};
pub use scripted::{ScriptedEngine, tokenizer as scripted_tokenizer};

use futures::future::BoxFuture;

pub use crate::config::ScoreFormat;
use crate::domain::{Probability, Role};
pub use crate::model::{Control, ModelError, Tokenizer};

/// Runs the models that play the five roles.
///
/// Whatever the engine, the same request with the same seed gives the same tokens, no matter what
/// else runs beside it; NaN or infinite logits fail that call alone with
/// [`EngineError::NonFiniteLogits`]; a prompt that does not fit is refused before the model runs.
pub trait Engine: Send + Sync {
    /// Continues a prompt `request.n` times; the k-th answer uses `seed + k`.
    fn generate<'a>(
        &'a self,
        role: Role,
        request: GenerateRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Generation>, EngineError>>;

    /// One probability for each asked position of one token sequence.
    fn score<'a>(
        &'a self,
        role: Role,
        request: ScoreRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Probability>, EngineError>>;

    /// What plays `role`.
    fn describe(&self, role: Role) -> &Description;

    /// Whether every model is loaded and answering.
    fn health(&self) -> Health;
}
