//! What thresholds are tuned on: rollouts of validation problems, which no training sees.

use super::bench::Bench;
use super::rollouts::{Asked, Choose, MOST_ROLLOUTS, first_of_each, roll_out};
use super::samples::{DRAFTS, drafts};
use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::measure::TunedOn;
use crate::lab::problems::Split;
use crate::lab::sets::{Known, Rollouts, Sample, Search};

/// Names of the sets: rollouts of drafts, and of what stands beside them.
pub(super) const THRESHOLD_SETS: [&str; 2] = ["rollouts-drafts", "rollouts-beside-drafts"];

/// Rollouts of the greedy drafts of validation problems, by halving: thresholds are tuned on them, not
/// on samples at a temperature, which are more often wrong (docs/decisions/0046). And rollouts of wrong
/// samples of the same problems: a prefix of a draft is good where any right solution begins with its
/// sums, and few do that continue the draft itself (docs/decisions/0047).
///
/// # Errors
/// [`LabError`] from the model and files.
pub fn threshold_rollouts(bench: &mut Bench) -> Result<[SetFile; 2], LabError> {
    drafts(bench)?;
    let wanted = bench.preset.validation_rollouts;
    let [of_drafts, beside] = THRESHOLD_SETS;
    let mut rolled_out = |name, from, choose: Choose| {
        let (search, k, unsolved) = (Search::Bisect, MOST_ROLLOUTS, None);
        roll_out(bench, Asked { from, name, wanted, search, k, choose, unsolved })
    };
    Ok([
        rolled_out(of_drafts, DRAFTS, first_of_each)?,
        rolled_out(beside, "samples-validation", wrong_ones)?,
    ])
}

/// These rollouts of drafts, with what the others say of their problems.
///
/// # Errors
/// [`LabError`] from the model and files.
pub(super) fn tuned_on(bench: &mut Bench) -> Result<TunedOn, LabError> {
    let [of_drafts, beside] = threshold_rollouts(bench)?;
    let samples: Vec<Sample> = bench.set("samples", Split::Validation).read()?;
    let rollouts: Vec<Rollouts> = of_drafts.read()?;
    let all = [beside.read()?, rollouts.clone()].concat();
    Ok(TunedOn { known: Known::of(&samples, &all), rollouts })
}

/// The wrong samples of as many problems.
fn wrong_ones(mut samples: Vec<Sample>, problems: usize) -> Vec<Sample> {
    samples.retain(|sample| !sample.correct && sample.problem_id < problems as u64);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Solution;

    #[test]
    fn wrong_samples_are_of_the_problems_whose_drafts_are_rolled_out() {
        let sample = |problem_id, correct| Sample {
            problem_id,
            problem: String::new(),
            reference: "1".to_owned(),
            sample_id: 0,
            model: String::new(),
            seed: 0,
            solution: Solution::split("#### 1"),
            correct,
        };
        let samples = vec![sample(0, true), sample(0, false), sample(1, false), sample(2, false)];
        let chosen: Vec<_> = wrong_ones(samples, 2).iter().map(|one| one.problem_id).collect();
        assert_eq!(chosen, [0, 1]);
    }
}
