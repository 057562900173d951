//! Krippendorff's alpha: any number of raters, ratings may be missing (Krippendorff 2011,
//! "Computing Krippendorff's Alpha-Reliability").

use super::estimate::Undefined;
use super::square::Square;

/// What a difference between two categories counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Different is different.
    Nominal,
    /// Categories have an order, and the distance of two is how many ratings lie between them.
    Ordinal,
}

/// The coincidences of one unit: each pair of ratings counts `1 / (ratings - 1)`, in both orders.
/// Returns whether there was a pair.
pub(super) fn coincide(ratings: &[usize], into: &mut Square) -> bool {
    let m = ratings.len();
    if m < 2 {
        return false;
    }
    for (i, &c) in ratings.iter().enumerate() {
        for (j, &k) in ratings.iter().enumerate() {
            if i != j {
                into.add(c, k, 1.0 / (m as f64 - 1.0));
            }
        }
    }
    true
}

/// Share of coincidences on the diagonal: percent agreement.
pub(super) fn observed_agreement(coincidences: &Square) -> Result<f64, Undefined> {
    let n = coincidences.total();
    if n <= 0.0 {
        return Err(Undefined::NoOverlap);
    }
    Ok(coincidences.weighted(|i, j| if i == j { 1.0 } else { 0.0 }) / n)
}

/// `1 - observed / expected disagreement` of a table of coincidences.
pub(super) fn alpha(coincidences: &Square, scale: Scale) -> Result<f64, Undefined> {
    let sums = coincidences.rows();
    let n: f64 = sums.iter().sum();
    if n <= 1.0 {
        return Err(Undefined::NoOverlap);
    }
    let difference = |c: usize, k: usize| match scale {
        Scale::Nominal => f64::from(u8::from(c != k)),
        Scale::Ordinal => {
            let (low, high) = (c.min(k), c.max(k));
            let between: f64 = sums[low..=high].iter().sum();
            (between - (sums[c] + sums[k]) / 2.0).powi(2)
        }
    };
    let observed = coincidences.weighted(difference);
    let mut expected = 0.0;
    for c in 0..sums.len() {
        for k in 0..sums.len() {
            expected += sums[c] * sums[k] * difference(c, k);
        }
    }
    if expected <= 0.0 {
        return Err(Undefined::NoVariation);
    }
    Ok(1.0 - (n - 1.0) * observed / expected)
}
