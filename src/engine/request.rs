//! What is asked of an engine, and what it answers.

use std::sync::Arc;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::EngineError;
use crate::config::ScoreFormat;
use crate::domain::{Role, Threshold};
use crate::model::Tokenizer;

/// How the next token is picked.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// 0 takes the most likely token.
    pub temperature: f32,
    /// Sample among the most likely tokens that together have this probability; 1 = all.
    pub top_p: f32,
    /// Most tokens to generate, the end token included.
    pub max_tokens: usize,
    /// Tokens that end the answer; the one that did is not part of it.
    pub stop: Vec<u32>,
    /// The same seed gives the same tokens.
    pub seed: u64,
}

/// Continue `prompt` `n` times.
#[derive(Debug, Clone)]
pub struct GenerateRequest {
    pub prompt: Vec<u32>,
    pub sampling: Sampling,
    pub n: usize,
}

/// Why generation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// A stop token.
    Stop,
    /// `max_tokens` was reached.
    Length,
}

/// One continuation.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// Without the prompt and without the stop token.
    pub tokens: Vec<u32>,
    /// Natural logarithm of each token's probability at temperature 1; as long as `tokens`. NaN where
    /// a server elsewhere does not tell it.
    pub ln_probs: Vec<f32>,
    pub finish: FinishReason,
}

/// The two tokens a reward model answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelPair {
    pub good: u32,
    pub bad: u32,
}

/// Read the label pair after each of `positions` of one sequence.
#[derive(Debug, Clone)]
pub struct ScoreRequest {
    pub tokens: Vec<u32>,
    /// Indices into `tokens`; the logits that follow that token are read.
    pub positions: Vec<usize>,
    pub labels: LabelPair,
}

/// What plays a role.
#[derive(Debug, Clone)]
pub struct Description {
    pub role: Role,
    /// Folder name of the model, and whether it is embedded.
    pub model_id: String,
    /// SHA-256 of the weights, hexadecimal; empty when they are elsewhere.
    pub hash: String,
    /// Most tokens in one sequence.
    pub context_length: usize,
    pub tokenizer: Arc<Tokenizer>,
    /// `cpu` or `cuda:N`; `remote` for a model that is served elsewhere.
    pub device: String,
    /// Only of reward roles.
    pub score_format: ScoreFormat,
    /// Only of reward roles.
    pub labels: Option<LabelPair>,
    /// Only of the SORM.
    pub threshold: Option<Threshold>,
    /// Parameters of the model, if known.
    pub parameters: Option<usize>,
    /// Tokens that the model expects before every text; empty for our own checkpoints.
    pub begin: Vec<u32>,
    /// Tokens that end a text.
    pub end: Vec<u32>,
    /// Text put after each step, where the score is read; only of the `step_tag` format.
    pub step_tag: Option<String>,
}

/// Whether the models answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    Ready,
    /// With the reason.
    NotReady(String),
}

/// Tells an engine to stop: set from outside, or by a deadline passing. Clones share one switch.
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    token: CancellationToken,
    deadline: Option<Instant>,
}

impl Cancel {
    /// Never passes by itself.
    pub fn new() -> Self {
        Self::default()
    }

    /// Passes at `deadline` even if nobody cancels.
    pub fn with_deadline(deadline: Instant) -> Self {
        Self { token: CancellationToken::new(), deadline: Some(deadline) }
    }

    /// Asks every holder of a clone to stop as soon as it can.
    pub fn cancel(&self) {
        self.token.cancel();
    }

    /// Whether somebody cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Whether the deadline has passed.
    pub fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether work for `role` should go on.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`] or [`EngineError::DeadlineExceeded`].
    pub fn check(&self, role: Role) -> Result<(), EngineError> {
        if self.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        if self.is_late() {
            return Err(EngineError::DeadlineExceeded { role });
        }
        Ok(())
    }

    /// Resolves as soon as work for `role` should stop, with the reason.
    pub async fn stopped(&self, role: Role) -> EngineError {
        let late = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.token.cancelled() => EngineError::Cancelled,
            () = late => EngineError::DeadlineExceeded { role },
        }
    }

    /// When it passes by itself.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Cancels when dropped, for futures whose caller may go away.
    pub fn drop_guard(&self) -> CancelOnDrop {
        CancelOnDrop(self.clone())
    }
}

/// Cancels its [`Cancel`] when dropped.
#[derive(Debug)]
pub struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
