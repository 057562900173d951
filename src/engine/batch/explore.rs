//! What a batch of continuations works through: texts, and which of their continuations are wanted.

use crate::engine::{Generation, Sampling};

/// One text to be read once and continued from some of its prefixes, as its owner decides while
/// continuations come back. Nested prefixes and all continuations share the text's keys and values.
pub trait Explore: Send {
    /// The whole text.
    fn tokens(&self) -> &[u32];
    /// Lengths of the prefixes that may be continued, at least one; none is 0.
    fn forks(&self) -> &[usize];
    /// The next continuation to begin; none while nothing is wanted before others come back, and
    /// for good once all did.
    fn next(&mut self) -> Option<Continuation>;
    /// Takes a continuation.
    fn take(&mut self, which: Continuation, written: Generation);
    /// Whether a continuation already begun is still of use; else it is dropped unfinished.
    fn is_wanted(&self, which: Continuation) -> bool;
    /// How tokens are picked; the seed belongs to the continuation.
    fn sampling(&self, which: Continuation) -> Sampling;
    /// Most tokens any continuation may have.
    fn max_tokens(&self) -> usize;
}

/// The `sample`-th continuation from fork number `fork`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Continuation {
    pub fork: usize,
    pub sample: usize,
}

/// What a batch did, for those who measure it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effort {
    /// Tokens of texts read once, and those that reading every begun continuation's own prefix
    /// would have taken.
    pub read: u64,
    pub read_apart: u64,
    /// Tokens written, and continuations begun and finished.
    pub written: u64,
    pub begun: u64,
    pub finished: u64,
}

impl Effort {
    pub(super) fn add(&mut self, other: Self) {
        self.read += other.read;
        self.read_apart += other.read_apart;
        self.written += other.written;
        self.begun += other.begun;
        self.finished += other.finished;
    }
}
