//! An item as it was served: kept with the labels, so that they can be weighed and understood later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::draw::shuffled;
use super::edit::{Choice, Edit};
use super::reason::Reason;
use super::rule::Rule;
use super::settings::{Mode, QueueSettings, Suggestions};
use crate::domain::{
    ItemId, Probability, Role, Run, ScoredSolution, SolutionId, SolutionKind, Threshold,
};

/// A model, as the engine describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelName {
    pub id: String,
    /// SHA-256 of the weights; empty when they are elsewhere.
    pub hash: String,
}

/// The scores of one solution of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SolutionScores {
    pub solution: SolutionId,
    pub kind: SolutionKind,
    /// Who wrote it.
    pub model: String,
    #[schema(required = true)]
    pub orm: Option<Probability>,
    /// One a step.
    pub sorm: Vec<Option<Probability>>,
    /// One a step.
    pub steps_orm: Vec<Option<Probability>>,
}

/// Everything that was in force when a person was given an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Serving {
    /// The rule it was drawn by; none where it was asked for by name.
    #[schema(required = true)]
    pub rule: Option<Rule>,
    /// Every rule that held.
    pub reasons: Vec<Reason>,
    pub mode: Mode,
    pub suggestions: Suggestions,
    /// Version of the guidelines; 0 where there are none.
    pub guidelines: usize,
    /// The models of the engine at that moment, by role.
    pub models: BTreeMap<Role, ModelName>,
    pub threshold: Threshold,
    pub scores: Vec<SolutionScores>,
    /// The solutions to choose among, as A, B, C; empty where there is no choice.
    pub candidates: Vec<SolutionId>,
    /// Of that order.
    pub seed: u64,
    /// What the ORM chose.
    #[schema(required = true)]
    pub orm_choice: Option<SolutionId>,
}

/// What a serving is made of besides the run.
#[derive(Debug, Clone)]
pub struct Served<'a> {
    pub item: ItemId,
    pub person: &'a str,
    pub rule: Option<Rule>,
    pub reasons: Vec<Reason>,
    pub settings: &'a QueueSettings,
    pub guidelines: usize,
    pub models: BTreeMap<Role, ModelName>,
}

impl Serving {
    /// Of an item of this run. The order of the candidates depends on item and person alone: a
    /// second look shows the same order, and two people see different ones.
    pub fn of(run: &Run, served: Served<'_>) -> Self {
        let seed = super::draw::number(&["order", &served.item.to_string(), served.person]);
        let scores = |solution: &ScoredSolution| SolutionScores {
            solution: solution.id,
            kind: solution.kind,
            model: solution.model.clone(),
            orm: solution.orm,
            sorm: solution.steps.iter().map(|step| step.sorm).collect(),
            steps_orm: solution.steps.iter().map(|step| step.orm).collect(),
        };
        let kinds =
            [SolutionKind::Draft, SolutionKind::Given, SolutionKind::Global, SolutionKind::Local];
        let found: Vec<SolutionId> =
            kinds.iter().filter_map(|kind| run.solution(*kind)).map(|s| s.id).collect();
        Self {
            rule: served.rule,
            reasons: served.reasons,
            mode: served.settings.mode,
            suggestions: served.settings.suggestions,
            guidelines: served.guidelines,
            models: served.models,
            threshold: run.threshold,
            scores: run.solutions.iter().map(scores).collect(),
            candidates: if found.len() > 1 { shuffled(seed, found) } else { Vec::new() },
            seed,
            orm_choice: run.chosen,
        }
    }

    /// The SORM's score of a step of a solution.
    pub fn sorm(&self, solution: SolutionId, step: usize) -> Option<Probability> {
        let scores = self.scores.iter().find(|scores| scores.solution == solution)?;
        *scores.sorm.get(step.checked_sub(1)?)?
    }

    /// What kind of solution was chosen, in the word of the store.
    pub fn kind_of(&self, choice: Choice) -> Option<&'static str> {
        match choice {
            Choice::Same => Some("same"),
            Choice::Solution(id) => {
                let scores = self.scores.iter().find(|scores| scores.solution == id)?;
                Some(scores.kind.as_str())
            }
        }
    }
}

/// How an item ends for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The steps were rated.
    Rated,
    /// The problem itself cannot be used.
    BadProblem,
    /// The person cannot judge it.
    GaveUp,
}

impl Outcome {
    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Rated => "rated",
            Outcome::BadProblem => "bad_problem",
            Outcome::GaveUp => "gave_up",
        }
    }

    /// Reads that word back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Outcome::Rated, Outcome::BadProblem, Outcome::GaveUp]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}

/// What a person hands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    pub outcome: Outcome,
    /// Why, of a bad problem and of giving up.
    pub reason: Option<String>,
    /// On the whole item.
    pub comment: Option<String>,
    /// Changes made before handing in, by a client that keeps no log of its own.
    pub edits: Vec<Edit>,
    /// Hand in although steps are not rated.
    pub partial: bool,
}
