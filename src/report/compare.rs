//! Two sets of runs on the same problems: how often each is right, and where they differ.

pub use crate::lab::measure::Figure as Measured;
use crate::lab::measure::{bootstrap, wilson};

/// Begins the resampling, so that the same two sets always get the same interval.
const SEED: u64 = 20_240_716;

/// How a problem fared in the first set and in the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Right in the first, wrong in the second.
    Regression,
    /// Wrong in the first, right in the second.
    Gain,
    BothRight,
    BothWrong,
}

impl Change {
    /// Of two verdicts.
    pub fn of(first: bool, second: bool) -> Self {
        match (first, second) {
            (true, false) => Change::Regression,
            (false, true) => Change::Gain,
            (true, true) => Change::BothRight,
            (false, false) => Change::BothWrong,
        }
    }
}

/// Totals of a comparison; every figure has its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Share that is right, Wilson's interval.
    pub first: Measured,
    pub second: Measured,
    /// The second less the first, over the same problems: bootstrap over problems.
    pub difference: Measured,
    pub regressions: usize,
    pub gains: usize,
    pub both_right: usize,
    pub both_wrong: usize,
}

/// Compares the verdicts of two sets, one pair a problem.
pub fn compare(verdicts: &[(bool, bool)]) -> Comparison {
    let n = verdicts.len();
    let count = |wanted| verdicts.iter().filter(|(a, b)| Change::of(*a, *b) == wanted).count();
    let (regressions, gains) = (count(Change::Regression), count(Change::Gain));
    let (both_right, both_wrong) = (count(Change::BothRight), count(Change::BothWrong));
    let step = |&at: &usize| {
        let (first, second) = verdicts[at];
        f64::from(i8::from(second) - i8::from(first))
    };
    let mean = |drawn: &[usize]| {
        (!drawn.is_empty()).then(|| drawn.iter().map(step).sum::<f64>() / drawn.len() as f64)
    };
    Comparison {
        first: wilson(both_right + regressions, n),
        second: wilson(both_right + gains, n),
        difference: bootstrap(n, SEED, mean),
        regressions,
        gains,
        both_right,
        both_wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn totals_are_those_of_the_pairs() {
        let verdicts = [(true, false), (false, true), (false, true), (true, true), (false, false)];
        let found = compare(&verdicts);
        assert_eq!((found.regressions, found.gains), (1, 2));
        assert_eq!((found.both_right, found.both_wrong), (1, 1));
        assert_eq!((found.first.value, found.second.value), (Some(0.4), Some(0.6)));
        let difference = found.difference.value.expect("five problems");
        assert!((difference - 0.2).abs() < 1e-12);
        assert_eq!(found, compare(&verdicts), "the same interval again");
        assert_eq!(compare(&[]).difference.value, None);
    }

    proptest! {
        #[test]
        fn turning_the_sets_round_turns_the_difference_round(
            verdicts in prop::collection::vec(any::<(bool, bool)>(), 1..40)
        ) {
            let turned: Vec<_> = verdicts.iter().map(|(a, b)| (*b, *a)).collect();
            let (one, other) = (compare(&verdicts), compare(&turned));
            prop_assert_eq!(one.regressions, other.gains);
            let sum = one.difference.value.unwrap_or(0.0) + other.difference.value.unwrap_or(0.0);
            prop_assert!(sum.abs() < 1e-9);
            let within = one.difference.low <= one.difference.value
                && one.difference.value <= one.difference.high;
            prop_assert!(within || verdicts.len() < 8);
        }
    }
}
