//! The rules by name, and how much of each a queue wants.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Invalid;

/// Why an item is in a queue.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The ORM is confident and the final answer is wrong.
    ConvincingWrong,
    /// ORM and SORM say opposite things, or the ORM passed over a right solution for a wrong one.
    VerifierConflict,
    /// A step's score is near the threshold.
    Uncertain,
    /// The score falls sharply from one step to the next.
    SharpDrop,
    /// People rated it differently.
    Disagreement,
    /// Somebody asked for it.
    UserFlagged,
    /// Drawn by lot, so that estimates stay unbiased.
    Random,
}

impl Rule {
    /// Every rule, in the order of forms and lists.
    pub const ALL: [Rule; 7] = [
        Rule::ConvincingWrong,
        Rule::VerifierConflict,
        Rule::Uncertain,
        Rule::SharpDrop,
        Rule::Disagreement,
        Rule::UserFlagged,
        Rule::Random,
    ];

    /// The word used in forms, addresses and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::ConvincingWrong => "convincing_wrong",
            Rule::VerifierConflict => "verifier_conflict",
            Rule::Uncertain => "uncertain",
            Rule::SharpDrop => "sharp_drop",
            Rule::Disagreement => "disagreement",
            Rule::UserFlagged => "user_flagged",
            Rule::Random => "random",
        }
    }

    /// Reads that word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Rule::ALL.into_iter().find(|rule| rule.as_str() == word)
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Rule::ConvincingWrong => "convincing but wrong",
            Rule::VerifierConflict => "reward models in conflict",
            Rule::Uncertain => "near the threshold",
            Rule::SharpDrop => "sharp drop",
            Rule::Disagreement => "annotators disagree",
            Rule::UserFlagged => "flagged by a person",
            Rule::Random => "drawn at random",
        }
    }
}

/// How often items of each rule are served beside the others; 0 turns a rule off. The random share
/// stands apart, it is no weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Weights(BTreeMap<Rule, f64>);

/// The most that a weight can be.
const MAX_WEIGHT: f64 = 100.0;

impl Default for Weights {
    /// Every rule alike.
    fn default() -> Self {
        Self(Self::rules().map(|rule| (rule, 1.0)).collect())
    }
}

impl Weights {
    /// The rules that have a weight.
    pub fn rules() -> impl Iterator<Item = Rule> {
        Rule::ALL.into_iter().filter(|rule| *rule != Rule::Random)
    }

    /// The weight of a rule; 0 for one that is off.
    pub fn of(&self, rule: Rule) -> f64 {
        self.0.get(&rule).copied().unwrap_or(0.0)
    }

    /// Sets a weight.
    pub fn set(&mut self, rule: Rule, weight: f64) {
        self.0.insert(rule, weight);
    }

    /// # Errors
    /// [`Invalid`] at `/weights/RULE` for a weight that is no number of 0 to 100, and for one of
    /// `random`, which has a share instead.
    pub fn check(&self) -> Result<(), Invalid> {
        for (rule, weight) in &self.0 {
            let detail = if *rule == Rule::Random {
                "random has a share, not a weight".to_owned()
            } else if (0.0..=MAX_WEIGHT).contains(weight) {
                continue;
            } else {
                format!("must lie between 0 and {MAX_WEIGHT}, {weight} was given")
            };
            let pointer = format!("/weights/{}", rule.as_str());
            return Err(Invalid::new(pointer, "out_of_range", detail));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_and_weights_are_bounded() {
        for rule in Rule::ALL {
            assert_eq!(Rule::from_word(rule.as_str()), Some(rule));
        }
        let mut weights = Weights::default();
        assert_eq!(weights.check(), Ok(()));
        weights.set(Rule::SharpDrop, f64::NAN);
        assert_eq!(weights.check().expect_err("refused").pointer, "/weights/sharp_drop");
        weights.set(Rule::SharpDrop, -1.0);
        assert!(weights.check().is_err());
    }
}
