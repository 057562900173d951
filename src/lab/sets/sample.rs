//! Records that the stages pass on: a student's sample, and the rollouts of its prefixes.

use serde::{Deserialize, Serialize};

use crate::domain::{Answer, Solution};
use crate::lab::labels::{Labels, Rules, Trace, label};

/// Which prefixes of a sample were continued, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// Every prefix K times.
    Full,
    /// Only as much as the monotone labels need.
    Bisect,
}

/// One solution the student wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Number of the problem in its split.
    pub problem_id: u64,
    pub problem: String,
    pub reference: String,
    /// Number of the sample among those of its problem.
    pub sample_id: u64,
    /// SHA-256 of the student's weights.
    pub model: String,
    pub seed: u64,
    pub solution: Solution,
    /// The final answer is the reference.
    pub correct: bool,
}

impl Sample {
    /// The right answer of its problem.
    pub fn right(&self) -> Option<Answer> {
        Answer::parse(&self.reference)
    }
}

impl Rollouts {
    /// The same with only the first `k` rollouts of each prefix, labelled anew.
    pub fn with_at_most(mut self, k: usize) -> Self {
        self.traces.iter_mut().for_each(|traces| traces.truncate(k));
        if let Some(right) = self.sample.right() {
            self.labels = label(&self.sample.solution, &right, &self.traces);
        }
        self
    }
}

/// The rollouts of one sample's prefixes and the labels they give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rollouts {
    pub sample: Sample,
    /// After a bisection only the labels under every rule mean something.
    pub search: Search,
    /// `traces[i]`: continuations of P_{i+1}; none of the whole solution, nor of prefixes that the
    /// search had no need to try.
    pub traces: Vec<Vec<Trace>>,
    pub labels: Labels,
}

/// The labels under `rules` taken for certain: 1 or 0 for each prefix.
pub fn certain(rollouts: &Rollouts, rules: Rules) -> Vec<f64> {
    rollouts.labels.under(rules).into_iter().map(f64::from).collect()
}
