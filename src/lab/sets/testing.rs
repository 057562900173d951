//! What tests of these sets are made of.

use super::sample::{Rollouts, Sample, Search};
use crate::domain::Solution;
use crate::lab::labels::{Trace, label};

/// A sample of a problem whose answer is 20.
pub fn sample(problem_id: u64, text: &str) -> Sample {
    let solution = Solution::split(text);
    Sample {
        problem_id,
        problem: "Q".to_owned(),
        reference: "20".to_owned(),
        sample_id: 0,
        model: String::new(),
        seed: 0,
        correct: solution.answer_text.as_deref() == Some("20"),
        solution,
    }
}

/// The same with continuations of its prefixes, from P_1 on, and the labels these give.
pub fn rolled_out(sample: Sample, traces: &[&[&str]]) -> Rollouts {
    let trace = |text: &&str| Trace { rest: Solution::split(text) };
    let traces: Vec<Vec<Trace>> =
        traces.iter().map(|traces| traces.iter().map(trace).collect()).collect();
    let right = sample.right().expect("its answer is 20");
    let labels = label(&sample.solution, &right, &traces);
    Rollouts { sample, search: Search::Full, traces, labels }
}
