//! What lists filter and sort by, worked out of a run when it is written.

use crate::domain::{Flip, Run};

/// Bands of the lowest step score.
pub(super) const BANDS: u8 = 5;

/// The columns of `0006_inspect.sql`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    /// Of the first solution; 0 when every scored step passes.
    pub first_error: Option<i64>,
    /// Lowest step score of the first solution.
    pub lowest: Option<f64>,
    pub band: Option<i64>,
    pub flip: Option<Flip>,
    /// Who wrote the first solution.
    pub model: Option<String>,
}

impl Facts {
    pub fn of(run: &Run) -> Self {
        let first = run.solutions.first();
        let scores = first.into_iter().flat_map(|s| &s.steps).filter_map(|step| step.sorm);
        let lowest = scores.map(f64::from).min_by(f64::total_cmp);
        let step = first.and_then(|solution| solution.first_error_step).unwrap_or(0);
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        Self {
            first_error: lowest.map(|_| step),
            lowest,
            band: lowest.map(band),
            flip: run.flip(),
            model: first.map(|solution| solution.model.clone()),
        }
    }
}

/// The fifth of 0..1 that a score lies in; 1 itself belongs to the last.
fn band(score: f64) -> i64 {
    ((score * f64::from(BANDS)) as i64).min(i64::from(BANDS) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_cover_the_scale() {
        assert_eq!([0.0, 0.19, 0.2, 0.5, 0.99, 1.0].map(band), [0, 0, 1, 2, 4, 4]);
    }
}
