//! Area under the ROC curve.

use super::estimate::Undefined;

/// The chance that a right thing scores above a wrong one, ties counting half (Hanley & McNeil
/// 1982).
///
/// # Errors
/// [`Undefined::NoScores`] without any, [`Undefined::OneClass`] when one of the two is missing.
pub fn auroc(scored: &[(f64, bool)]) -> Result<f64, Undefined> {
    let ranks = Ranks::of(scored);
    ranks.area(scored.iter().enumerate().map(|(i, &(_, good))| (ranks.rank[i], good)))
}

/// Scores as ranks, so that resamples need no sorting.
pub(super) struct Ranks {
    /// Rank of each score; equal scores share one.
    pub rank: Vec<usize>,
    distinct: usize,
}

impl Ranks {
    pub fn of(scored: &[(f64, bool)]) -> Self {
        let mut order: Vec<usize> = (0..scored.len()).collect();
        order.sort_by(|&a, &b| scored[a].0.total_cmp(&scored[b].0));
        let mut rank = vec![0; scored.len()];
        let mut distinct = 0;
        for (position, &index) in order.iter().enumerate() {
            let before = position.checked_sub(1).map(|p| scored[order[p]].0);
            if before.is_none_or(|before| before != scored[index].0) {
                distinct += 1;
            }
            rank[index] = distinct - 1;
        }
        Self { rank, distinct }
    }

    /// The area of (rank, right).
    pub fn area(&self, ranked: impl Iterator<Item = (usize, bool)>) -> Result<f64, Undefined> {
        let mut at = vec![(0.0_f64, 0.0_f64); self.distinct];
        for (rank, good) in ranked {
            let (goods, bads) = &mut at[rank];
            *(if good { goods } else { bads }) += 1.0;
        }
        let (mut area, mut positives, mut negatives) = (0.0, 0.0, 0.0);
        for (good, bad) in at {
            area += good * (negatives + bad / 2.0);
            positives += good;
            negatives += bad;
        }
        match (positives > 0.0, negatives > 0.0) {
            (false, false) => Err(Undefined::NoScores),
            (true, true) => Ok(area / (positives * negatives)),
            _ => Err(Undefined::OneClass),
        }
    }
}
