//! Scores are probabilities, and nothing else gets in.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A number in 0..=1 that is neither NaN nor infinite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub struct Probability(f64);

impl Probability {
    /// One half.
    pub const HALF: Self = Self(0.5);
    /// Certainty.
    pub const ONE: Self = Self(1.0);

    /// `None` for NaN and for anything outside 0..=1.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// `P(good) / (P(good) + P(bad))` from the two logits (method: "Models"). `None` when either
    /// logit is not finite: a broken model must not look like a score.
    pub fn from_logits(good: f32, bad: f32) -> Option<Self> {
        if !good.is_finite() || !bad.is_finite() {
            return None;
        }
        Self::new(1.0 / (1.0 + (f64::from(bad) - f64::from(good)).exp()))
    }

    /// The number itself.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// It is never NaN, so that equal means equal.
impl Eq for Probability {}

impl PartialSchema for Probability {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(0.0))
            .maximum(Some(1.0))
            .description(Some("A number in 0..=1, never NaN."))
            .into()
    }
}

impl ToSchema for Probability {}

impl From<Probability> for f64 {
    fn from(p: Probability) -> f64 {
        p.0
    }
}

impl TryFrom<f64> for Probability {
    type Error = String;

    fn try_from(value: f64) -> Result<Self, String> {
        Self::new(value).ok_or_else(|| format!("{value} is not a probability in 0..=1"))
    }
}

/// Where a threshold came from; shown beside it everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdSource {
    /// Tuned on a validation split by the lab.
    Validation,
    /// Tuned on the labels that the model was trained on: people's, when they are few.
    Training,
    /// Set by whoever runs the server.
    Configuration,
    /// Neither: the middle, for want of anything better.
    Default,
}

impl ThresholdSource {
    pub const ALL: [Self; 4] =
        [Self::Validation, Self::Training, Self::Configuration, Self::Default];
}

/// The SORM score under which a step counts as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Threshold {
    /// A step scoring less than this is an error.
    pub sorm: Probability,
    /// Who chose the number.
    pub source: ThresholdSource,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_but_probabilities() {
        for bad in [f64::NAN, f64::INFINITY, -0.1, 1.1] {
            assert!(Probability::new(bad).is_none());
        }
        assert!(Probability::from_logits(f32::NAN, 0.0).is_none());
        assert!(Probability::from_logits(f32::INFINITY, 0.0).is_none());
    }

    proptest! {
        #[test]
        fn finite_logits_always_give_a_probability(good in -1e30f32..1e30, bad in -1e30f32..1e30) {
            let p = Probability::from_logits(good, bad).expect("finite").get();
            let q = Probability::from_logits(bad, good).expect("finite").get();
            prop_assert!((p + q - 1.0).abs() < 1e-9);
            prop_assert_eq!(good > bad, p > q);
        }
    }
}
