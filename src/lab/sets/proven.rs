//! Prefixes of right solutions of a problem, told apart by their sums alone.
//!
//! Two solutions of a problem that have done the same sums in the same order have come equally far,
//! however they word it and whomever they name. So a right solution that one of them can be continued
//! to proves the prefix of the other good as well, and the rollouts of one are rollouts of both
//! (docs/decisions/0047). A sum that is wrong can be seen by doing it again; a right answer after it
//! is luck, mostly another slip that makes up for it, and proves nothing from there on.

use std::collections::HashSet;

use super::sample::Sample;
use crate::domain::{Sum, SumVerdict, sums};
use crate::lab::problems::{Equation, Op};

/// A prefix: its problem, and what its steps compute.
pub(super) type Key = (u64, String);

/// Keys of all prefixes of a solution, from P_1 on.
pub(super) fn keys(sample: &Sample) -> Vec<Key> {
    let mut so_far = String::new();
    let key = |step: &String| {
        so_far.push_str(&sum(step));
        so_far.push('\n');
        (sample.problem_id, so_far.clone())
    };
    sample.solution.steps.iter().map(key).collect()
}

/// What a step computes: its equation, in which the order of summands and of factors means nothing.
/// A step without one is its words.
fn sum(step: &str) -> String {
    match Equation::find(step) {
        Some((_, Equation { a, op, b, c }, _)) => {
            let either_way = matches!(op, Op::Add | Op::Mul);
            let (a, b) = if either_way { (a.min(b), a.max(b)) } else { (a, b) };
            Equation { a, op, b, c }.to_string()
        }
        None => step.trim().to_owned(),
    }
}

/// Whether all sums of each prefix are right, or at least none can be seen to be wrong.
pub(super) fn sums_right(sample: &Sample) -> Vec<bool> {
    let is_wrong = |sum: &Sum| matches!(sum.verdict, SumVerdict::Wrong { .. });
    let steps = sample.solution.steps.iter();
    steps
        .scan(true, |right, step| {
            *right &= !sums(step).iter().any(is_wrong);
            Some(*right)
        })
        .collect()
}

/// The prefixes of the right solutions that there are.
#[derive(Debug, Default)]
pub struct Proven(HashSet<Key>);

impl Proven {
    /// Those of right solutions, each up to its first wrong sum.
    pub fn by(right: &[Sample]) -> Self {
        let before_slips = |sample: &Sample| {
            let both = keys(sample).into_iter().zip(sums_right(sample));
            both.filter(|(_, right)| *right).map(|(key, _)| key).collect::<Vec<_>>()
        };
        Self(right.iter().flat_map(before_slips).collect())
    }

    /// Whether each prefix of a solution is among them.
    pub fn holds(&self, sample: &Sample) -> Vec<bool> {
        keys(sample).iter().map(|key| self.0.contains(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::sets::right_solutions::right_ones;
    use crate::lab::sets::sample::Rollouts;
    use crate::lab::sets::testing::{rolled_out, sample};

    #[test]
    fn the_same_sums_in_the_same_order_are_the_same_prefix() {
        let right = sample(1, "Ana has 2 + 3 = 5.\nBen has 5 * 4 = 20.\n#### 20");
        let proven = Proven::by(&[right]);
        let holds = |problem, text| proven.holds(&sample(problem, text));
        assert_eq!(holds(1, "Eva has 3 + 2 = 5.\nEva has 5 - 4 = 1.\n#### 1"), [true, false]);
        assert_eq!(holds(1, "Eva has 5 * 4 = 20.\nEva has 2 + 3 = 5.\n#### 5"), [false, false]);
        assert_eq!(holds(1, "Eva has 2 + 3 = 6.\n#### 6"), [false], "another result");
        assert_eq!(holds(2, "Ana has 2 + 3 = 5.\n#### 5"), [false], "another problem");
    }

    #[test]
    fn a_right_answer_after_a_wrong_sum_proves_what_comes_before_it() {
        let lucky = sample(1, "It is 9 - 4 = 5.\nIt is 5 * 3 = 16.\nIt is 16 + 5 = 20.\n#### 20");
        assert_eq!(sums_right(&lucky), [true, false, false]);
        assert_eq!(Proven::by(std::slice::from_ref(&lucky)).holds(&lucky), [true, false, false]);
    }

    #[test]
    fn what_is_taken_away_or_divided_has_an_order_and_a_step_without_a_sum_is_its_words() {
        let right = sample(1, "So it is 9 - 4 = 5.\nDouble that.\n#### 20");
        let proven = Proven::by(&[right]);
        assert_eq!(proven.holds(&sample(1, "It is 4 - 9 = 5.\n#### 5")), [false]);
        let words = |last| proven.holds(&sample(1, &format!("It is 9 - 4 = 5.\n{last}\n#### 10")));
        assert_eq!(words("Double that."), [true, true]);
        assert_eq!(words("Halve that."), [true, false]);
    }

    #[test]
    fn a_continuation_proves_its_prefix_where_it_uses_it_and_wrong_solutions_prove_nothing() {
        let wrong = sample(1, "It is 2 + 3 = 5.\nIt is 5 - 1 = 4.\n#### 4");
        let anew = "It is 10 + 10 = 20.\n#### 20";
        let uses = "It is 5 * 4 = 20.\n#### 20";
        let rolled = |trace: &str| rolled_out(wrong.clone(), &[&[trace], &[]]);
        let holds = |rollouts: &[Rollouts]| {
            let right: Vec<_> = right_ones(std::slice::from_ref(&wrong), rollouts).collect();
            Proven::by(&right).holds(&wrong)
        };
        assert_eq!(holds(&[]), [false, false]);
        assert_eq!(holds(&[rolled(anew)]), [false, false]);
        assert_eq!(holds(&[rolled(uses)]), [true, false]);
    }
}
