//! Many sequences laid end to end, without padding, and what is read from them.

use std::ops::Range;
use std::sync::Arc;

/// Sequences in one row of tokens. Each has positions from zero and sees only itself.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    pub tokens: Vec<u32>,
    pub sequences: Vec<Range<usize>>,
    /// Rows (indices into `tokens`) whose prediction is read.
    pub rows: Vec<u32>,
    /// What should be predicted there: a token id, or 0 (good) / 1 (bad) for a label head.
    pub targets: Vec<u32>,
    /// How much each prediction counts.
    pub weights: Vec<f32>,
}

impl Packed {
    /// Adds a sequence without anything to read; returns the index of its first token.
    pub fn push(&mut self, tokens: &[u32]) -> usize {
        let start = self.tokens.len();
        self.tokens.extend_from_slice(tokens);
        self.sequences.push(start..self.tokens.len());
        start
    }

    /// Asks for a prediction after row `row`.
    pub fn read(&mut self, row: usize, target: u32, weight: f32) {
        self.rows.push(row as u32);
        self.targets.push(target);
        self.weights.push(weight);
    }

    /// Sum of the weights of all predictions.
    pub fn total_weight(&self) -> f32 {
        self.weights.iter().sum()
    }

    pub(super) fn shared_sequences(&self) -> Arc<[Range<usize>]> {
        self.sequences.clone().into()
    }
}

/// What a prediction is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// The next token: policy and refiners.
    Vocabulary,
    /// One of two label tokens: reward models.
    Labels { good: u32, bad: u32 },
}
