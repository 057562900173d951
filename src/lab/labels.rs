//! The label rules of the SORM set: pure functions over what the rollouts found.
//!
//! Method, "SORM set": any-of-K, consistency, positive propagation, balance. Each rule can be left
//! out, so that what it does can be measured.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::domain::{Answer, Solution};

/// Which rules are applied; all of them unless an ablation says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub propagation: bool,
    pub consistency: bool,
    pub balance: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { propagation: true, consistency: true, balance: true }
    }
}

/// A continuation of a prefix: what follows it, up to the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The steps after the prefix, and the answer reached.
    pub rest: Solution,
}

/// Labels of every prefix of one sample, as each rule left them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Labels {
    /// Some trace reaches the right answer.
    pub any_of_k: Vec<bool>,
    /// Some trace reaches it and uses the prefix.
    pub consistent: Vec<bool>,
    /// A reachable prefix makes every shorter one reachable.
    pub propagated: Vec<bool>,
}

impl Labels {
    /// The labels under a choice of rules.
    pub fn under(&self, rules: Rules) -> Vec<bool> {
        let before = if rules.consistency { &self.consistent } else { &self.any_of_k };
        if rules.propagation { propagate(before) } else { before.clone() }
    }
}

/// Labels of the prefixes P_1..P_L of `sample`. `traces[i]` are the verifying traces of P_{i+1};
/// the sample's own continuation counts as one more. The whole solution is labelled by its answer.
pub fn label(sample: &Solution, right: &Answer, traces: &[Vec<Trace>]) -> Labels {
    let length = sample.steps.len();
    let mut labels = Labels::default();
    for i in 1..=length {
        let own =
            Solution { steps: sample.steps[i..].to_vec(), answer_text: sample.answer_text.clone() };
        let rolled_out = traces.get(i - 1).map_or(&[][..], Vec::as_slice);
        // The whole solution has nothing left to try: its answer decides.
        let rolled_out = if i == length { &[] } else { rolled_out };
        let mut right_ones = rolled_out
            .iter()
            .map(|trace| &trace.rest)
            .chain([&own])
            .filter(|rest| rest.answer().as_ref() == Some(right))
            .peekable();
        labels.any_of_k.push(right_ones.peek().is_some());
        let whole = i == length;
        let consistent = right_ones.any(|rest| whole || uses_prefix(sample.prefix(i), rest));
        labels.consistent.push(consistent);
    }
    labels.propagated = propagate(&labels.consistent);
    labels
}

/// Positive propagation: true wherever a later label is true.
pub fn propagate(labels: &[bool]) -> Vec<bool> {
    let last = labels.iter().rposition(|&label| label);
    (0..labels.len()).map(|i| last.is_some_and(|last| i <= last)).collect()
}

/// Consistency: every intermediate result of the prefix appears again later, in the following
/// prefix steps or in the trace; else the trace solved the problem anew.
pub fn uses_prefix(prefix: &[String], rest: &Solution) -> bool {
    prefix.iter().enumerate().all(|(i, step)| {
        let Some(result) = result_of(step) else { return true };
        let later = prefix[i + 1..].iter().chain(&rest.steps);
        let mut operands = later.flat_map(|step| operands_of(step));
        // A result that is the final answer itself needs no further step.
        operands.any(|number| number == result)
            || (rest.steps.is_empty()
                && rest.answer_text.as_deref().and_then(Answer::parse) == Answer::parse(result))
    })
}

/// The number after the last `=` of a step.
fn result_of(step: &str) -> Option<&str> {
    let (_, after) = step.rsplit_once('=')?;
    numbers(after).next()
}

/// The numbers before the last `=` of a step, or all of them in a step without one.
fn operands_of(step: &str) -> impl Iterator<Item = &str> {
    numbers(step.rsplit_once('=').map_or(step, |(before, _)| before))
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|number| number.trim_matches('.'))
        .filter(|number| !number.is_empty())
}

