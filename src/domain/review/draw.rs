//! Chance that can be told again: numbers from a hash of what they are for.

use sha2::{Digest, Sha256};

use super::rule::{Rule, Weights};
use crate::domain::{QueueId, RunId, SolutionId};

/// 64 bits of a hash of these words.
pub(super) fn number(words: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for word in words {
        hash.update((word.len() as u64).to_be_bytes());
        hash.update(word);
    }
    let bytes = hash.finalize();
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A number in `0..1` from a hash of these words.
pub fn fraction(words: &[&str]) -> f64 {
    // 53 bits, as many as an f64 can hold.
    (number(words) >> 11) as f64 / (1u64 << 53) as f64
}

/// Whether a run enters a queue by lot. The same run has the same lot for ever, so that filling a
/// queue twice draws nothing new.
pub fn drawn(queue: QueueId, run: RunId, share: f64) -> bool {
    fraction(&["random", &queue.to_string(), &run.to_string()]) < share
}

/// The same order for the same seed.
pub fn shuffled(seed: u64, mut ids: Vec<SolutionId>) -> Vec<SolutionId> {
    let seed = seed.to_string();
    ids.sort_by_key(|id| number(&["place", &seed, &id.to_string()]));
    ids
}

/// The rule by which the next item is served: with chance `share` the items drawn at random, else
/// the others by weight. Those that have no weight come when nothing else waits. `lot` lies in
/// `0..1`; nothing comes of no rule.
pub fn draw(lot: f64, share: f64, weights: &Weights, waiting: &[Rule]) -> Option<Rule> {
    let random = waiting.contains(&Rule::Random);
    let others: Vec<(Rule, f64)> = waiting
        .iter()
        .filter(|rule| **rule != Rule::Random)
        .map(|rule| (*rule, weights.of(*rule)))
        .collect();
    let total: f64 = others.iter().map(|(_, weight)| weight).sum();
    if random && (lot < share || total <= 0.0) {
        return Some(Rule::Random);
    }
    let share = if random { share } else { 0.0 };
    let mut left = (lot - share) / (1.0 - share).max(f64::MIN_POSITIVE) * total;
    for (rule, weight) in others.iter().filter(|(_, weight)| *weight > 0.0) {
        if left < *weight {
            return Some(*rule);
        }
        left -= weight;
    }
    // Rounding at the very end, or nothing has a weight.
    let weighted = others.iter().rev().find(|(_, weight)| *weight > 0.0);
    weighted.or(others.first()).map(|(rule, _)| *rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lots_are_fair_enough_and_never_change() {
        let queue = QueueId::new();
        let runs: Vec<RunId> = (0..4000).map(|_| RunId::new()).collect();
        let first: Vec<bool> = runs.iter().map(|run| drawn(queue, *run, 0.15)).collect();
        let again: Vec<bool> = runs.iter().map(|run| drawn(queue, *run, 0.15)).collect();
        assert_eq!(first, again);
        let n = first.iter().filter(|in_it| **in_it).count();
        // Four standard deviations of 600.
        assert!((510..=690).contains(&n), "{n}");
        assert!(runs.iter().all(|run| drawn(queue, *run, 1.0) && !drawn(queue, *run, 0.0)));
    }

    #[test]
    fn the_random_share_is_kept_beside_the_weights() {
        let mut weights = Weights::default();
        weights.set(Rule::Uncertain, 3.0);
        let waiting = [Rule::Random, Rule::SharpDrop, Rule::Uncertain];
        let lots = (0..1000).map(|k| f64::from(k) / 1000.0);
        let drawn: Vec<Rule> = lots.filter_map(|lot| draw(lot, 0.2, &weights, &waiting)).collect();
        let count = |rule| drawn.iter().filter(|found| **found == rule).count();
        assert_eq!(count(Rule::Random), 200);
        assert!(
            count(Rule::SharpDrop).abs_diff(200) <= 1 && count(Rule::Uncertain).abs_diff(600) <= 1
        );
    }

    #[test]
    fn what_has_no_weight_comes_last() {
        let mut weights = Weights::default();
        weights.set(Rule::UserFlagged, 0.0);
        let only = |waiting: &[Rule]| draw(0.99, 0.15, &weights, waiting);
        assert_eq!(only(&[Rule::UserFlagged, Rule::SharpDrop]), Some(Rule::SharpDrop));
        assert_eq!(only(&[Rule::UserFlagged]), Some(Rule::UserFlagged));
        assert_eq!(only(&[Rule::UserFlagged, Rule::Random]), Some(Rule::Random));
        assert_eq!(only(&[]), None);
    }

    proptest! {
        #[test]
        fn something_is_always_drawn_of_something(
            lot in 0.0f64..1.0, share in 0.0f64..=1.0,
            waiting in prop::sample::subsequence(Rule::ALL.to_vec(), 1..7),
            weight in prop::collection::vec(0.0f64..10.0, 6),
        ) {
            let mut weights = Weights::default();
            for (rule, weight) in Weights::rules().zip(weight) {
                weights.set(rule, weight);
            }
            let rule = draw(lot, share, &weights, &waiting).expect("one of them");
            prop_assert!(waiting.contains(&rule));
        }

        #[test]
        fn an_order_has_everybody_once(seed: u64, n in 0usize..6) {
            let ids: Vec<SolutionId> = (0..n).map(|_| SolutionId::new()).collect();
            let order = shuffled(seed, ids.clone());
            prop_assert_eq!(&order, &shuffled(seed, ids.iter().rev().copied().collect()));
            let mut sorted = order;
            sorted.sort();
            prop_assert_eq!(sorted, ids);
        }
    }
}
