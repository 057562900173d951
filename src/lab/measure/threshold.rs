//! Thresholds for step scores, tuned on rollouts of validation drafts and nothing else.

use serde::{Deserialize, Serialize};

use super::models::Models;
use crate::domain::Role;
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::runner::Runner;
use crate::lab::sampling::score;
use crate::lab::sets::{Known, Rollouts, believe};

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

/// The threshold of one reward model: the one that agrees best with the labels of rollouts, where a
/// prefix that none reached is bad only as likely as the model's own scores, and how often good
/// prefixes are missed, make it (docs/decisions/0046).
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
    let scores: Vec<Vec<f64>> = scores.into_iter().map(|scores| scores.steps).collect();
    let (_, believed) = believe(&on.rollouts, &scores, &on.known);
    let both = scores.iter().zip(&believed);
    let scored: Vec<(f64, f64)> = both
        .flat_map(|(scores, belief)| scores.iter().copied().zip(belief.good.iter().copied()))
        .collect();
    Ok(best_cut(&scored))
}

/// The cut, of the hundredths, that tells most prefixes right as far as one can expect: of each there
/// is its score and how likely it is good. The lowest among equals.
pub(in crate::lab) fn best_cut(scored: &[(f64, f64)]) -> f64 {
    let mut best = (0.5, 0.0);
    for hundredth in 1..100 {
        let cut = f64::from(hundredth) / 100.0;
        let told = |&(score, good): &(f64, f64)| if score >= cut { good } else { 1.0 - good };
        let right: f64 = scored.iter().map(told).sum();
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
        let scored = [(0.9, 1.0), (0.62, 1.0), (0.58, 0.0), (0.2, 0.0)];
        let cut = best_cut(&scored);
        assert!(cut > 0.58 && cut <= 0.62, "{cut}");
    }

    #[test]
    fn where_most_prefixes_are_good_the_cut_is_low() {
        let scored = [(0.9, 1.0), (0.4, 1.0), (0.35, 1.0), (0.38, 0.0), (0.1, 0.0)];
        assert!(best_cut(&scored) <= 0.35);
    }

    #[test]
    fn a_label_in_doubt_moves_the_cut_as_far_as_it_is_believed() {
        let with = |doubted| best_cut(&[(0.9, 1.0), (0.6, doubted), (0.3, 0.0)]);
        assert!(with(0.7) <= 0.6);
        assert!(with(0.3) > 0.6);
    }
}
