//! What the models are shown, token by token.
//!
//! Every line of a solution is tokenised by itself and the ids are joined: tokenising joined text
//! would let a merge cross a step's end, and the score would be read at the wrong place.
//! `tagged.rs` is the layout of our own checkpoints, `plain.rs` the one for any other model, and
//! `layout.rs` picks between them by what the model's tokenizer knows.

mod layout;
pub mod plain;
mod tagged;

pub use layout::Layout;
pub use tagged::{completion, continuation, global, local, policy, scored};

use crate::domain::Role;
use crate::engine::{EngineError, Tokenizer};

/// Why a prompt could not be written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PromptError {
    /// The model's tokenizer lacks a control token of our layout.
    #[error("the model's tokenizer has no {0} token")]
    NoControlToken(&'static str),
    /// The tokenizer refused the text.
    #[error("{0}")]
    Tokenizer(String),
    /// A step number outside the draft.
    #[error("step {step} was named, but the draft has {steps} steps")]
    NoSuchStep { step: usize, steps: usize },
}

impl From<PromptError> for EngineError {
    fn from(error: PromptError) -> Self {
        EngineError::Unavailable { role: Role::Policy, reason: error.to_string() }
    }
}

/// A solution laid out for a reward model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredPrompt {
    pub tokens: Vec<u32>,
    /// Where the score of each step is read: in our layout the newline that closes it.
    pub step_ends: Vec<usize>,
    /// Where the score of the whole is read: the end of the answer line, or of the last step
    /// without one.
    pub end: usize,
}

fn encode(tokenizer: &Tokenizer, text: &str) -> Result<Vec<u32>, PromptError> {
    tokenizer.encode(text).map_err(|error| PromptError::Tokenizer(error.to_string()))
}

/// Refuses a step number outside 1..=`steps`.
pub(super) fn check_step(step: usize, steps: usize) -> Result<(), PromptError> {
    if (1..=steps).contains(&step) { Ok(()) } else { Err(PromptError::NoSuchStep { step, steps }) }
}
