//! Many prompts, many samples each: rows are decoded side by side, a finished row makes room for
//! the next, and all samples of a prompt share its keys and values.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;

use super::check::{check, stop_if};
use crate::domain::Role;
use crate::engine::sampling::sample;
use crate::engine::{Cancel, EngineError, FinishReason, GenerateRequest, Generation};
use crate::model::{Llama, Prefix, Row, Workspace};

/// Rows decoded side by side by one thread: enough for matrix products to be worth their name.
const WIDTH: usize = 64;
/// Requests handled together by one thread. Fixed, so that who stands beside whom, and with it the
/// last bit of every sum, does not depend on the number of cores.
const CHUNK: usize = 256;
/// Tokens of prompts read in one pass.
const PREFILL_TOKENS: usize = 4096;

/// Answers every request; `out[i][k]` is the k-th sample of request i, drawn with `seed + k`.
///
/// # Errors
/// [`EngineError::TooLong`] or [`EngineError::BadRequest`] before anything runs;
/// [`EngineError::NonFiniteLogits`], [`EngineError::Cancelled`] and
/// [`EngineError::DeadlineExceeded`] afterwards.
pub fn continue_all(
    llama: &Llama,
    role: Role,
    requests: &[GenerateRequest],
    cancel: &Cancel,
) -> Result<Vec<Vec<Generation>>, EngineError> {
    for request in requests {
        check(llama, role, &request.prompt, request.sampling.max_tokens)?;
    }
    let chunks = requests
        .par_chunks(CHUNK)
        .map(|chunk| Batch::new(llama, role, chunk, cancel).run())
        .collect::<Result<Vec<_>, _>>()?;
    Ok(chunks.into_iter().flatten().collect())
}

/// A row at work: which sample of which request, and what it has written.
struct Live {
    request: usize,
    sample: usize,
    row: Row,
    next: u32,
    written: Generation,
}

struct Batch<'a> {
    llama: &'a Llama,
    role: Role,
    requests: &'a [GenerateRequest],
    cancel: &'a Cancel,
    work: Workspace,
    /// Samples not begun, their prompt already read.
    ready: VecDeque<(usize, usize, Arc<Prefix>)>,
    /// First request whose prompt has not been read.
    unread: usize,
    done: Vec<Vec<Option<Generation>>>,
}

impl<'a> Batch<'a> {
    fn new(
        llama: &'a Llama,
        role: Role,
        requests: &'a [GenerateRequest],
        cancel: &'a Cancel,
    ) -> Self {
        let done = requests.iter().map(|request| vec![None; request.n]).collect();
        let (work, ready) = (Workspace::default(), VecDeque::new());
        Self { llama, role, requests, cancel, work, ready, unread: 0, done }
    }

    fn run(mut self) -> Result<Vec<Vec<Generation>>, EngineError> {
        let mut live: Vec<Live> = Vec::with_capacity(WIDTH);
        loop {
            stop_if(self.cancel, self.role)?;
            while live.len() < WIDTH {
                let Some((request, sample, prefix)) = self.next_sample() else { break };
                live.extend(self.begin(request, sample, prefix)?);
            }
            if live.is_empty() {
                let whole =
                    |samples: Vec<Option<Generation>>| samples.into_iter().flatten().collect();
                return Ok(self.done.into_iter().map(whole).collect());
            }
            let tokens: Vec<u32> = live.iter().map(|l| l.next).collect();
            let mut rows: Vec<&mut Row> = live.iter_mut().map(|l| &mut l.row).collect();
            self.llama.step(&mut rows, &tokens, &mut self.work);
            let vocabulary = self.llama.weights().config.vocab_size;
            let logits = std::mem::take(&mut self.work.logits);
            let mut going_on = Vec::with_capacity(WIDTH);
            for (one, logits) in live.into_iter().zip(logits.chunks_exact(vocabulary)) {
                going_on.extend(self.advance(one, logits)?);
            }
            self.work.logits = logits;
            live = going_on;
        }
    }

    /// The next sample to begin; reads more prompts when none is ready.
    fn next_sample(&mut self) -> Option<(usize, usize, Arc<Prefix>)> {
        if self.ready.is_empty() {
            let start = self.unread;
            let mut tokens = 0;
            while self.unread < self.requests.len() && tokens < PREFILL_TOKENS {
                tokens += self.requests[self.unread].prompt.len();
                self.unread += 1;
            }
            let read = &self.requests[start..self.unread];
            let prompts: Vec<&[u32]> = read.iter().map(|r| r.prompt.as_slice()).collect();
            if !prompts.is_empty() {
                let prefixes = self.llama.prefill(&prompts, &mut self.work);
                for (offset, prefix) in prefixes.into_iter().enumerate() {
                    let prefix = Arc::new(prefix);
                    let samples = 0..read[offset].n;
                    self.ready.extend(samples.map(|k| (start + offset, k, prefix.clone())));
                }
            }
        }
        self.ready.pop_front()
    }

    fn begin(
        &mut self,
        request: usize,
        sample: usize,
        prefix: Arc<Prefix>,
    ) -> Result<Option<Live>, EngineError> {
        let written =
            Generation { tokens: Vec::new(), ln_probs: Vec::new(), finish: FinishReason::Length };
        let row = Row::new(prefix.clone());
        let one = Live { request, sample, row, next: 0, written };
        self.advance(one, prefix.logits())
    }

    /// Picks the next token; puts the answer aside when it is finished.
    fn advance(&mut self, mut one: Live, logits: &[f32]) -> Result<Option<Live>, EngineError> {
        let request = &self.requests[one.request];
        let step = one.written.tokens.len();
        let mut sampling = request.sampling.clone();
        sampling.seed = sampling.seed.wrapping_add(one.sample as u64);
        if step < sampling.max_tokens {
            let (token, ln_p) = sample(logits, &sampling, step)
                .map_err(|_| EngineError::NonFiniteLogits { role: self.role })?;
            if !sampling.stop.contains(&token) {
                one.written.tokens.push(token);
                one.written.ln_probs.push(ln_p);
                one.next = token;
                if step + 1 < sampling.max_tokens {
                    return Ok(Some(one));
                }
            } else {
                one.written.finish = FinishReason::Stop;
            }
        }
        self.done[one.request][one.sample] = Some(one.written);
        Ok(None)
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
