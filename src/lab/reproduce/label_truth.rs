//! Step labels of a run held against the worlds of its problems. Only to be looked at: no stage may
//! use what the worlds say of training problems.

use serde::{Deserialize, Serialize};

use super::beliefs::{beliefs, believed};
use super::bench::Bench;
use super::samples::sampled;
use crate::lab::LabError;
use crate::lab::doubt::GROUPS;
use crate::lab::labels::Rules;
use crate::lab::measure::{Figure, share_of};
use crate::lab::problems::{Split, World, first_wrong_equation};
use crate::lab::sets::{Known, Rollouts, certain, guesses};

/// The labels of one split of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelTruth {
    pub rows: Vec<TruthRow>,
    pub doubted: Doubted,
}

/// One kind of samples: how many prefixes the rules label as the worlds do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TruthRow {
    pub samples: String,
    pub n: usize,
    pub prefixes: usize,
    /// Where only rollouts of its own, and of longer prefixes of its sample, reach a prefix.
    pub own: Agreement,
    /// Where right solutions that begin with the same sums reach it as well: what the SORM learns, but
    /// for what is in doubt.
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

/// Prefixes that no rollout reached, of wrong samples and without their ends, which are no guess.
/// Samples are resampled for the intervals, whose n counts samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Doubted {
    pub prefixes: usize,
    /// Share that is good in the worlds, and the share that beliefs expect.
    pub good: Figure,
    pub believed: Figure,
    /// Mean squared distance of beliefs from the worlds; of labels it is the share above.
    pub brier: Figure,
    /// Share of good prefixes that no rollout reached, where none, one, two or more samples of the
    /// problem are right: what [`Doubt`](crate::lab::doubt::Doubt) estimates.
    pub missed: [Figure; GROUPS],
    /// Of ten bins of beliefs: prefixes, and how many of them are good.
    pub bins: [(usize, usize); 10],
}

/// What is looked at of one sample.
struct Look {
    kind: usize,
    /// Right samples of its problem, as far as doubts tell them apart.
    group: usize,
    /// Of each prefix: its label by its own rollouts, by the same sums, and whether it is good in the
    /// world.
    labels: Vec<[bool; 3]>,
    /// Of each that is in doubt: what is believed, and the same.
    doubted: Vec<(f64, bool)>,
    /// Good prefixes that no rollout reached, and all good ones, of those whose label is a guess.
    missed: (usize, usize),
}

const KINDS: [&str; 3] = ["right", "wrong, of solved problems", "wrong, of unsolved problems"];

/// Holds the labels of a split of a run against the worlds.
///
/// # Errors
/// [`LabError`] when the run lacks the sets, from the model and files.
pub fn label_truth(bench: &mut Bench, split: Split) -> Result<LabelTruth, LabError> {
    let problems = sampled(split, &bench.preset);
    beliefs(bench, split)?;
    let rollouts: Vec<Rollouts> = bench.set("rollouts", split).read()?;
    let known = Known::of(&bench.set("samples", split).read()?, &rollouts);
    let believed = believed(bench, split)?;
    let mut looks = Vec::with_capacity(rollouts.len());
    for (one, believed) in rollouts.iter().zip(&believed) {
        let sample = &one.sample;
        let problem = problems.get(sample.problem_id as usize);
        let Some(problem) = problem.filter(|problem| problem.text == sample.problem) else {
            let reason = "they are not of the problems of this preset".to_owned();
            return Err(LabError::Nothing { stage: "rollouts", reason });
        };
        looks.push(look(one, believed, &problem.world, &known));
    }
    let seed = bench.preset.seed;
    let rows = KINDS.iter().enumerate().map(|(kind, name)| row(name, kind, &looks, seed)).collect();
    Ok(LabelTruth { rows, doubted: doubted(&looks, seed) })
}

