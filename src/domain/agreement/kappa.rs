//! Cohen's kappa of two raters: plain (Cohen 1960, "A coefficient of agreement for nominal scales")
//! and weighted (Cohen 1968) with disagreements that grow by one with each category between.

use super::estimate::Undefined;
use super::square::Square;

/// What a disagreement counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// Every one the same.
    Plain,
    /// As much as there are categories between (Cicchetti & Allison 1971).
    Linear,
}

/// `1 - observed / expected disagreement`; chance is each rater's own use of the categories.
pub(super) fn kappa(counts: &Square, weights: Weights) -> Result<f64, Undefined> {
    let n = counts.total();
    if n <= 0.0 {
        return Err(Undefined::NoOverlap);
    }
    let disagreement = |i: usize, j: usize| match weights {
        Weights::Plain => f64::from(u8::from(i != j)),
        Weights::Linear => i.abs_diff(j) as f64,
    };
    let (rows, columns) = (counts.rows(), counts.columns());
    let mut expected = 0.0;
    for (i, row) in rows.iter().enumerate() {
        for (j, column) in columns.iter().enumerate() {
            expected += disagreement(i, j) * row * column / n;
        }
    }
    if expected <= 0.0 {
        return Err(Undefined::NoVariation);
    }
    Ok(1.0 - counts.weighted(disagreement) / expected)
}
