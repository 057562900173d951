//! Thresholds for step scores, tuned on rollouts of validation drafts and nothing else.

use serde::{Deserialize, Serialize};

use super::models::Models;
use crate::domain::Role;
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::runner::Runner;
use crate::lab::sampling::score;
use crate::lab::sets::{Known, Rollouts};

/// Under these a step counts as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    pub sorm: f64,
    /// For comparing the ORM at the SORM's task; it plays no part in solving.
    pub orm: f64,
}

/// What thresholds are tuned on.
pub struct TunedOn {
    /// Of greedy drafts of validation problems, since thresholds are used on drafts.
    pub rollouts: Vec<Rollouts>,
    /// What these and other samples and rollouts say of the same problems.
    pub known: Known,
}

/// The thresholds of SORM and ORM.
///
/// # Errors
/// [`LabError`] when a model fails.
pub fn tune(models: &Models, tokenizer: &Tokenizer, on: &TunedOn) -> Result<Thresholds, LabError> {
    let best = |role| tune_one(models.of(role), role, tokenizer, on);
    Ok(Thresholds { sorm: best(Role::Sorm)?, orm: best(Role::Orm)? })
}

/// The threshold of one reward model: the one that agrees best with the labels of rollouts, as far as
/// they are known.
///
/// # Errors
/// [`LabError`] when the model fails.
pub fn tune_one(
    runner: &dyn Runner,
    role: Role,
    tokenizer: &Tokenizer,
    on: &TunedOn,
) -> Result<f64, LabError> {
    let items: Vec<_> =
        on.rollouts.iter().map(|r| (r.sample.problem.as_str(), &r.sample.solution)).collect();
    let scores = score(runner, role, tokenizer, &items)?;
    let labels = on.rollouts.iter().map(|one| on.known.labels(one));
    let both = scores.into_iter().zip(labels);
    let scored: Vec<(f64, bool)> = both
        .flat_map(|(scores, labels)| scores.steps.into_iter().zip(labels))
        .filter_map(|(score, label)| Some((score, label?)))
        .collect();
    Ok(best_cut(&scored))
}

/// The cut, of the hundredths, that tells most prefixes right: of each there is its score and whether
/// it is good. The lowest among equals.
pub(in crate::lab) fn best_cut(scored: &[(f64, bool)]) -> f64 {
    let mut best = (0.5, 0);
    for hundredth in 1..100 {
        let cut = f64::from(hundredth) / 100.0;
        let right = scored.iter().filter(|&&(score, good)| (score >= cut) == good).count();
        if right > best.1 {
            best = (cut, right);
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

    #[test]
    fn where_most_prefixes_are_good_the_cut_is_low() {
        let scored = [(0.9, true), (0.4, true), (0.35, true), (0.38, false), (0.1, false)];
        assert!(best_cut(&scored) <= 0.35);
    }
}
