//! What can go wrong in the lab.

use std::path::{Path, PathBuf};

use crate::engine::EngineError;
use crate::model::ModelError;
use crate::pipeline::prompt::PromptError;

/// Why a stage of the lab stopped.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// A file of an earlier stage does not hold what it should.
    #[error("{}: {reason}", path.display())]
    Unusable { path: PathBuf, reason: String },
    /// A model could not be read, written or run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// An engine refused or failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A prompt could not be written.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// A stage was given nothing to work on.
    #[error("{stage}: {reason}")]
    Nothing { stage: &'static str, reason: String },
    /// Training produced a loss that is not a number.
    #[error("{name}: the loss at step {step} is not finite")]
    Diverged { name: String, step: usize },
}

impl LabError {
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(super) fn unusable(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unusable { path: path.to_owned(), reason: reason.into() }
    }
}
