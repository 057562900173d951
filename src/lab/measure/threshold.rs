//! Thresholds for step scores, tuned on validation rollouts and nothing else.

use serde::{Deserialize, Serialize};

use super::attempt::Models;
use crate::domain::Role;
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::labels::Rules;
use crate::lab::sampling::score;
use crate::lab::sets::Rollouts;

/// Under these a step counts as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    pub sorm: f64,
    /// For comparing the ORM at the SORM's task; it plays no part in solving.
    pub orm: f64,
}

/// The thresholds that agree best with the labels of validation rollouts.
///
/// # Errors
/// [`LabError`] when a model fails.
pub fn tune(
    models: &Models,
    tokenizer: &Tokenizer,
    rollouts: &[Rollouts],
) -> Result<Thresholds, LabError> {
    let items: Vec<_> =
        rollouts.iter().map(|r| (r.sample.problem.as_str(), &r.sample.solution)).collect();
    let best = |role: Role| -> Result<f64, LabError> {
        let scores = score(models.llama(role), role, tokenizer, &items)?;
        let scored: Vec<(f64, bool)> = scores
            .iter()
            .zip(rollouts)
            .flat_map(|(scores, r)| {
                scores.steps.iter().copied().zip(r.labels.under(Rules::default()))
            })
            .collect();
        Ok(best_cut(&scored))
    };
    Ok(Thresholds { sorm: best(Role::Sorm)?, orm: best(Role::Orm)? })
}

/// The cut, of the hundredths, with the highest balanced accuracy: the mean of the rates at which
/// good and bad prefixes are told right. The lowest among equals.
fn best_cut(scored: &[(f64, bool)]) -> f64 {
    let rate = |cut: f64, good: bool| {
        let of: Vec<_> = scored.iter().filter(|(_, label)| *label == good).collect();
        let right = of.iter().filter(|(score, _)| (*score >= cut) == good).count();
        right as f64 / of.len().max(1) as f64
    };
    let accuracy = |cut: f64| rate(cut, true) + rate(cut, false);
    let mut best = (0.5, f64::NEG_INFINITY);
    for hundredth in 1..100 {
        let cut = f64::from(hundredth) / 100.0;
        let here = accuracy(cut);
        if here > best.1 {
            best = (cut, here);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::best_cut;

    #[test]
    fn the_cut_parts_good_from_bad() {
        let scored = [(0.9, true), (0.62, true), (0.58, false), (0.2, false)];
        let cut = best_cut(&scored);
        assert!(cut > 0.58 && cut <= 0.62, "{cut}");
    }
}
