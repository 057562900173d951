//! Everything that can go wrong while a model runs.

use std::path::PathBuf;

use crate::domain::Role;

/// Why an engine did not answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// Every place and the whole queue are taken; nothing was started.
    #[error("all places and the queue of {queue} are taken")]
    Overloaded { queue: usize },
    /// Prompt and answer together would not fit the model.
    #[error(
        "{role}: {prompt} prompt tokens and {max_tokens} to generate exceed its context of {context}"
    )]
    TooLong { role: Role, prompt: usize, max_tokens: usize, context: usize },
    /// The request itself makes no sense, such as an unknown token id.
    #[error("{role}: {reason}")]
    BadRequest { role: Role, reason: String },
    /// The model computed NaN or infinity; never shown as a score.
    #[error("{role}: the model computed logits that are not finite")]
    NonFiniteLogits { role: Role },
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
    /// The deadline passed.
    #[error("the deadline passed before {role} was done")]
    DeadlineExceeded { role: Role },
    /// The engine died or refuses to work; it is being rebuilt, or cannot be.
    #[error("{role}: the engine is not available: {reason}")]
    Unavailable { role: Role, reason: String },
    /// A model folder or file cannot be used.
    #[error("{role}: cannot load {}: {reason}", path.display())]
    CannotLoad { role: Role, path: PathBuf, reason: String },
}

impl EngineError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Overloaded { .. } => "overloaded",
            Self::TooLong { .. } => "context_exceeded",
            Self::BadRequest { .. } => "bad_engine_request",
            Self::NonFiniteLogits { .. } => "non_finite_logits",
            Self::Cancelled => "cancelled",
            Self::DeadlineExceeded { .. } => "deadline_exceeded",
            Self::Unavailable { .. } => "engine_unavailable",
            Self::CannotLoad { .. } => "model_unusable",
        }
    }
}
