//! Records that the stages pass on: a student's sample, and the rollouts of its prefixes.

use serde::{Deserialize, Serialize};

use crate::domain::{Answer, Solution};
use crate::lab::labels::{Labels, Trace, label, uses_prefix};

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

    /// The solution that a continuation of P_{i+1} ends.
    pub(super) fn continued(&self, i: usize, trace: &Trace) -> Sample {
        let prefix = self.sample.solution.prefix(i + 1);
        Sample {
            correct: self.sample.right().is_some_and(|right| trace.rest.answer() == Some(right)),
            solution: Solution {
                steps: prefix.iter().chain(&trace.rest.steps).cloned().collect(),
                answer_text: trace.rest.answer_text.clone(),
            },
            ..self.sample.clone()
        }
    }

    /// Right continuations of P_{i+1} that use it.
    pub(super) fn right_traces(&self, i: usize) -> impl Iterator<Item = &Trace> {
        let (prefix, right) = (self.sample.solution.prefix(i + 1), self.sample.right());
        let gets_there = move |t: &&Trace| right.is_some() && t.rest.answer() == right;
        let traces = self.traces.get(i).into_iter().flatten();
        traces.filter(gets_there).filter(move |t| uses_prefix(prefix, &t.rest))
    }

    /// The right solutions that rollouts found.
    pub(super) fn right_solutions(&self) -> impl Iterator<Item = Sample> {
        (0..self.traces.len())
            .flat_map(move |i| self.right_traces(i).map(move |trace| self.continued(i, trace)))
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

/// A solution with step labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    pub sample: Sample,
    /// `good[i]`: whether P_{i+1} is good; none: nobody knows, and nothing is learnt.
    pub good: Vec<Option<bool>>,
}
