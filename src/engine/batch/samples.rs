//! The plain case: every prompt continued from its end, `n` times.

use super::decode::explore_all;
use super::explore::{Continuation, Explore};
use crate::domain::Role;
use crate::engine::{Cancel, EngineError, GenerateRequest, Generation, Sampling};
use crate::model::Llama;

/// Answers every request; `out[i][k]` is the k-th sample of request i, drawn with `seed + k`.
///
/// # Errors
/// As [`explore_all`].
pub fn continue_all(
    llama: &Llama,
    role: Role,
    requests: &[GenerateRequest],
    cancel: &Cancel,
) -> Result<Vec<Vec<Generation>>, EngineError> {
    let mut all: Vec<Samples> = requests.iter().map(Samples::new).collect();
    explore_all(llama, role, &mut all, cancel)?;
    Ok(all.into_iter().map(|samples| samples.done.into_iter().flatten().collect()).collect())
}

struct Samples<'a> {
    request: &'a GenerateRequest,
    end: [usize; 1],
    begun: usize,
    done: Vec<Option<Generation>>,
}

impl<'a> Samples<'a> {
    fn new(request: &'a GenerateRequest) -> Self {
        let end = [request.prompt.len()];
        Self { request, end, begun: 0, done: vec![None; request.n] }
    }
}

impl Explore for Samples<'_> {
    fn tokens(&self) -> &[u32] {
        &self.request.prompt
    }

    fn forks(&self) -> &[usize] {
        &self.end
    }

    fn next(&mut self) -> Option<Continuation> {
        let sample = self.begun;
        self.begun += 1;
        (sample < self.request.n).then_some(Continuation { fork: 0, sample })
    }

    fn take(&mut self, which: Continuation, written: Generation) {
        self.done[which.sample] = Some(written);
    }

    fn is_wanted(&self, _: Continuation) -> bool {
        true
    }

    fn sampling(&self, which: Continuation) -> Sampling {
        let mut sampling = self.request.sampling.clone();
        sampling.seed = sampling.seed.wrapping_add(which.sample as u64);
        sampling
    }

    fn max_tokens(&self) -> usize {
        self.request.sampling.max_tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Sampling;
    use crate::model::{LlamaConfig, Weights};

    fn llama() -> Llama {
        Llama::new(Weights::random(&LlamaConfig::small(300, 64, 2, 96), 9))
    }

    fn request(prompt: &[u32], n: usize, seed: u64) -> GenerateRequest {
        let sampling =
            Sampling { temperature: 1.0, top_p: 1.0, max_tokens: 12, stop: vec![0], seed };
        GenerateRequest { prompt: prompt.to_vec(), sampling, n }
    }

    #[test]
    fn company_does_not_change_what_is_written() {
        let llama = llama();
        let cancel = Cancel::new();
        let many: Vec<_> = (0..90)
            .map(|i| request(&[1 + i % 7, 2, 3 + i % 5], 1 + i as usize % 3, u64::from(i)))
            .collect();
        let together = continue_all(&llama, Role::Policy, &many, &cancel).expect("generated");
        for i in [0, 41, 89] {
            let alone =
                continue_all(&llama, Role::Policy, &many[i..=i], &cancel).expect("generated");
            assert_eq!(
                alone[0].iter().map(|g| &g.tokens).collect::<Vec<_>>(),
                together[i].iter().map(|g| &g.tokens).collect::<Vec<_>>()
            );
            assert_eq!(together[i].len(), many[i].n);
        }
    }

    #[test]
    fn limits_are_checked_before_anything_runs() {
        let llama = llama();
        let cancel = Cancel::new();
        let long = continue_all(&llama, Role::Policy, &[request(&[1; 1020], 1, 0)], &cancel);
        assert!(matches!(long, Err(EngineError::TooLong { prompt: 1020, context: 1024, .. })));
        let unknown = continue_all(&llama, Role::Policy, &[request(&[300], 1, 0)], &cancel);
        assert!(matches!(unknown, Err(EngineError::BadRequest { .. })));
    }

    #[test]
    fn a_cancelled_call_says_so() {
        let cancel = Cancel::new();
        cancel.cancel();
        let answer = continue_all(&llama(), Role::Policy, &[request(&[1], 1, 0)], &cancel);
        assert!(matches!(answer, Err(EngineError::Cancelled)));
    }
}
