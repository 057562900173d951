//! Which words a model is shown: ours, if it was trained on them, else plain ones.

use super::{PromptError, ScoredPrompt, plain, tagged};
use crate::domain::Solution;
use crate::engine::{Control, Description, ScoreFormat};

/// Writes prompts for one model.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    model: &'a Description,
    tagged: bool,
}

impl<'a> Layout<'a> {
    /// The tagged layout for a model whose tokenizer has every control token; the plain one for
    /// any other, and for every model that is read at step tags.
    pub fn of(model: &'a Description) -> Self {
        let knows_ours = Control::ALL.iter().all(|&c| model.tokenizer.control(c).is_some());
        Self { model, tagged: knows_ours && model.score_format == ScoreFormat::Newline }
    }

    /// Asks the policy for a solution.
    ///
    /// # Errors
    /// [`PromptError::Tokenizer`].
    pub fn policy(&self, problem: &str) -> Result<Vec<u32>, PromptError> {
        match self.tagged {
            true => tagged::policy(&self.model.tokenizer, problem),
            false => plain::policy(self.model, problem),
        }
    }

    /// Lays a solution out for a reward model.
    ///
    /// # Errors
    /// [`PromptError::Tokenizer`].
    pub fn scored(&self, problem: &str, solution: &Solution) -> Result<ScoredPrompt, PromptError> {
        match self.tagged {
            true => tagged::scored(&self.model.tokenizer, problem, solution),
            false => plain::scored(self.model, problem, solution),
        }
    }

    /// Asks the global refiner for a better solution.
    ///
    /// # Errors
    /// [`PromptError::Tokenizer`].
    pub fn global(&self, problem: &str, draft: &Solution) -> Result<Vec<u32>, PromptError> {
        match self.tagged {
            true => tagged::global(&self.model.tokenizer, problem, draft),
            false => plain::global(self.model, problem, draft),
        }
    }

    /// Asks the local refiner to go on from the steps before `first_error` (from 1).
    ///
    /// # Errors
    /// [`PromptError::NoSuchStep`], [`PromptError::Tokenizer`].
    pub fn local(
        &self,
        problem: &str,
        draft: &Solution,
        first_error: usize,
    ) -> Result<Vec<u32>, PromptError> {
        match self.tagged {
            true => tagged::local(&self.model.tokenizer, problem, draft, first_error),
            false => plain::local(self.model, problem, draft, first_error),
        }
    }
}
