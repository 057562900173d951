//! Rates, differences and areas with 95 % intervals.

use serde::{Deserialize, Serialize};

use crate::domain::agreement;

/// A measured number. `low..high` is its 95 % interval; both are absent when n is 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub value: Option<f64>,
    pub n: usize,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Figure {
    /// A figure about nothing.
    pub const NONE: Figure = Figure { value: None, n: 0, low: None, high: None };
}

/// A rate with Wilson's score interval (Wilson 1927).
pub fn wilson(hits: usize, n: usize) -> Figure {
    let Some(interval) = agreement::wilson(hits, n) else { return Figure::NONE };
    let value = Some(hits as f64 / n as f64);
    Figure { value, n, low: Some(interval.low), high: Some(interval.high) }
}

/// The rate of `true`.
pub fn rate(hits: impl IntoIterator<Item = bool>) -> Figure {
    let (mut yes, mut n) = (0, 0);
    for hit in hits {
        yes += usize::from(hit);
        n += 1;
    }
    wilson(yes, n)
}

/// Any statistic of `n` items with a percentile bootstrap interval over the items: the statistic
/// gets the indices drawn and may decline.
pub fn bootstrap(n: usize, seed: u64, statistic: impl Fn(&[usize]) -> Option<f64>) -> Figure {
    let all: Vec<usize> = (0..n).collect();
    let Some(value) = statistic(&all) else { return Figure { n, ..Figure::NONE } };
    let interval = agreement::percentiles(&agreement::resample(n, seed, statistic));
    let (low, high) = (interval.map(|i| i.low), interval.map(|i| i.high));
    Figure { value: Some(value), n, low, high }
}

/// A share of things that come several a problem, as steps do: `parts` has hits and things of each
/// problem. Those of a problem stand or fall together, so problems are resampled; n counts problems.
pub fn share_of(parts: &[(f64, f64)], seed: u64) -> Figure {
    bootstrap(parts.len(), seed, |drawn| {
        let sum = |of: fn(&(f64, f64)) -> f64| drawn.iter().map(|&i| of(&parts[i])).sum::<f64>();
        (sum(|p| p.1) > 0.0).then(|| sum(|p| p.0) / sum(|p| p.1))
    })
}

/// pass@k: the chance that at least one of `k` samples solves a problem, averaged over problems.
/// `solved[i]` of `n` samples of problem i were right; the unbiased estimate of Chen et al. 2021.
pub fn pass_at(k: usize, n: usize, solved: &[usize]) -> f64 {
    let missed = |&right: &usize| -> f64 {
        if n - right < k {
            return 0.0;
        }
        (n - right + 1..=n).map(|i| 1.0 - k as f64 / i as f64).product()
    };
    1.0 - solved.iter().map(missed).sum::<f64>() / solved.len().max(1) as f64
}

/// Area under the ROC curve: the chance that a positive scores above a negative, ties counting
/// half (Hanley & McNeil 1982). `None` when either kind is missing.
pub fn auroc(scored: &[(f64, bool)]) -> Option<f64> {
    agreement::auroc(scored).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wilson_by_the_textbook() {
        // Newcombe 1998, table I: 81 of 263.
        let figure = wilson(81, 263);
        assert!((figure.low.expect("n > 0") - 0.2553).abs() < 5e-5);
        assert!((figure.high.expect("n > 0") - 0.3662).abs() < 5e-5);
        assert_eq!(wilson(0, 0), Figure::NONE);
    }

    #[test]
    fn auroc_counts_pairs() {
        let scored = [(0.9, true), (0.8, false), (0.7, true), (0.7, false), (0.1, false)];
        // Six pairs: 0.9 beats three, 0.7 beats one, loses one, ties one.
        assert_eq!(auroc(&scored), Some(4.5 / 6.0));
        assert_eq!(auroc(&[(0.3, true)]), None);
    }

    #[test]
    fn things_that_stand_or_fall_together_have_the_interval_of_their_problems() {
        // Half of 40 problems have all of their 25 steps right, the others none.
        let parts: Vec<(f64, f64)> = (0..40).map(|i| (f64::from(i % 2) * 25.0, 25.0)).collect();
        let figure = share_of(&parts, 1);
        assert_eq!((figure.value, figure.n), (Some(0.5), 40));
        let width = |f: Figure| f.high.expect("high") - f.low.expect("low");
        let (together, apart) = (width(figure), width(wilson(500, 1000)));
        assert!(together > 4.0 * apart, "{together} {apart}");
        assert!((together - width(wilson(20, 40))).abs() < 0.05);
        assert_eq!(share_of(&[(0.0, 0.0)], 1).value, None);
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let mean = |drawn: &[usize]| Some(drawn.iter().map(|&i| values[i]).sum::<f64>() / 50.0);
        let figure = bootstrap(50, 3, mean);
        assert_eq!(figure, bootstrap(50, 3, mean));
        assert!(figure.low < figure.value && figure.value < figure.high);
    }

    proptest! {
        #[test]
        fn a_rate_lies_in_its_interval(n in 1usize..500, hits in 0usize..500) {
            let hits = hits.min(n);
            let Figure { value, low, high, .. } = wilson(hits, n);
            prop_assert!(low <= value && value <= high);
            prop_assert!(low >= Some(0.0) && high <= Some(1.0));
        }

        #[test]
        fn turning_scores_round_turns_the_area_round(
            scored in prop::collection::vec((0u8..10, any::<bool>()), 2..60)
        ) {
            let up: Vec<_> = scored.iter().map(|&(s, good)| (f64::from(s), good)).collect();
            let down: Vec<_> = scored.iter().map(|&(s, good)| (-f64::from(s), good)).collect();
            if let (Some(a), Some(b)) = (auroc(&up), auroc(&down)) {
                prop_assert!((a + b - 1.0).abs() < 1e-9);
            }
        }
    }
}
