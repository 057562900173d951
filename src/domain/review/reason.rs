//! A reason: the rule that held, how strongly, and the numbers behind it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rule::Rule;
use crate::domain::{Probability, SolutionId};

/// Why a run is worth a look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// Of items of one rule the strongest is served first.
    pub strength: Probability,
    /// Whose steps are worth rating; none for a reason that is about the run as a whole.
    #[schema(required = true)]
    pub solution: Option<SolutionId>,
    /// The rule and its numbers.
    pub detail: Detail,
}

/// The numbers of each rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Detail {
    /// ORM score of a solution whose final answer is not the reference.
    ConvincingWrong { orm: Probability },
    /// ORM and SORM say opposite things, or the ORM passed over a right solution.
    VerifierConflict {
        /// ORM score of the solution.
        orm: Probability,
        /// Its lowest SORM score and that step; none where a right solution was passed over.
        #[schema(required = true)]
        sorm: Option<Probability>,
        #[schema(required = true)]
        step: Option<usize>,
    },
    /// The step nearest to the threshold.
    Uncertain { step: usize, sorm: Probability, threshold: Probability },
    /// The largest fall of the SORM's score, onto this step.
    SharpDrop { step: usize, before: Probability, after: Probability },
    /// So many people, and the first step that they rated differently; none where they agree on
    /// the steps and not on the choice or on whether the problem can be used, and for whoever is
    /// still to rate it.
    Disagreement {
        people: usize,
        #[schema(required = true)]
        step: Option<usize>,
    },
    /// In the words of whoever flagged it.
    UserFlagged { reason: String },
    /// The share of runs that enter by lot.
    Random { share: Probability },
}

impl Reason {
    /// The rule.
    pub fn rule(&self) -> Rule {
        match self.detail {
            Detail::ConvincingWrong { .. } => Rule::ConvincingWrong,
            Detail::VerifierConflict { .. } => Rule::VerifierConflict,
            Detail::Uncertain { .. } => Rule::Uncertain,
            Detail::SharpDrop { .. } => Rule::SharpDrop,
            Detail::Disagreement { .. } => Rule::Disagreement,
            Detail::UserFlagged { .. } => Rule::UserFlagged,
            Detail::Random { .. } => Rule::Random,
        }
    }

    /// The whole reason, with its numbers.
    pub fn sentence(&self) -> String {
        match &self.detail {
            Detail::ConvincingWrong { orm } => {
                format!("the ORM gives {:.2}, and the final answer is wrong", orm.get())
            }
            Detail::VerifierConflict { orm, sorm: Some(sorm), step: Some(step) } => {
                format!("the ORM gives {:.2}, the SORM {:.2} at step {step}", orm.get(), sorm.get())
            }
            Detail::VerifierConflict { orm, .. } => format!(
                "the ORM chose a wrong solution ({:.2}) while another one is right",
                orm.get()
            ),
            Detail::Uncertain { step, sorm, threshold } => format!(
                "step {step} scores {:.2}, the threshold is {:.2}",
                sorm.get(),
                threshold.get()
            ),
            Detail::SharpDrop { step, before, after } => {
                format!(
                    "the score falls from {:.2} to {:.2} at step {step}",
                    before.get(),
                    after.get()
                )
            }
            Detail::Disagreement { people, step: Some(step) } => {
                format!("{people} people rated step {step} differently")
            }
            Detail::Disagreement { people, step: None } => {
                format!("{people} people judged it differently")
            }
            Detail::UserFlagged { reason } => format!("“{reason}”"),
            Detail::Random { share } => format!("{:.0} % of all runs are", share.get() * 100.0),
        }
    }

    /// What the person may be told before they hand in, whatever the queue shows: that others
    /// disagree, and never what they said, nor where.
    pub fn blind(&self) -> Self {
        let Detail::Disagreement { people, .. } = self.detail else { return self.clone() };
        let detail = Detail::Disagreement { people, step: None };
        // Half the distance of what they said, otherwise.
        Self { strength: Probability::ONE, solution: self.solution, detail }
    }

    /// Whether its numbers say what other people said.
    pub fn is_of_people(&self) -> bool {
        self.rule() == Rule::Disagreement
    }

    /// What may be said before the person has rated, where scores are hidden: no step, no number.
    pub fn hint(&self) -> String {
        match &self.detail {
            Detail::UserFlagged { .. } | Detail::Random { .. } => self.sentence(),
            _ => "details after you have handed it in".to_owned(),
        }
    }
}
