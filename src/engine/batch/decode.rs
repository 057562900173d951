//! Many texts, many continuations each: rows are decoded side by side, a finished row makes room for
//! the next, and all continuations of a text share its keys and values.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;

use super::check::{check, stop_if};
use super::explore::{Continuation, Effort, Explore};
use crate::domain::Role;
use crate::engine::sampling::sample;
use crate::engine::{Cancel, EngineError, FinishReason, Generation, Sampling};
use crate::model::{Llama, Row, Text, Workspace};

/// Rows decoded side by side by one thread: enough for matrix products to be worth their name.
const WIDTH: usize = 64;
/// Texts handled together by one thread. Fixed, so that who stands beside whom, and with it the
/// last bit of every sum, does not depend on the number of cores.
const CHUNK: usize = 256;
/// Tokens of texts read in one pass: small, since what is read waits in memory.
const PREFILL_TOKENS: usize = 2048;

/// Works through every text until none wants a continuation.
///
/// # Errors
/// [`EngineError::TooLong`] or [`EngineError::BadRequest`] before anything runs;
/// [`EngineError::NonFiniteLogits`], [`EngineError::Cancelled`] and
/// [`EngineError::DeadlineExceeded`] afterwards.
pub fn explore_all<E: Explore>(
    llama: &Llama,
    role: Role,
    texts: &mut [E],
    cancel: &Cancel,
) -> Result<Effort, EngineError> {
    for text in texts.iter() {
        check(llama, role, text.tokens(), text.max_tokens())?;
    }
    let efforts = texts
        .par_chunks_mut(CHUNK)
        .map(|chunk| Batch::new(llama, role, chunk, cancel).run())
        .collect::<Result<Vec<_>, _>>()?;
    let mut sum = Effort::default();
    efforts.into_iter().for_each(|effort| sum.add(effort));
    Ok(sum)
}

/// A row at work: which continuation of which text, and what it has written.
struct Live {
    text: usize,
    which: Continuation,
    sampling: Sampling,
    row: Row,
    next: u32,
    written: Generation,
}

struct Batch<'a, E> {
    llama: &'a Llama,
    role: Role,
    texts: &'a mut [E],
    cancel: &'a Cancel,
    work: Workspace,
    /// Texts that have been read and may want more, in turn.
    open: VecDeque<(usize, Arc<Text>)>,
    /// Rows at work of each text.
    live_of: Vec<usize>,
    /// First text that has not been read.
    unread: usize,
    effort: Effort,
}

impl<'a, E: Explore> Batch<'a, E> {
    fn new(llama: &'a Llama, role: Role, texts: &'a mut [E], cancel: &'a Cancel) -> Self {
        let live_of = vec![0; texts.len()];
        let (work, open) = (Workspace::default(), VecDeque::new());
        let effort = Effort::default();
        Self { llama, role, texts, cancel, work, open, live_of, unread: 0, effort }
    }

    fn run(mut self) -> Result<Effort, EngineError> {
        let mut live: Vec<Live> = Vec::with_capacity(WIDTH);
        loop {
            stop_if(self.cancel, self.role)?;
            while live.len() < WIDTH {
                let Some((text, which, read)) = self.next_continuation() else { break };
                live.extend(self.begin(text, which, read)?);
            }
            if live.is_empty() {
                // Nothing at work and nothing to begin: a text that just took a continuation has
                // been asked again by then.
                return Ok(self.effort);
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
            let (wanted, unwanted): (Vec<_>, Vec<_>) =
                going_on.into_iter().partition(|l| self.texts[l.text].is_wanted(l.which));
            unwanted.iter().for_each(|l| self.live_of[l.text] -= 1);
            live = wanted;
        }
    }

    /// The next continuation to begin. Texts read earlier come first; more are read when none of
    /// them wants anything now. A text that neither wants nor runs anything is closed.
    fn next_continuation(&mut self) -> Option<(usize, Continuation, Arc<Text>)> {
        let mut asked = 0;
        loop {
            if asked == self.open.len() {
                asked = 0;
                if !self.read_more() {
                    return None;
                }
            }
            let (text, read) = self.open.pop_front()?;
            match self.texts[text].next() {
                Some(which) => {
                    self.live_of[text] += 1;
                    self.open.push_front((text, read.clone()));
                    return Some((text, which, read));
                }
                None if self.live_of[text] > 0 => {
                    self.open.push_back((text, read));
                    asked += 1;
                }
                None => {}
            }
        }
    }

    /// Reads more texts; false when there are none, or enough of those read are still at work.
    fn read_more(&mut self) -> bool {
        let start = self.unread;
        let mut tokens = 0;
        while self.unread < self.texts.len() && tokens < PREFILL_TOKENS {
            tokens += self.texts[self.unread].tokens().len();
            self.unread += 1;
        }
        let texts: Vec<(&[u32], &[usize])> =
            self.texts[start..self.unread].iter().map(|t| (t.tokens(), t.forks())).collect();
        if texts.is_empty() {
            return false;
        }
        let read = self.llama.prefill(&texts, &mut self.work);
        self.effort.read += tokens as u64;
        // To the front: whoever is asked next has not been asked yet.
        for (offset, text) in read.into_iter().enumerate().rev() {
            self.open.push_front((start + offset, Arc::new(text)));
        }
        true
    }

    fn begin(
        &mut self,
        text: usize,
        which: Continuation,
        read: Arc<Text>,
    ) -> Result<Option<Live>, EngineError> {
        self.effort.begun += 1;
        self.effort.read_apart += self.texts[text].forks()[which.fork] as u64;
        let written =
            Generation { tokens: Vec::new(), ln_probs: Vec::new(), finish: FinishReason::Length };
        let sampling = self.texts[text].sampling(which);
        let row = Row::new(read.clone(), which.fork);
        let one = Live { text, which, sampling, row, next: 0, written };
        self.advance(one, read.logits(which.fork))
    }

    /// Picks the next token; hands the continuation over when it is finished.
    fn advance(&mut self, mut one: Live, logits: &[f32]) -> Result<Option<Live>, EngineError> {
        let step = one.written.tokens.len();
        if step < one.sampling.max_tokens {
            let (token, ln_p) = sample(logits, &one.sampling, step)
                .map_err(|_| EngineError::NonFiniteLogits { role: self.role })?;
            self.effort.written += 1;
            if !one.sampling.stop.contains(&token) {
                one.written.tokens.push(token);
                one.written.ln_probs.push(ln_p);
                one.next = token;
                if step + 1 < one.sampling.max_tokens {
                    return Ok(Some(one));
                }
            } else {
                one.written.finish = FinishReason::Stop;
            }
        }
        self.effort.finished += 1;
        self.live_of[one.text] -= 1;
        self.texts[one.text].take(one.which, one.written);
        Ok(None)
    }
}
