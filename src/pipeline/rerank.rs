//! Stage 5: the ORM chooses.

use crate::domain::Probability;

/// Index of the highest score. A tie keeps the earlier, so that the draft is kept unless something
/// is better; a candidate without a score loses to any with one. `None` without candidates.
pub fn choose(scores: impl IntoIterator<Item = Option<Probability>>) -> Option<usize> {
    // No score sorts under every score: Option's order puts None first.
    let mut best: Option<(usize, Option<Probability>)> = None;
    for (index, score) in scores.into_iter().enumerate() {
        if best.is_none_or(|(_, high)| score > high) {
            best = Some((index, score));
        }
    }
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn p(score: f64) -> Option<Probability> {
        Probability::new(score)
    }

    #[test]
    fn the_highest_wins_and_a_tie_keeps_the_earlier() {
        assert_eq!(choose([p(0.2), p(0.9), p(0.3)]), Some(1));
        assert_eq!(choose([p(0.7), p(0.7), p(0.1)]), Some(0));
        assert_eq!(choose([None, p(0.0)]), Some(1));
        assert_eq!(choose([None, None]), Some(0));
        assert_eq!(choose([]), None);
    }

    proptest! {
        #[test]
        fn order_matters_only_among_equals(
            (scores, shuffled) in prop::collection::vec(prop::option::of(0u8..20), 1..8)
                .prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle()))
        ) {
            let read = |s: &[Option<u8>]| {
                s.iter().map(|s| s.and_then(|s| p(f64::from(s) / 20.0))).collect::<Vec<_>>()
            };
            let first = choose(read(&scores)).expect("not empty");
            let second = choose(read(&shuffled)).expect("not empty");
            prop_assert_eq!(scores[first], shuffled[second]);
            prop_assert_eq!(Some(&scores[first]), scores.iter().max());
            prop_assert!(!scores[..first].contains(&scores[first]), "the earliest of equals");
        }
    }
}
