//! The right solutions that a set holds: samples, and what rollouts found on the way.
//!
//! Of a problem that no sample solved there may be rollouts that did. They are what a refiner can learn
//! from there (docs/decisions/0048).

use std::collections::BTreeMap;

use super::proven::{keys, sums_right};
use super::sample::{Rollouts, Sample};
use crate::domain::Solution;

/// Right samples, and right continuations of prefixes that use them.
pub(super) fn right_ones(
    samples: &[Sample],
    rollouts: &[Rollouts],
) -> impl Iterator<Item = Sample> {
    let sampled = samples.iter().filter(|sample| sample.correct).cloned();
    sampled.chain(rollouts.iter().flat_map(Rollouts::right_solutions))
}

/// Right solutions in which no sum is wrong, by problem.
#[derive(Debug, Default)]
pub struct RightSolutions(BTreeMap<u64, Vec<Sample>>);

impl RightSolutions {
    pub fn of(samples: &[Sample], rollouts: &[Rollouts]) -> Self {
        let mut by_problem: BTreeMap<u64, Vec<Sample>> = BTreeMap::new();
        let no_slips = |sample: &Sample| sums_right(sample).into_iter().all(|right| right);
        for one in right_ones(samples, rollouts).filter(no_slips) {
            by_problem.entry(one.problem_id).or_default().push(one);
        }
        Self(by_problem)
    }

    /// Those of a problem.
    pub(super) fn of_problem(&self, problem_id: u64) -> &[Sample] {
        self.0.get(&problem_id).map_or(&[], Vec::as_slice)
    }

    /// P_n of a sample, gone on with as each right solution goes on that begins with the same sums; of
    /// P_0 the right solutions themselves.
    pub(super) fn going_on_from(&self, sample: &Sample, n: usize) -> Vec<Solution> {
        let key = |one: &Sample| keys(one).into_iter().nth(n.checked_sub(1)?);
        let (prefix, wanted) = (sample.solution.prefix(n), key(sample));
        let here = self.of_problem(sample.problem_id).iter();
        here.filter(|one| key(one) == wanted)
            .map(|one| Solution {
                steps: prefix.iter().chain(&one.solution.steps[n..]).cloned().collect(),
                answer_text: one.solution.answer_text.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::sets::testing::{rolled_out, sample};

    #[test]
    fn a_prefix_is_gone_on_with_by_whatever_begins_with_its_sums() {
        let wrong = sample(1, "Ana: 2 + 3 = 5\nAna: 5 - 1 = 4\n#### 4");
        let right = sample(1, "Eva: 3 + 2 = 5\nEva: 5 * 4 = 20\n#### 20");
        let other = sample(1, "Leo: 10 + 10 = 20\n#### 20");
        let lucky = sample(1, "Leo: 2 + 3 = 5\nLeo: 5 * 3 = 16\nLeo: 16 + 5 = 20\n#### 20");
        let found = RightSolutions::of(&[wrong.clone(), right, other, lucky], &[]);
        let texts =
            |n| -> Vec<_> { found.going_on_from(&wrong, n).iter().map(Solution::join).collect() };
        let (eva, leo) = ("Eva: 3 + 2 = 5\nEva: 5 * 4 = 20\n#### 20", "Leo: 10 + 10 = 20\n#### 20");
        assert_eq!(texts(0), [eva, leo]);
        assert_eq!(texts(1), ["Ana: 2 + 3 = 5\nEva: 5 * 4 = 20\n#### 20"]);
        assert!(texts(2).is_empty(), "nothing right begins with the wrong step");
        assert!(found.of_problem(2).is_empty());
    }

    #[test]
    fn a_continuation_is_a_right_solution_of_a_problem_that_no_sample_solved() {
        let wrong = sample(1, "It is 2 + 3 = 5.\nIt is 5 - 1 = 4.\n#### 4");
        let rollouts = [rolled_out(wrong.clone(), &[&["It is 5 * 4 = 20.\n#### 20"]])];
        let found = RightSolutions::of(&[wrong], &rollouts);
        let texts: Vec<_> = found.of_problem(1).iter().map(|one| one.solution.join()).collect();
        assert_eq!(texts, ["It is 2 + 3 = 5.\nIt is 5 * 4 = 20.\n#### 20"]);
    }
}