/// Balance: at each prefix length as many positives as negatives. `items` are (length, label);
/// returns the indices kept, in order. Which of the larger class stay is drawn by `seed`.
pub fn balance(items: &[(usize, bool)], seed: u64) -> Vec<usize> {
    let mut kept = Vec::new();
    let longest = items.iter().map(|(length, _)| *length).max().unwrap_or(0);
    for length in 0..=longest {
        let of = |label| -> Vec<usize> {
            (0..items.len()).filter(|&i| items[i] == (length, label)).collect()
        };
        let (mut good, mut bad) = (of(true), of(false));
        let n = good.len().min(bad.len());
        let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_add(length as u64));
        for class in [&mut good, &mut bad] {
            class.shuffle(&mut rng);
            kept.extend_from_slice(&class[..n]);
        }
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trace(text: &str) -> Trace {
        Trace { rest: Solution::split(text) }
    }

    fn right(answer: &str) -> Answer {
        Answer::parse(answer).expect("an answer")
    }

    #[test]
    fn a_hand_made_table() {
        // True way: 2 + 3 = 5, then 5 * 4 = 20. The sample's second step is wrong.
        let sample = Solution::split("2 + 3 = 5\n5 + 4 = 9\n9 * 1 = 9\n#### 9");
        let traces = vec![
            vec![trace("5 * 4 = 20\n#### 20"), trace("5 + 4 = 9\n#### 9")],
            // Solved anew, without the 9: a false positive.
            vec![trace("2 + 3 = 5\n5 * 4 = 20\n#### 20")],
        ];
        let labels = label(&sample, &right("20"), &traces);
        assert_eq!(labels.any_of_k, [true, true, false]);
        assert_eq!(labels.consistent, [true, false, false]);
        assert_eq!(labels.propagated, [true, false, false]);
    }

    #[test]
    fn the_samples_own_way_is_a_trace() {
        let sample = Solution::split("2 + 3 = 5\n5 * 4 = 20\n#### 20");
        let labels = label(&sample, &right("20"), &[]);
        assert_eq!(labels.propagated, [true, true]);
    }

    #[test]
    fn a_lucky_answer_after_an_unused_step_stays_positive_at_the_end() {
        let sample = Solution::split("1 + 1 = 2\n5 * 4 = 20\n#### 20");
        let labels = label(&sample, &right("20"), &[]);
        assert_eq!(labels.consistent, [false, true], "the 2 is never used; the answer is right");
        assert_eq!(labels.propagated, [true, true]);
    }

    #[test]
    fn rules_can_be_left_out() {
        let labels = Labels {
            any_of_k: vec![false, true, false],
            consistent: vec![false, false, false],
            propagated: vec![false, false, false],
        };
        let without = |consistency, propagation| {
            labels.under(Rules { propagation, consistency, balance: true })
        };
        assert_eq!(without(false, true), [true, true, false]);
        assert_eq!(without(false, false), [false, true, false]);
        assert_eq!(without(true, true), [false, false, false]);
    }

    proptest! {
        #[test]
        fn propagated_labels_flip_at_most_once(labels in prop::collection::vec(any::<bool>(), 0..12)) {
            let after = propagate(&labels);
            prop_assert!(after.windows(2).all(|pair| pair[0] || !pair[1]));
            prop_assert!(labels.iter().zip(&after).all(|(before, after)| !before || *after));
            prop_assert_eq!(propagate(&after), after);
        }

        #[test]
        fn balance_keeps_as_many_of_each(
            items in prop::collection::vec((1usize..5, any::<bool>()), 0..80),
            seed in 0u64..9,
        ) {
            let kept = balance(&items, seed);
            prop_assert!(kept.is_sorted());
            prop_assert_eq!(&kept, &balance(&items, seed));
            for length in 1..5 {
                let count = |label| kept.iter().filter(|&&i| items[i] == (length, label)).count();
                prop_assert_eq!(count(true), count(false));
                let all = |label| items.iter().filter(|&&item| item == (length, label)).count();
                prop_assert_eq!(count(true), all(true).min(all(false)));
            }
        }

        #[test]
        fn more_traces_never_take_a_label_away(extra in 0usize..3) {
            let sample = Solution::split("2 + 3 = 5\n5 + 4 = 9\n#### 9");
            let mut traces = vec![vec![trace("5 * 4 = 20\n#### 20")]];
            let before = label(&sample, &right("20"), &traces);
            traces[0].extend(std::iter::repeat_n(trace("#### 1"), extra));
            prop_assert_eq!(label(&sample, &right("20"), &traces), before);
        }
    }
}
