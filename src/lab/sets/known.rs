//! What is known of the prefixes of samples that were rolled out.

use std::collections::HashSet;

use super::proven::{Proven, sums_right};
use super::right_solutions::right_ones;
use super::sample::{Rollouts, Sample};
use crate::lab::labels::{Labels, Rules};

/// What the samples and rollouts of a set say of its problems.
#[derive(Debug, Default)]
pub struct Known {
    /// Problems of which there is a right solution.
    solved: HashSet<u64>,
    proven: Proven,
}

impl Known {
    pub fn of(samples: &[Sample], rollouts: &[Rollouts]) -> Self {
        let right: Vec<Sample> = right_ones(samples, rollouts).collect();
        Self {
            solved: right.iter().map(|one| one.problem_id).collect(),
            proven: Proven::by(&right),
        }
    }

    /// Whether each prefix was reached: by a rollout of its own, or, where its label is a guess, by
    /// any right solution that begins with the same sums. After a wrong sum none was.
    pub fn reached(&self, one: &Rollouts) -> Vec<bool> {
        let own = one.labels.under(Rules::default());
        let (proven, right) = (self.proven.holds(&one.sample), sums_right(&one.sample));
        let guesses = guesses(one);
        let all = own.into_iter().zip(proven).zip(right).enumerate();
        all.map(|(i, ((own, proven), right))| right && (own || (proven && i < guesses))).collect()
    }

    /// Whether each prefix is good. Of a problem without a right solution nobody knows it of those
    /// that no rollout reached: the student may be too weak to go on from good ones.
    pub fn labels(&self, one: &Rollouts) -> Vec<Option<bool>> {
        let lost = !self.solved.contains(&one.sample.problem_id);
        let labels = self.reached(one).into_iter().enumerate();
        let guesses = guesses(one);
        let unknown = |i, reached: bool| lost && !reached && i < guesses;
        labels.map(|(i, reached)| (!unknown(i, reached)).then_some(reached)).collect()
    }
}

/// The rollouts of a set with labels that, under whatever rules, say what any right solution of the set
/// reaches ([`Known::reached`]).
pub fn relabelled(samples: &[Sample], mut rollouts: Vec<Rollouts>) -> Vec<Rollouts> {
    let known = Known::of(samples, &rollouts);
    for one in &mut rollouts {
        let reached = known.reached(one);
        let (any_of_k, consistent) = (reached.clone(), reached.clone());
        one.labels = Labels { any_of_k, consistent, propagated: reached };
    }
    rollouts
}

/// Prefixes whose labels are guesses, from the shortest on. A whole solution is none: its answer is
/// right or wrong; the prefixes of a right one were all reached; and a wrong sum is seen.
fn guesses(one: &Rollouts) -> usize {
    let before_slips = sums_right(&one.sample).into_iter().filter(|right| *right).count();
    match one.sample.correct {
        true => 0,
        false => before_slips.min(one.sample.solution.steps.len().saturating_sub(1)),
    }
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
    fn what_another_solution_with_the_same_sums_reaches_is_reached_but_a_wrong_end_stays_wrong() {
        let wrong = rolled_out(false, &[false, false]);
        let right = Sample { correct: true, ..wrong.sample.clone() };
        assert_eq!(Known::default().reached(&wrong), [false, false]);
        let right = [right];
        let known = Known::of(&right, &[]);
        assert_eq!(known.reached(&wrong), [true, false], "the same sums, another answer");
        let relabelled = relabelled(&right, vec![wrong]);
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

    #[test]
    fn of_a_problem_without_a_right_solution_only_ends_and_wrong_sums_are_known_to_be_bad() {
        let mut wrong = rolled_out(false, &[false, false, false, false]);
        wrong.sample.solution.steps[2] = "1 + 1 = 3".to_owned();
        let bad = Some(false);
        assert_eq!(Known::default().labels(&wrong), [None, None, bad, bad]);
        let right = rolled_out(true, &[true]).sample;
        let other = Sample { solution: Solution::split("2 + 2 = 4"), ..right };
        assert_eq!(Known::of(&[other], &[]).labels(&wrong), [bad; 4], "it can be solved");
    }
}
