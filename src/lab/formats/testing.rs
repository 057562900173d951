//! What the tests of several formats share.

use std::io::Write;

use proptest::prelude::*;

use super::Stepwise;
use crate::domain::Solution;
use crate::lab::labels::Labels;
use crate::lab::sets::{Rollouts, Sample, Search};

/// A file with just this text.
pub(super) fn written(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

/// A rolled-out sample with these labels; its answer is right when the last label is.
pub(in crate::lab) fn rollouts(labels: &[bool]) -> Rollouts {
    let steps = (0..labels.len()).map(|i| format!("{i} + 1 = {}", i + 1)).collect();
    let correct = labels.last() == Some(&true);
    let solution = Solution { steps, answer_text: Some("9".into()) };
    let sample = Sample {
        problem_id: 0,
        problem: "How many?".into(),
        reference: if correct { "9" } else { "8" }.into(),
        sample_id: 0,
        model: String::new(),
        seed: 0,
        solution,
        correct,
    };
    let labels = labels.to_vec();
    let labels =
        Labels { any_of_k: labels.clone(), consistent: labels.clone(), propagated: labels };
    Rollouts { sample, search: Search::Full, traces: Vec::new(), labels }
}

/// Any record whose texts are as a reader leaves them.
pub(super) fn stepwise() -> impl Strategy<Value = Stepwise> {
    let line = || "[!-~к][ -~к]{0,30}[!-~к]";
    (line(), prop::collection::vec(line(), 1..8), any::<prop::sample::Index>(), any::<bool>())
        .prop_map(|(problem, steps, error, wrong)| {
            let first_error = wrong.then(|| error.index(steps.len()) + 1);
            Stepwise { problem, steps, first_error }
        })
}
