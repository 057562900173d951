//! What an engine refuses before the model runs: libraries panic on such things or compute nonsense.

use super::{Description, EngineError, GenerateRequest, ScoreRequest};

impl Description {
    /// Refuses a generation that cannot succeed. `vocab_size` is the model's, not the tokenizer's.
    ///
    /// # Errors
    /// [`EngineError::TooLong`] when prompt and answer do not fit; [`EngineError::BadRequest`] for
    /// an empty prompt, no answer tokens, or an id outside the vocabulary.
    pub fn check_generate(
        &self,
        request: &GenerateRequest,
        vocab_size: usize,
    ) -> Result<(), EngineError> {
        let max_tokens = request.sampling.max_tokens;
        if max_tokens == 0 {
            return Err(self.bad("no tokens are to be generated"));
        }
        let temperature = request.sampling.temperature;
        if !temperature.is_finite() || temperature < 0.0 {
            return Err(self.bad(format!("temperature {temperature} is not a number from 0 up")));
        }
        self.check(&request.prompt, max_tokens, vocab_size)
    }

    /// Refuses a scoring that cannot succeed.
    ///
    /// # Errors
    /// As [`Description::check_generate`], and [`EngineError::BadRequest`] for a position outside
    /// the text or a label outside the vocabulary.
    pub fn check_score(
        &self,
        request: &ScoreRequest,
        vocab_size: usize,
    ) -> Result<(), EngineError> {
        let length = request.tokens.len();
        if let Some(position) = request.positions.iter().find(|p| **p >= length) {
            return Err(self.bad(format!("position {position} is outside its {length} tokens")));
        }
        let labels = request.labels;
        if labels.good.max(labels.bad) as usize >= vocab_size {
            return Err(self.bad(format!("a label is outside the vocabulary of {vocab_size}")));
        }
        self.check(&request.tokens, 0, vocab_size)
    }

    fn check(&self, tokens: &[u32], new: usize, vocab_size: usize) -> Result<(), EngineError> {
        if tokens.is_empty() {
            return Err(self.bad("the prompt is empty"));
        }
        if let Some(id) = tokens.iter().find(|id| **id as usize >= vocab_size) {
            return Err(self.bad(format!("token {id} is outside the vocabulary of {vocab_size}")));
        }
        if tokens.len().saturating_add(new) > self.context_length {
            return Err(EngineError::TooLong {
                role: self.role,
                prompt: tokens.len(),
                max_tokens: new,
                context: self.context_length,
            });
        }
        Ok(())
    }

    fn bad(&self, reason: impl Into<String>) -> EngineError {
        EngineError::BadRequest { role: self.role, reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;
    use crate::engine::{Engine, LabelPair, Sampling, ScriptedEngine};

    fn generate(prompt: Vec<u32>, max_tokens: usize) -> &'static str {
        let mut model = ScriptedEngine::new().describe(Role::Policy).clone();
        model.context_length = 10;
        let sampling = Sampling { temperature: 0.0, top_p: 1.0, max_tokens, stop: vec![], seed: 0 };
        let request = GenerateRequest { prompt, sampling, n: 1 };
        model.check_generate(&request, 5).map_or_else(|error| error.code(), |()| "fine")
    }

    #[test]
    fn generations_that_cannot_succeed_are_refused() {
        assert_eq!(generate(vec![1, 4], 8), "fine");
        assert_eq!(generate(vec![1, 4], 9), "context_exceeded");
        assert_eq!(generate(vec![1, 4], usize::MAX), "context_exceeded");
        assert_eq!(generate(vec![1, 5], 1), "bad_engine_request");
        assert_eq!(generate(vec![], 1), "bad_engine_request");
        assert_eq!(generate(vec![1], 0), "bad_engine_request");
    }

    #[test]
    fn positions_and_labels_must_exist() {
        let model = ScriptedEngine::new().describe(Role::Orm).clone();
        let score = |position, good| {
            let labels = LabelPair { good, bad: 0 };
            let request = ScoreRequest { tokens: vec![1, 2], positions: vec![position], labels };
            model.check_score(&request, 5).is_ok()
        };
        assert!(score(1, 4) && !score(2, 4) && !score(1, 5));
    }
}
