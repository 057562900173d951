//! How far people agree with each other, with a reward model's scores and with its choice.
//!
//! Pure functions of ratings. The unit is (item, step); steps of one item are not independent, so
//! every interval resamples items. Whatever is not defined says why ([`Undefined`]); there is no NaN
//! and no stand-in value. `ratings.rs` is the table of ratings and its coefficients (`alpha.rs`,
//! `kappa.rs`, `pairs.rs` over the counts of `square.rs`), `first_error.rs` compares where people put
//! the first error, `scored.rs` holds scores against people (`auroc.rs`, `reliability.rs`), `speed.rs`
//! is about time spent, `estimate.rs` and `resample.rs` are a number with its interval. To add a
//! coefficient, add a function of a `square::Square` and a worked example from its source.

mod alpha;
mod auroc;
mod estimate;
mod first_error;
mod kappa;
#[cfg(test)]
mod laws;
mod pairs;
mod ratings;
mod reliability;
mod resample;
mod scored;
mod speed;
mod square;
#[cfg(test)]
mod tests;

pub use alpha::Scale;
pub use auroc::auroc;
pub use estimate::{Estimate, Interval, Undefined};
pub use first_error::{FirstErrors, Located, first_errors, locate};
pub use kappa::Weights;
pub use pairs::Pairs;
pub use ratings::Ratings;
pub use reliability::{ReliabilityBin, reliability};
pub use resample::{percentiles, resample};
pub use scored::{AgainstScores, Confusion, against_scores};
pub use speed::{LEAST_SECONDS_A_STEP, is_too_fast, median};

/// A 95 % interval of a rate by Wilson's score method (Wilson 1927); none when `n` is 0.
pub fn wilson(hits: usize, n: usize) -> Option<Interval> {
    /// The 97.5 % quantile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if n == 0 {
        return None;
    }
    let (count, n) = (hits as f64, n as f64);
    let p = count / n;
    let denominator = 1.0 + Z * Z / n;
    let centre = (p + Z * Z / (2.0 * n)) / denominator;
    let half = Z / denominator * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    // At 0 and n the bound is exact; rounding must not push it past the rate.
    let (low, high) = ((centre - half).clamp(0.0, p), (centre + half).clamp(p, 1.0));
    Some(Interval { low, high })
}
