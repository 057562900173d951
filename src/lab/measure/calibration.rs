//! Do the scores mean what they say? Reliability bins and the Brier score.

use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use super::figures::judged_steps;
use super::stats::{Figure, bootstrap};
use crate::domain::Role;

const BINS: usize = 10;

/// Calibration of one reward model on one kind of question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// `orm` or `sorm`.
    pub model: String,
    /// `answers` (of drafts and both refinements) or `steps` (of drafts).
    pub on: String,
    /// Mean squared distance of score and truth (Brier 1950); lower is better.
    pub brier: Figure,
    pub bins: Vec<Bin>,
}

/// Scores from `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    pub low: f64,
    pub high: f64,
    pub n: usize,
    pub mean_score: f64,
    /// Share that was right.
    pub right: f64,
}

/// Calibration of both reward models on answers, and on steps where there is gold.
pub fn calibrate(all: &[Attempt], seed: u64) -> Vec<Calibration> {
    let mut found = Vec::new();
    for role in [Role::Orm, Role::Sorm] {
        let answers = |a: &Attempt| -> Vec<(f64, bool)> {
            a.candidates().map(|c| (c.whole(role), c.correct)).collect()
        };
        found.push(one(role, "answers", all.iter().map(answers).collect(), seed));
        let steps = |a: &Attempt| judged_steps(&a.draft, role);
        found.push(one(role, "steps", all.iter().map(steps).collect(), seed));
    }
    found.retain(|calibration| calibration.brier.n > 0 && !calibration.bins.is_empty());
    found
}

/// Problems that have nothing scored do not count.
fn one(role: Role, on: &str, mut by_problem: Vec<Vec<(f64, bool)>>, seed: u64) -> Calibration {
    by_problem.retain(|scored| !scored.is_empty());
    let brier = bootstrap(by_problem.len(), seed, |drawn| {
        let scored = || drawn.iter().flat_map(|&i| &by_problem[i]);
        let n = scored().count();
        let sum: f64 = scored().map(|(score, good)| (score - f64::from(*good)).powi(2)).sum();
        (n > 0).then(|| sum / n as f64)
    });
    let scored: Vec<(f64, bool)> = by_problem.into_iter().flatten().collect();
    let bins = (0..BINS).filter_map(|b| bin(&scored, b)).collect();
    Calibration { model: role.as_str().to_owned(), on: on.to_owned(), brier, bins }
}

fn bin(scored: &[(f64, bool)], number: usize) -> Option<Bin> {
    let (low, high) = (number as f64 / BINS as f64, (number + 1) as f64 / BINS as f64);
    let last = number + 1 == BINS;
    let inside: Vec<_> = scored.iter().filter(|(s, _)| *s >= low && (*s < high || last)).collect();
    let n = inside.len();
    let mean = |sum: f64| sum / n as f64;
    (n > 0).then(|| Bin {
        low,
        high,
        n,
        mean_score: mean(inside.iter().map(|(score, _)| score).sum()),
        right: mean(inside.iter().filter(|(_, good)| *good).count() as f64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sure_and_right_model_has_a_brier_score_of_nothing() {
        let calibration = one(Role::Orm, "answers", vec![vec![(1.0, true)], vec![(0.0, false)]], 1);
        assert_eq!(calibration.brier.value, Some(0.0));
        let bins: Vec<_> = calibration.bins.iter().map(|b| (b.low, b.n, b.right)).collect();
        assert_eq!(bins, [(0.0, 1, 0.0), (0.9, 1, 1.0)]);
    }

    #[test]
    fn a_coin_that_says_half_scores_a_quarter() {
        let calibration =
            one(Role::Sorm, "steps", vec![vec![(0.5, true), (0.5, false)], vec![]], 1);
        assert_eq!(calibration.brier.value, Some(0.25));
        assert_eq!(calibration.brier.n, 1, "the other problem has no steps that could be judged");
        assert_eq!((calibration.bins[0].n, calibration.bins[0].right), (2, 0.5));
    }
}
