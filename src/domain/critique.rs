//! The critique: where a solution first goes wrong, according to the SORM.

use serde::{Deserialize, Serialize};

use super::score::{Probability, Threshold};

/// The index E of the first wrong step, or none (method: "critique E").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Critique {
    /// 1-based; `None` when every step is at or above the threshold.
    pub first_error_step: Option<usize>,
}

impl Critique {
    /// The first step whose score is under the threshold. A score equal to it passes.
    pub fn from_scores(scores: &[Probability], threshold: &Threshold) -> Self {
        let below = scores.iter().position(|score| score.get() < threshold.sorm.get());
        Self { first_error_step: below.map(|index| index + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::score::ThresholdSource;
    use super::*;

    fn critique(scores: &[f64]) -> Option<usize> {
        let p = |x: f64| Probability::new(x).expect("a test value in 0..=1");
        let threshold = Threshold { sorm: p(0.5), source: ThresholdSource::Validation };
        let scores: Vec<_> = scores.iter().copied().map(p).collect();
        Critique::from_scores(&scores, &threshold).first_error_step
    }

    #[test]
    fn the_first_step_under_the_threshold_is_named() {
        assert_eq!(critique(&[0.9, 0.49, 0.1]), Some(2));
        assert_eq!(critique(&[0.1, 0.9]), Some(1));
        assert_eq!(critique(&[0.9, 0.5, 0.8]), None, "equal to the threshold passes");
        assert_eq!(critique(&[]), None);
    }
}