fn look(one: &Rollouts, believed: &[f64], world: &World, known: &Known) -> Look {
    let wrong = first_wrong_equation(world, &one.sample.solution.steps);
    let good = |i: usize| wrong.is_none_or(|wrong| i + 1 < wrong);
    let own = certain(one, Rules::default()).into_iter().map(|label| label > 0.0);
    let both = own.zip(known.reached(one)).enumerate();
    let labels: Vec<_> = both.map(|(i, (own, reached))| [own, reached, good(i)]).collect();
    let guessed = &labels[..guesses(one)];
    let in_doubt = guessed.iter().zip(believed).filter(|([_, reached, _], _)| !reached);
    let doubted = in_doubt.map(|(&[.., good], &believed)| (believed, good)).collect();
    let good_ones = guessed.iter().filter(|[.., good]| *good);
    let missed = (good_ones.clone().filter(|[_, reached, _]| !reached).count(), good_ones.count());
    let right_samples = known.right_samples_of(one.sample.problem_id);
    let kind = match (one.sample.correct, right_samples) {
        (true, _) => 0,
        (false, 1..) => 1,
        (false, 0) => 2,
    };
    Look { kind, group: right_samples.min(GROUPS - 1), labels, doubted, missed }
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

fn doubted(looks: &[Look], seed: u64) -> Doubted {
    let mean = |value: fn(f64, f64) -> f64| {
        let sums = looks.iter().map(|look| {
            let values = look.doubted.iter().map(|&(believed, good)| value(believed, good.into()));
            (values.sum(), look.doubted.len() as f64)
        });
        share_of(&sums.collect::<Vec<_>>(), seed)
    };
    let mut bins = [(0, 0); 10];
    for &(believed, good) in looks.iter().flat_map(|look| &look.doubted) {
        let (all, of_them_good) = &mut bins[((believed * 10.0) as usize).min(9)];
        *all += 1;
        *of_them_good += usize::from(good);
    }
    Doubted {
        prefixes: looks.iter().map(|look| look.doubted.len()).sum(),
        good: mean(|_, good| good),
        believed: mean(|believed, _| believed),
        brier: mean(|believed, good| (believed - good).powi(2)),
        missed: std::array::from_fn(|group| {
            let of = looks.iter().filter(|look| look.group == group && look.missed.1 > 0);
            let parts = of.map(|look| (look.missed.0 as f64, look.missed.1 as f64));
            share_of(&parts.collect::<Vec<_>>(), seed)
        }),
        bins,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_beliefs_are_held_against_the_same_truth() {
        let look = |kind, labels: &[[bool; 3]], doubted: &[(f64, bool)], missed| Look {
            kind,
            group: 0,
            labels: labels.to_vec(),
            doubted: doubted.to_vec(),
            missed,
        };
        let looks = [
            look(0, &[[true; 3], [true, true, false]], &[], (0, 0)),
            look(
                2,
                &[[true; 3], [false, true, true], [false, false, true]],
                &[(0.75, true)],
                (1, 3),
            ),
            look(2, &[[false; 3]], &[(0.25, false)], (0, 0)),
        ];
        let unsolved = row(KINDS[2], 2, &looks, 1);
        assert_eq!((unsolved.n, unsolved.prefixes), (2, 4));
        let (own, same_sums) = (unsolved.own, unsolved.same_sums);
        assert_eq!((own.false_good, own.false_bad, own.right.value), (0, 2, Some(0.5)));
        assert_eq!((same_sums.false_bad, same_sums.right.value), (1, Some(0.75)));
        assert_eq!(row(KINDS[0], 0, &looks, 1).same_sums.false_good, 1);
        let doubted = doubted(&looks, 1);
        assert_eq!((doubted.prefixes, doubted.good.value), (2, Some(0.5)));
        assert_eq!(doubted.believed.value, Some(0.5));
        assert_eq!(doubted.brier.value, Some(0.0625));
        assert_eq!((doubted.missed[0].value, doubted.missed[1].value), (Some(1.0 / 3.0), None));
        assert_eq!((doubted.bins[7], doubted.bins[2]), ((1, 1), (1, 0)));
    }
}
