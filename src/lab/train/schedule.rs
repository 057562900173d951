//! How a training goes: batch size, number of steps, learning rate at each step.

use serde::{Deserialize, Serialize};

use crate::model::AdamSettings;

/// The plan of one training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Shown in progress and metrics.
    pub name: String,
    /// Optimiser steps.
    pub steps: usize,
    /// A batch is filled with examples until it has this many tokens.
    pub tokens_per_step: usize,
    /// Highest learning rate.
    pub rate: f32,
    /// Steps until it is reached.
    pub warm_up: usize,
    /// Measure the validation loss every so many steps.
    pub validate_every: usize,
    /// Stop after so many measurements without a better one; the best weights are kept.
    pub patience: usize,
    pub seed: u64,
    pub adam: AdamSettings,
}

impl Plan {
    /// Linear warm-up, then a cosine down to a tenth.
    pub fn rate_at(&self, step: usize) -> f32 {
        const FLOOR: f32 = 0.1;
        if step < self.warm_up {
            return self.rate * (step + 1) as f32 / self.warm_up as f32;
        }
        let span = self.steps.saturating_sub(self.warm_up).max(1);
        let done = ((step - self.warm_up) as f32 / span as f32).min(1.0);
        let cosine = 0.5 * (1.0 + (std::f32::consts::PI * done).cos());
        self.rate * (FLOOR + (1.0 - FLOOR) * cosine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_then_falls_to_a_tenth() {
        let plan = Plan {
            name: "test".into(),
            steps: 100,
            tokens_per_step: 1,
            rate: 1.0,
            warm_up: 10,
            validate_every: 10,
            patience: 3,
            seed: 0,
            adam: AdamSettings::default(),
        };
        assert!(plan.rate_at(0) < plan.rate_at(5) && plan.rate_at(5) < plan.rate_at(9));
        assert!((plan.rate_at(10) - 1.0).abs() < 1e-6);
        assert!(plan.rate_at(50) > plan.rate_at(80));
        assert!((plan.rate_at(100) - 0.1).abs() < 1e-6);
    }
}
