//! Everything that was said of one item.

use serde::Serialize;
use utoipa::ToSchema;

use super::rating::Rating;
use crate::domain::SolutionKind;

/// How a submission ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Steps were rated.
    Rated,
    /// The problem cannot be used.
    BadProblem,
    /// The person could not judge it.
    GaveUp,
}

impl Outcome {
    /// The word of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rated => "rated",
            Self::BadProblem => "bad_problem",
            Self::GaveUp => "gave_up",
        }
    }

    /// Reads that word back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Rated, Self::BadProblem, Self::GaveUp].into_iter().find(|o| o.as_str() == word)
    }
}

/// What was said of one step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// None: not rated.
    pub rating: Option<Rating>,
    /// The person could not say; then there is no rating.
    pub unsure: bool,
    pub critique: Option<String>,
    /// The step as it should be.
    pub correction: Option<String>,
}

/// What a person handed in and did not take back.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// `sbm_…`
    pub id: String,
    /// Id of a user, or `local`.
    pub person: String,
    pub outcome: Outcome,
    /// Of a bad problem, and of giving up.
    pub reason: Option<String>,
    pub comment: Option<String>,
    /// One for each step of the rated solution.
    pub steps: Vec<Said>,
    /// Id of the best solution, `same`, or none where it was not asked or not answered.
    pub choice: Option<String>,
    /// Id of the solution that the ORM chose.
    pub orm_choice: Option<String>,
    /// Ids of the solutions to choose from.
    pub candidates: Vec<String>,
    /// The rule by which the item was served.
    pub rule: String,
    /// Seconds at work, long pauses cut.
    pub active_seconds: f64,
    /// Milliseconds since 1970.
    pub submitted_at: i64,
}

/// What an adjudicator decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// `adj_…`
    pub id: String,
    pub person: String,
    pub outcome: Outcome,
    pub steps: Vec<Said>,
    pub choice: Option<String>,
    pub comment: Option<String>,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// A step with its score.
#[derive(Debug, Clone, PartialEq)]
pub struct StepText {
    pub text: String,
    pub sorm: Option<f64>,
}

/// A solution that was offered as the best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// `sol_…`
    pub id: String,
    pub kind: SolutionKind,
    /// Steps and answer line.
    pub text: String,
}

/// An item, its solution, and all that people said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reviewed {
    /// `itm_…`
    pub item: String,
    pub queue: String,
    pub run: String,
    /// Id of the rated solution.
    pub solution: String,
    pub problem: String,
    pub reference_answer: Option<String>,
    /// Final answer of the rated solution, as written.
    pub answer: Option<String>,
    /// The ORM's score of the rated solution.
    pub orm: Option<f64>,
    /// The SORM threshold of the run.
    pub threshold: f64,
    pub steps: Vec<StepText>,
    /// The solutions of the run that people chose among.
    pub candidates: Vec<Candidate>,
    /// In force, oldest first.
    pub submissions: Vec<Submission>,
    /// The newest decision.
    pub decision: Option<Decision>,
    /// Ids of what holds as gold for it: a submission or a decision.
    pub gold: Option<String>,
}

impl Reviewed {
    /// Submissions that rate steps.
    pub fn rated(&self) -> impl Iterator<Item = &Submission> {
        self.submissions.iter().filter(|s| s.outcome == Outcome::Rated)
    }

    /// The labels that are gold for it, if any are.
    pub fn gold_labels(&self) -> Option<&[Said]> {
        let id = self.gold.as_deref()?;
        let decided = self.decision.iter().filter(|d| d.id == id).map(|d| d.steps.as_slice());
        let handed_in = self.submissions.iter().filter(|s| s.id == id).map(|s| s.steps.as_slice());
        decided.chain(handed_in).next()
    }
}
