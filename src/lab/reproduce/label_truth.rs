//! Step labels of a run held against the worlds of its problems. Only to be looked at: no stage may
//! use what the worlds say of training problems.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::bench::Bench;
use super::samples::sampled;
use crate::lab::LabError;
use crate::lab::labels::Rules;
use crate::lab::measure::{Figure, share_of};
use crate::lab::problems::{Split, World, first_wrong_equation};
use crate::lab::sets::{Known, Rollouts, Sample};

/// The labels of one split of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelTruth {
    pub rows: Vec<TruthRow>,
}

/// One kind of samples: how many prefixes the rules label as the worlds do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TruthRow {
    pub samples: String,
    pub n: usize,
    pub prefixes: usize,
    /// Where only rollouts of its own, and of longer prefixes of its sample, reach a prefix.
    pub own: Agreement,
    /// Where right solutions that begin with the same sums reach it as well, and none is good after a
    /// wrong sum: what the SORM learns.
    pub same_sums: Agreement,
}

/// Labels that are right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Samples are resampled for the interval.
    pub right: Figure,
    /// Prefixes labelled good that are wrong, and the other way round.
    pub false_good: usize,
    pub false_bad: usize,
}

/// What is looked at of one sample.
struct Look {
    kind: usize,
    /// Of each prefix: its label by its own rollouts, by the same sums, and whether it is good in the
    /// world.
    labels: Vec<[bool; 3]>,
}

const KINDS: [&str; 3] = ["right", "wrong, of solved problems", "wrong, of unsolved problems"];

/// Holds the labels of a split of a run against the worlds.
///
/// # Errors
/// [`LabError`] when the run lacks the sets, or they are of other problems.
pub fn label_truth(bench: &mut Bench, split: Split) -> Result<LabelTruth, LabError> {
    let problems = sampled(split, &bench.preset);
    let rollouts: Vec<Rollouts> = bench.set("rollouts", split).read()?;
    let samples: Vec<Sample> = bench.set("samples", split).read()?;
    let solved: BTreeSet<u64> =
        samples.iter().filter(|sample| sample.correct).map(|sample| sample.problem_id).collect();
    let known = Known::of(&samples, &rollouts);
    let mut looks = Vec::with_capacity(rollouts.len());
    for one in &rollouts {
        let sample = &one.sample;
        let problem = problems.get(sample.problem_id as usize);
        let Some(problem) = problem.filter(|problem| problem.text == sample.problem) else {
            let reason = "they are not of the problems of this preset".to_owned();
            return Err(LabError::Nothing { stage: "rollouts", reason });
        };
        let kind = match (sample.correct, solved.contains(&sample.problem_id)) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        looks.push(Look { kind, labels: look(one, &problem.world, &known) });
    }
    let seed = bench.preset.seed;
    let rows = KINDS.iter().enumerate().map(|(kind, name)| row(name, kind, &looks, seed)).collect();
    Ok(LabelTruth { rows })
}

fn look(one: &Rollouts, world: &World, known: &Known) -> Vec<[bool; 3]> {
    let wrong = first_wrong_equation(world, &one.sample.solution.steps);
    let good = |i: usize| wrong.is_none_or(|wrong| i + 1 < wrong);
    let own = one.labels.under(Rules::default()).into_iter();
    let both = own.zip(known.reached(one)).enumerate();
    both.map(|(i, (own, reached))| [own, reached, good(i)]).collect()
}

fn row(name: &str, kind: usize, looks: &[Look], seed: u64) -> TruthRow {
    let of: Vec<&Look> = looks.iter().filter(|look| look.kind == kind).collect();
    TruthRow {
        samples: name.to_owned(),
        n: of.len(),
        prefixes: of.iter().map(|look| look.labels.len()).sum(),
        own: agreement(&of, |&[own, _, good]| (own, good), seed),
        same_sums: agreement(&of, |&[_, reached, good]| (reached, good), seed),
    }
}

/// How labels agree with the worlds; `read` says label and truth of a prefix.
fn agreement(looks: &[&Look], read: fn(&[bool; 3]) -> (bool, bool), seed: u64) -> Agreement {
    let all = || looks.iter().flat_map(|look| &look.labels).map(read);
    let agree = looks.iter().map(|look| {
        let right = look.labels.iter().map(read).filter(|(label, good)| label == good).count();
        (right as f64, look.labels.len() as f64)
    });
    Agreement {
        right: share_of(&agree.collect::<Vec<_>>(), seed),
        false_good: all().filter(|&(label, good)| label && !good).count(),
        false_bad: all().filter(|&(label, good)| !label && good).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_labels_are_held_against_the_same_truth() {
        let look = |kind, labels: &[[bool; 3]]| Look { kind, labels: labels.to_vec() };
        let looks = [
            look(0, &[[true; 3], [true, true, false]]),
            look(2, &[[true; 3], [false, true, true], [false, false, true]]),
            look(2, &[[false; 3]]),
        ];
        let unsolved = row(KINDS[2], 2, &looks, 1);
        assert_eq!((unsolved.n, unsolved.prefixes), (2, 4));
        let (own, same_sums) = (unsolved.own, unsolved.same_sums);
        assert_eq!((own.false_good, own.false_bad, own.right.value), (0, 2, Some(0.5)));
        assert_eq!((same_sums.false_bad, same_sums.right.value), (1, Some(0.75)));
        assert_eq!(row(KINDS[0], 0, &looks, 1).same_sums.false_good, 1);
    }
}
