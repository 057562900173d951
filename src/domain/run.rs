//! A run: one solve, critique or refine, with every solution it produced and every score.
//!
//! The JSON form of these types is the API contract.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Timestamp;
use super::ids::{ProblemId, RunId, SolutionId};
use super::priority::Priority;
use super::problem::Problem;
use super::score::{Probability, Threshold};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Draft, score, refine, choose.
    Solve,
    /// Score a given solution.
    Critique,
    /// Refine a given solution and choose.
    Refine,
}

/// How a problem is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Draft, global and local refinement, chosen by the ORM (the paper's way).
    #[default]
    Glore,
    /// The draft alone, scored.
    Draft,
    /// Several samples, chosen by the ORM.
    BestOfN,
}

/// Where a run is in its life. The last three are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Accepted, not begun.
    Queued,
    /// A model is at work.
    Running,
    /// Done; the result is whole.
    Completed,
    /// Ended by an error; see `error`.
    Failed,
    /// Ended by whoever asked for it.
    Cancelled,
}

/// What a solution is in its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SolutionKind {
    /// The policy's first attempt.
    Draft,
    /// The whole draft rewritten.
    Global,
    /// The draft rewritten from the first wrong step on.
    Local,
    /// One of several attempts of the policy.
    Sample,
    /// Handed in by the client.
    Given,
}

/// Why a solution ends where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model said so.
    Stop,
    /// The token limit was reached.
    Length,
    /// Not generated here.
    Given,
}

/// The choice against the first solution, where a reference answer tells and they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flip {
    /// The first was wrong, the chosen one is right.
    WrongToRight,
    /// The first was right, the chosen one is wrong.
    RightToWrong,
}

macro_rules! as_str {
    ($($name:ident { $($variant:ident => $word:literal),+ $(,)? })+) => {$(
        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in JSON, addresses and the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads that word back.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    )+};
}

as_str! {
    RunKind { Solve => "solve", Critique => "critique", Refine => "refine" }
    Strategy { Glore => "glore", Draft => "draft", BestOfN => "best_of_n" }
    RunStatus {
        Queued => "queued", Running => "running", Completed => "completed",
        Failed => "failed", Cancelled => "cancelled",
    }
    SolutionKind {
        Draft => "draft", Global => "global", Local => "local", Sample => "sample", Given => "given",
    }
    Flip { WrongToRight => "wrong_to_right", RightToWrong => "right_to_wrong" }
    Finish { Stop => "stop", Length => "length", Given => "given" }
}

/// A step with its scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoredStep {
    /// From 1.
    pub index: usize,
    /// One line.
    pub text: String,
    /// Can the right answer still be reached after this step?
    #[schema(required = true)]
    pub sorm: Option<Probability>,
    /// Will the final answer be right, as seen after this step? Never "this step is right".
    #[schema(required = true)]
    pub orm: Option<Probability>,
}

/// A solution with its scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoredSolution {
    pub id: SolutionId,
    pub kind: SolutionKind,
    /// For a local refinement: the step from which it was rewritten.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from_step: Option<usize>,
    pub steps: Vec<ScoredStep>,
    /// The final answer as written; compare with [`super::Answer`].
    #[schema(required = true)]
    pub answer: Option<String>,
    /// The ORM's score of the whole solution; the highest wins.
    #[schema(required = true)]
    pub orm: Option<Probability>,
    /// The critique: first step under the SORM threshold.
    #[schema(required = true)]
    pub first_error_step: Option<usize>,
    /// Null without a reference answer.
    #[schema(required = true)]
    pub correct: Option<bool>,
    /// Tokens generated for this solution.
    pub tokens: usize,
    pub finish: Finish,
    pub seed: u64,
    /// Id of the model that wrote it; `given` for a client's own.
    pub model: String,
    /// Exactly what the model was shown, for the record; empty for a given solution.
    #[serde(default)]
    #[schema(required = true)]
    pub prompt: String,
}

impl ScoredSolution {
    /// The step texts in order.
    pub fn step_texts(&self) -> Vec<String> {
        self.steps.iter().map(|step| step.text.clone()).collect()
    }
}

/// A problem as a run shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunProblem {
    pub id: ProblemId,
    pub text: String,
    #[schema(required = true)]
    pub reference_answer: Option<String>,
}

impl From<&Problem> for RunProblem {
    fn from(problem: &Problem) -> Self {
        let text = problem.text().to_owned();
        let reference_answer = problem.reference_answer().map(ToString::to_string);
        Self { id: ProblemId::of(&text, reference_answer.as_deref()), text, reference_answer }
    }
}

/// Wall-clock milliseconds a stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timings {
    pub queue: u64,
    pub draft: u64,
    pub score: u64,
    pub refine: u64,
    pub rerank: u64,
}

impl Timings {
    /// All stages together.
    pub fn total(&self) -> u64 {
        self.queue + self.draft + self.score + self.refine + self.rerank
    }
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunError {
    /// A stable word, such as `non_finite_logits`.
    pub code: String,
    /// A sentence for people.
    pub detail: String,
}

/// One solve, critique or refine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    pub id: RunId,
    /// Always `run`.
    #[schema(pattern = "^run$")]
    pub object: String,
    pub kind: RunKind,
    pub strategy: Strategy,
    pub status: RunStatus,
    pub problem: RunProblem,
    pub solutions: Vec<ScoredSolution>,
    /// The solution the ORM chose.
    #[schema(required = true)]
    pub chosen: Option<SolutionId>,
    /// The chosen solution's final answer.
    #[schema(required = true)]
    pub answer: Option<String>,
    pub threshold: Threshold,
    pub timings_ms: Timings,
    /// What was skipped and why, in sentences.
    #[serde(default)]
    #[schema(required = true)]
    pub notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<RunError>,
    /// How urgent it is, or was; only of a run in the background.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub priority: Option<Priority>,
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl Run {
    /// The value of `object`.
    pub const OBJECT: &'static str = "run";

    /// The solution that was chosen.
    pub fn chosen_solution(&self) -> Option<&ScoredSolution> {
        let chosen = self.chosen?;
        self.solutions.iter().find(|solution| solution.id == chosen)
    }

    /// Whether the choice turned a verdict round.
    pub fn flip(&self) -> Option<Flip> {
        match (self.solutions.first()?.correct?, self.chosen_solution()?.correct?) {
            (false, true) => Some(Flip::WrongToRight),
            (true, false) => Some(Flip::RightToWrong),
            _ => None,
        }
    }

    /// The first solution of a kind.
    pub fn solution(&self, kind: SolutionKind) -> Option<&ScoredSolution> {
        self.solutions.iter().find(|solution| solution.kind == kind)
    }
}
