//! Why a run could not be done.

use super::prompt::PromptError;
use crate::engine::EngineError;

/// Why a run failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PipelineError {
    /// A model did not answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A model could not be asked.
    #[error(transparent)]
    Prompt(#[from] PromptError),
}

impl PipelineError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Engine(error) => error.code(),
            Self::Prompt(PromptError::NoSuchStep { .. }) => "no_such_step",
            Self::Prompt(PromptError::NoControlToken(_) | PromptError::Tokenizer(_)) => {
                "prompt_failed"
            }
        }
    }
}
