//! Do scores mean what they say? How often what was scored so is right.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Interval, wilson};

const BINS: usize = 10;

/// Scores from `low` to `high`; the last bin holds 1 as well.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ReliabilityBin {
    pub low: f64,
    pub high: f64,
    pub n: usize,
    pub mean_score: f64,
    /// Share that people call right.
    pub right: f64,
    /// Wilson's interval of that share, as if steps were independent.
    pub interval: Interval,
}

/// Ten bins of equal width; empty ones are left out.
pub fn reliability(scored: &[(f64, bool)]) -> Vec<ReliabilityBin> {
    let bin = |number: usize| {
        let (low, high) = (number as f64 / BINS as f64, (number + 1) as f64 / BINS as f64);
        let last = number + 1 == BINS;
        let inside = || scored.iter().filter(|(s, _)| *s >= low && (*s < high || last));
        let n = inside().count();
        let right = inside().filter(|(_, good)| *good).count();
        Some(ReliabilityBin {
            low,
            high,
            n,
            interval: wilson(right, n)?,
            mean_score: inside().map(|(score, _)| score).sum::<f64>() / n as f64,
            right: right as f64 / n as f64,
        })
    };
    (0..BINS).filter_map(bin).collect()
}
