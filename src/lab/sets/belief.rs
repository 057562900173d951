//! How likely the prefixes of samples are good, once what no rollout reached is doubted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::proven::{Proven, sums_right};
use super::sample::{Rollouts, Sample, certain};
use crate::lab::doubt::{Doubt, Seen};
use crate::lab::labels::{Labels, Rules};

/// How likely each prefix of a sample that was rolled out is good, in 0..=1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    pub problem_id: u64,
    pub sample_id: u64,
    /// `good[i]`: of P_{i+1}.
    pub good: Vec<f64>,
}

/// What the samples and rollouts of a set say of its problems.
#[derive(Debug, Default)]
pub struct Known {
    /// How many of the samples of each problem are right, where any is.
    pub right_samples: BTreeMap<u64, usize>,
    pub proven: Proven,
}

impl Known {
    pub fn of(samples: &[Sample], rollouts: &[Rollouts]) -> Self {
        let mut right_samples = BTreeMap::new();
        for sample in samples.iter().filter(|sample| sample.correct) {
            *right_samples.entry(sample.problem_id).or_default() += 1;
        }
        Self { right_samples, proven: Proven::by(samples, rollouts) }
    }

    /// How many of the samples of a problem are right.
    pub fn right_samples_of(&self, problem_id: u64) -> usize {
        self.right_samples.get(&problem_id).copied().unwrap_or(0)
    }

    /// Whether each prefix was reached: by a rollout of its own, or, where its label is a guess, by
    /// any right solution that begins with the same sums. After a wrong sum none was.
    pub fn reached(&self, one: &Rollouts) -> Vec<bool> {
        let own = certain(one, Rules::default()).into_iter().map(|good| good > 0.0);
        let (proven, right) = (self.proven.holds(&one.sample), sums_right(&one.sample));
        let all = own.zip(proven).zip(right).enumerate();
        all.map(|(i, ((own, proven), right))| right && (own || (proven && i < guesses(one))))
            .collect()
    }

    /// Rollouts whose labels, under whatever rules, say what was reached.
    pub fn relabel(&self, mut rollouts: Vec<Rollouts>) -> Vec<Rollouts> {
        for one in &mut rollouts {
            let reached = self.reached(one);
            let (any_of_k, consistent) = (reached.clone(), reached.clone());
            one.labels = Labels { any_of_k, consistent, propagated: reached };
        }
        rollouts
    }
}

/// Prefixes whose labels are guesses, from the shortest on. A whole solution is none: its answer is
/// right or wrong; the prefixes of a right one were all reached; and a wrong sum is seen.
pub fn guesses(one: &Rollouts) -> usize {
    let before_slips = sums_right(&one.sample).into_iter().filter(|right| *right).count();
    match one.sample.correct {
        true => 0,
        false => before_slips.min(one.sample.solution.steps.len().saturating_sub(1)),
    }
}

/// What is believed of each prefix, and the doubt it comes from. `scores[r][i]` is what a reward model
/// says of P_{i+1} of rollouts `r`.
pub fn believe(rollouts: &[Rollouts], scores: &[Vec<f64>], known: &Known) -> (Doubt, Vec<Belief>) {
    let see = |(one, scores): (&Rollouts, &Vec<f64>)| -> Vec<Seen> {
        let right_samples = known.right_samples_of(one.sample.problem_id);
        let steps = scores.iter().zip(known.reached(one));
        steps.map(|(&score, reached)| Seen { score, reached, right_samples }).collect()
    };
    let seen: Vec<Vec<Seen>> = rollouts.iter().zip(scores).map(see).collect();
    let guessed = rollouts.iter().zip(&seen).flat_map(|(one, seen)| &seen[..guesses(one)]);
    let doubt = Doubt::fit(&guessed.copied().collect::<Vec<_>>());
    let believe = |(one, seen): (&Rollouts, &Vec<Seen>)| {
        let good = |(i, &prefix): (usize, &Seen)| match i < guesses(one) {
            // Four digits are plenty, and a file is a third as long.
            true => (doubt.good(prefix) * 1e4).round() / 1e4,
            false => f64::from(prefix.reached),
        };
        Belief {
            problem_id: one.sample.problem_id,
            sample_id: one.sample.sample_id,
            good: seen.iter().enumerate().map(good).collect(),
        }
    };
    (doubt, rollouts.iter().zip(&seen).map(believe).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Solution;
    use crate::lab::sets::Search;

    fn rolled_out(correct: bool, labels: &[bool]) -> Rollouts {
        let steps = labels.iter().map(|_| "1 + 1 = 2".to_owned()).collect();
        let sample = Sample {
            problem_id: 0,
            problem: String::new(),
            reference: "2".to_owned(),
            sample_id: 0,
            model: String::new(),
            seed: 0,
            solution: Solution { steps, answer_text: None },
            correct,
        };
        let labels = Labels {
            any_of_k: labels.to_vec(),
            consistent: labels.to_vec(),
            propagated: labels.to_vec(),
        };
        Rollouts { sample, search: Search::Bisect, traces: Vec::new(), labels }
    }

    #[test]
    fn only_prefixes_of_wrong_samples_that_no_rollout_reached_are_in_doubt() {
        let rollouts = [
            rolled_out(true, &[true, true]),
            rolled_out(false, &[true, true, false]),
            rolled_out(false, &[true, true, false]),
            rolled_out(false, &[false, false, false]),
        ];
        let scores = [vec![0.5; 2], vec![0.9; 3], vec![0.9; 3], vec![0.9, 0.1, 0.9]];
        let (doubt, believed) = believe(&rollouts, &scores, &Known::default());
        assert_eq!(believed[0].good, [1.0, 1.0]);
        assert_eq!(believed[1].good, [1.0, 1.0, 0.0], "the answer of a whole solution is no guess");
        let [looks_good, looks_bad, whole] = believed[3].good[..] else { panic!("three prefixes") };
        assert!(looks_good > 0.5 && looks_bad < 0.5, "{looks_good} {looks_bad}");
        assert_eq!(whole, 0.0, "however good it looks");
        assert!((doubt.missed[0] - 0.2).abs() < 0.05, "one of five: {:?}", doubt.missed);
    }

    #[test]
    fn what_another_solution_with_the_same_sums_reaches_is_reached_but_a_wrong_end_stays_wrong() {
        let wrong = rolled_out(false, &[false, false]);
        let right = Sample { correct: true, ..wrong.sample.clone() };
        let known = |samples: &[Sample]| Known::of(samples, &[]);
        assert_eq!(known(&[]).reached(&wrong), [false, false]);
        let known = known(&[right]);
        assert_eq!(
            known.reached(&wrong),
            [true, false],
            "the same sums to the end, another answer"
        );
        let relabelled = known.relabel(vec![wrong]);
        assert_eq!(relabelled[0].labels.under(Rules::default()), [true, false]);
    }

    #[test]
    fn a_wrong_sum_is_no_guess_and_not_reached() {
        let mut wrong = rolled_out(false, &[true, true, true, false]);
        wrong.sample.solution.steps[1] = "1 + 1 = 3".to_owned();
        assert_eq!(guesses(&wrong), 1);
        assert_eq!(Known::default().reached(&wrong), [true, false, false, false]);
        let mut right = rolled_out(true, &[true, true]);
        right.sample.solution.steps[1] = "1 + 1 = 3".to_owned();
        assert_eq!(Known::default().reached(&right), [true, false]);
    }
}
