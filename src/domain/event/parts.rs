//! What the events say. `solution` is the place of a solution in its run, from 1.

use serde::Serialize;

use super::Event;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{RunId, SolutionId};
use crate::domain::role::Role;
use crate::domain::run::{Finish, Run, RunKind, ScoredSolution, SolutionKind, Strategy};
use crate::domain::score::Probability;
use crate::domain::solution::Solution;
use crate::domain::{ANSWER_MARK, Stage};

/// A run is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Created {
    pub run_id: RunId,
    pub kind: RunKind,
    pub strategy: Strategy,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Timestamp,
}

/// A line of a solution. The lines of a solution, joined by line breaks, are what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delta {
    pub solution: usize,
    pub kind: SolutionKind,
    /// From 1; null for the answer line.
    pub step: Option<usize>,
    pub text: String,
}

/// A solution is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finished {
    pub solution: usize,
    pub kind: SolutionKind,
    /// Of a local refinement: the step it begins at; the steps before are the draft's.
    pub from_step: Option<usize>,
    pub answer: Option<String>,
    pub tokens: usize,
    pub finish: Finish,
}

/// A step has a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepScored {
    pub solution: usize,
    pub kind: SolutionKind,
    pub step: usize,
    /// `orm` or `sorm`.
    pub role: Role,
    pub score: Probability,
}

/// A whole solution has a score; null for one without a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrmScored {
    pub solution: usize,
    pub kind: SolutionKind,
    pub score: Option<Probability>,
}

/// The critique of a solution; null when every step is at or above the threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Critiqued {
    pub solution: usize,
    pub kind: SolutionKind,
    pub first_error_step: Option<usize>,
}

/// What the ORM chose, and among what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    pub chosen: Option<SolutionId>,
    pub scores: Vec<ChoiceScore>,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceScore {
    pub solution: usize,
    pub id: SolutionId,
    pub kind: SolutionKind,
    pub orm: Option<Probability>,
}

impl Event {
    /// The first event of a run.
    pub fn created(run: &Run) -> Self {
        let Run { id, kind, strategy, created_at, .. } = *run;
        Event::Created(Created { run_id: id, kind, strategy, created_at })
    }

    /// The beginning of a stage.
    pub fn stage(stage: Stage) -> Self {
        Event::Stage { stage }
    }

    /// What a model wrote, a line an event. A solution handed in by a client was not written here,
    /// and neither were the steps before a local refinement.
    pub fn written(end: Finished, text: &Solution) -> Vec<Self> {
        let (solution, kind) = (end.solution, end.kind);
        type Told = (fn(Delta) -> Event, fn(Finished) -> Event);
        let (delta, completed): Told = match kind {
            SolutionKind::Given => return Vec::new(),
            SolutionKind::Draft | SolutionKind::Sample => {
                (Event::DraftDelta, Event::DraftCompleted)
            }
            SolutionKind::Global | SolutionKind::Local => {
                (Event::RefinementDelta, Event::RefinementCompleted)
            }
        };
        let kept = end.from_step.map_or(0, |step| step.saturating_sub(1));
        let steps = text.steps.iter().enumerate().skip(kept);
        let lines = steps.map(|(at, text)| (Some(at + 1), text.clone()));
        let answer = end.answer.iter().map(|answer| (None, format!("{ANSWER_MARK} {answer}")));
        let line = |(step, text)| delta(Delta { solution, kind, step, text });
        let mut events: Vec<_> = lines.chain(answer).map(line).collect();
        events.push(completed(end));
        events
    }

    /// The scores of the solution in place `solution`, and what they say.
    pub fn scored(solution: usize, scored: &ScoredSolution) -> Vec<Self> {
        let kind = scored.kind;
        let steps = scored.steps.iter().flat_map(|step| {
            let by = |role, score: Option<Probability>| {
                score.map(|score| StepScored { solution, kind, step: step.index, role, score })
            };
            by(Role::Orm, step.orm).into_iter().chain(by(Role::Sorm, step.sorm))
        });
        let mut events: Vec<_> = steps.map(Event::StepScored).collect();
        events.push(Event::OrmScored(OrmScored { solution, kind, score: scored.orm }));
        let first_error_step = scored.first_error_step;
        events.push(Event::CritiqueCompleted(Critiqued { solution, kind, first_error_step }));
        events
    }

    /// What the ORM chose in a run whose solutions all have their scores.
    pub fn choice(run: &Run) -> Self {
        let score = |(at, solution): (usize, &ScoredSolution)| {
            let ScoredSolution { id, kind, orm, .. } = *solution;
            ChoiceScore { solution: at + 1, id, kind, orm }
        };
        let scores = run.solutions.iter().enumerate().map(score).collect();
        Event::ChoiceMade(Choice { chosen: run.chosen, scores })
    }

    /// The last event of a run.
    pub fn ended(run: Run) -> Self {
        Event::Ended { run: Box::new(run) }
    }
}
