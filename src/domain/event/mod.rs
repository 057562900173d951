//! What happens in a run, told while it happens.
//!
//! The order of the events of a run follows from the run alone, never from which model was quicker:
//! solutions are told one after the other, in the order in which the run lists them. So the events
//! of a stored run can be told again as they were ([`replay`]), and nobody needs to keep them.
//! The JSON form of these types is the API contract. To add an event, add a variant, its name in
//! [`Event::name`], and the place in `replay.rs` where it belongs.

mod parts;
mod replay;

use serde::Serialize;

pub use parts::{Choice, ChoiceScore, Created, Critiqued, Delta, Finished, OrmScored, StepScored};
pub use replay::{replay, rest};

use super::run::{Run, RunStatus};
use super::stage::Stage;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// The run is known; always the first.
    Created(Created),
    /// A stage has begun.
    Stage { stage: Stage },
    /// The policy wrote a line.
    DraftDelta(Delta),
    /// The policy ended a solution.
    DraftCompleted(Finished),
    /// A refiner wrote a line.
    RefinementDelta(Delta),
    /// A refiner ended a solution.
    RefinementCompleted(Finished),
    /// A reward model read a solution up to the end of a step.
    StepScored(StepScored),
    /// The ORM read a whole solution.
    OrmScored(OrmScored),
    /// Where a solution first goes wrong.
    CritiqueCompleted(Critiqued),
    /// The ORM has chosen.
    ChoiceMade(Choice),
    /// The run has ended, as its status says; always the last.
    Ended { run: Box<Run> },
}

impl Event {
    /// The word used in JSON and as the type of a server-sent event.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Created(_) => "run.created",
            Event::Stage { .. } => "run.stage",
            Event::DraftDelta(_) => "draft.delta",
            Event::DraftCompleted(_) => "draft.completed",
            Event::RefinementDelta(_) => "refinement.delta",
            Event::RefinementCompleted(_) => "refinement.completed",
            Event::StepScored(_) => "step.scored",
            Event::OrmScored(_) => "orm.scored",
            Event::CritiqueCompleted(_) => "critique.completed",
            Event::ChoiceMade(_) => "choice.made",
            Event::Ended { run } => match run.status {
                RunStatus::Completed => "run.completed",
                RunStatus::Cancelled => "run.cancelled",
                RunStatus::Failed | RunStatus::Queued | RunStatus::Running => "run.failed",
            },
        }
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        let text = match self {
            Event::DraftDelta(delta) | Event::RefinementDelta(delta) => delta.text.len(),
            Event::DraftCompleted(end) | Event::RefinementCompleted(end) => {
                end.answer.as_ref().map_or(0, String::len)
            }
            Event::ChoiceMade(choice) => choice.scores.len() * size_of::<ChoiceScore>(),
            _ => 0,
        };
        size_of::<Self>() + text
    }
}

/// An event as it is sent: with its name, and its place among the events of its run, from 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Numbered {
    #[serde(rename = "type")]
    pub name: &'static str,
    pub sequence_number: usize,
    #[serde(flatten)]
    pub event: Event,
}

impl Numbered {
    /// The event after `after` others.
    pub fn new(after: usize, event: Event) -> Self {
        Self { name: event.name(), sequence_number: after.saturating_add(1), event }
    }
}
