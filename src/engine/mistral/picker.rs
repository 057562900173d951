//! Our sampler, put into mistral.rs as a processor of logits.
//!
//! It picks the token, writes it down, and leaves the engine no choice: every other logit becomes
//! minus infinity. So seeds, probabilities, stop tokens, cancelling and deadlines are ours. It never
//! fails and never panics, because either would harm whatever else runs in that engine: whatever
//! ends a text, it answers with the end token for ever after.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use candle_core::Tensor;
use mistralrs::CustomLogitsProcessor;

use crate::domain::Role;
use crate::engine::{Cancel, EngineError, FinishReason, Generation, NonFinite, Sampling, sample};

/// Samples one sequence.
pub(super) struct Picker {
    sampling: Sampling,
    prompt_length: usize,
    halt: u32,
    cancels: [Cancel; 2],
    written: Mutex<Written>,
}

#[derive(Default)]
struct Written {
    tokens: Vec<u32>,
    ln_probs: Vec<f32>,
    ended: Option<End>,
}

/// Why a text ended before its limit.
#[derive(Clone, Copy)]
enum End {
    Stop,
    Cancelled,
    Late,
    NonFinite,
    /// A tensor operation failed or something panicked.
    Broken,
}

impl Picker {
    /// `halt` is the end token; it ends the text even if it is not among the stop tokens.
    pub(super) fn new(
        sampling: Sampling,
        prompt_length: usize,
        halt: u32,
        cancels: [Cancel; 2],
    ) -> Self {
        Self { sampling, prompt_length, halt, cancels, written: Mutex::default() }
    }

    pub(super) fn max_tokens(&self) -> usize {
        self.sampling.max_tokens
    }

    pub(super) fn halt(&self) -> u32 {
        self.halt
    }

    /// What was written, once the engine is done with the sequence.
    pub(super) fn result(&self, role: Role) -> Result<Generation, EngineError> {
        let mut written = self.written();
        let whole = written.tokens.len() >= self.sampling.max_tokens;
        let finish = match written.ended {
            Some(End::Cancelled) => return Err(EngineError::Cancelled),
            Some(End::Late) => return Err(EngineError::DeadlineExceeded { role }),
            Some(End::NonFinite) => return Err(EngineError::NonFiniteLogits { role }),
            Some(End::Broken) => {
                let reason = "its logits could not be read".to_owned();
                return Err(EngineError::Unavailable { role, reason });
            }
            None if whole => FinishReason::Length,
            // The engine knows an end token from the model's own files.
            Some(End::Stop) | None => FinishReason::Stop,
        };
        let tokens = std::mem::take(&mut written.tokens);
        let ln_probs = std::mem::take(&mut written.ln_probs);
        Ok(Generation { tokens, ln_probs, finish })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token at this step; the same one when asked again.
    fn pick(&self, logits: &Tensor, length: usize) -> candle_core::Result<u32> {
        let step = length.saturating_sub(self.prompt_length);
        let mut written = self.written();
        if let Some(&token) = written.tokens.get(step) {
            return Ok(token);
        }
        if written.ended.is_none() {
            written.ended = self.stopped();
        }
        if written.ended.is_some() {
            return Ok(self.halt);
        }
        match sample(&logits.to_vec1::<f32>()?, &self.sampling, step) {
            Ok((token, _)) if token == self.halt || self.sampling.stop.contains(&token) => {
                written.ended = Some(End::Stop);
                Ok(self.halt)
            }
            Ok((token, ln_p)) => {
                written.tokens.push(token);
                written.ln_probs.push(ln_p);
                Ok(token)
            }
            Err(NonFinite) => {
                written.ended = Some(End::NonFinite);
                Ok(self.halt)
            }
        }
    }

    fn stopped(&self) -> Option<End> {
        if self.cancels.iter().any(Cancel::is_cancelled) {
            Some(End::Cancelled)
        } else if self.cancels.iter().any(Cancel::is_late) {
            Some(End::Late)
        } else {
            None
        }
    }
}

impl CustomLogitsProcessor for Picker {
    fn apply(&self, logits: &Tensor, context: &[u32]) -> candle_core::Result<Tensor> {
        let picked = catch_unwind(AssertUnwindSafe(|| self.pick(logits, context.len())));
        let token = picked.unwrap_or_else(|_| Err(candle_core::Error::msg("panic")));
        let token = token.unwrap_or_else(|_| {
            self.written().ended = Some(End::Broken);
            self.halt
        });
        let mut forced = vec![f32::NEG_INFINITY; logits.elem_count()];
        if let Some(logit) = forced.get_mut(token as usize) {
            *logit = 0.0;
        }
        Tensor::from_vec(forced, logits.elem_count(), logits.device())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    const HALT: u32 = 2;

    fn picker(max_tokens: usize, cancel: &Cancel) -> Picker {
        let sampling =
            Sampling { temperature: 0.0, top_p: 1.0, max_tokens, stop: vec![HALT], seed: 0 };
        Picker::new(sampling, 1, HALT, [cancel.clone(), Cancel::new()])
    }

    /// Feeds logits that favour `token` and returns the token that is forced.
    fn feed(picker: &Picker, step: usize, token: usize) -> u32 {
        let mut logits = vec![0.0f32; 4];
        logits[token] = 3.0;
        apply(picker, step, logits)
    }

    fn apply(picker: &Picker, step: usize, logits: Vec<f32>) -> u32 {
        let logits = Tensor::from_vec(logits, 4, &Device::Cpu).expect("tensor");
        let forced = picker.apply(&logits, &vec![0; 1 + step]).expect("never fails");
        let forced = forced.to_vec1::<f32>().expect("vector");
        assert_eq!(forced.iter().filter(|logit| logit.is_finite()).count(), 1);
        forced.iter().position(|logit| logit.is_finite()).expect("one") as u32
    }

    #[test]
    fn tokens_are_written_down_until_a_stop_token_and_then_never_again() {
        let picker = picker(9, &Cancel::new());
        assert_eq!([feed(&picker, 0, 1), feed(&picker, 0, 3), feed(&picker, 1, 3)], [1, 1, 3]);
        assert_eq!([feed(&picker, 2, 2), feed(&picker, 3, 1)], [HALT, HALT]);
        let generation = picker.result(Role::Policy).expect("generation");
        assert_eq!((generation.tokens, generation.finish), (vec![1, 3], FinishReason::Stop));
        assert_eq!(generation.ln_probs.len(), 2);
    }

    #[test]
    fn the_limit_is_a_reason_too() {
        let picker = picker(1, &Cancel::new());
        feed(&picker, 0, 1);
        assert_eq!(picker.result(Role::Policy).expect("generation").finish, FinishReason::Length);
    }

    #[test]
    fn cancelling_lateness_and_nan_end_the_text_with_their_error() {
        let cancel = Cancel::new();
        let cancelled = picker(9, &cancel);
        feed(&cancelled, 0, 1);
        cancel.cancel();
        assert_eq!(feed(&cancelled, 1, 1), HALT);
        assert_eq!(cancelled.result(Role::Policy).expect_err("cancelled").code(), "cancelled");

        let late = picker(9, &Cancel::with_deadline(std::time::Instant::now()));
        assert_eq!(feed(&late, 0, 1), HALT);
        assert_eq!(late.result(Role::Policy).expect_err("late").code(), "deadline_exceeded");

        let broken = picker(9, &Cancel::new());
        assert_eq!(apply(&broken, 0, vec![0.0, f32::NAN, 0.0, 0.0]), HALT);
        assert_eq!(broken.result(Role::Orm).expect_err("nan").code(), "non_finite_logits");
    }
}
