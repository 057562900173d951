//! Bootstrap intervals: a statistic on resamples of the items, drawn with a seed.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::estimate::Interval;

/// Resamples of an interval.
pub(super) const RESAMPLES: usize = 1_000;

/// The statistic on resamples of `n` items, in increasing order. It gets the indices drawn and may
/// decline a resample.
pub fn resample(
    n: usize,
    seed: u64,
    mut statistic: impl FnMut(&[usize]) -> Option<f64>,
) -> Vec<f64> {
    if n == 0 {
        return Vec::new();
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = vec![0; n];
    let mut values = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        drawn.fill_with(|| rng.random_range(0..n));
        values.extend(statistic(&drawn));
    }
    values.sort_by(f64::total_cmp);
    values
}

/// The percentile interval of 95 % of values in increasing order (Efron 1979).
pub fn percentiles(values: &[f64]) -> Option<Interval> {
    let at = |q: f64| values.get(((values.len() as f64 - 1.0) * q).round() as usize).copied();
    Some(Interval { low: at(0.025)?, high: at(0.975)? })
}
