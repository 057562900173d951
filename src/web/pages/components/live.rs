//! A run that is not done yet: which stage it is in.

use crate::domain::{Run, RunKind, RunStatus, Strategy};

/// One stage of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageView {
    pub word: &'static str,
    /// `done`, `now` or `next`.
    pub state: &'static str,
}

/// The line of stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    pub stages: Vec<StageView>,
    /// What was last seen; a look that finds the same changes nothing.
    pub seen: &'static str,
    /// A sentence, also for readers who do not see the line.
    pub sentence: &'static str,
}

const STAGES: [(&str, &str); 4] = [
    ("drafting", "The policy writes a draft."),
    ("scoring", "The reward models read the draft."),
    ("refining", "The refiners rewrite it."),
    ("choosing", "The ORM reads all candidates and chooses."),
];

impl Live {
    /// None for a run that has ended. `stage` is what its worker last said.
    pub fn new(run: &Run, stage: Option<&str>) -> Option<Self> {
        match run.status {
            RunStatus::Queued | RunStatus::Running => {}
            RunStatus::Completed | RunStatus::Failed | RunStatus::Cancelled => return None,
        }
        let refines = match run.kind {
            RunKind::Solve => run.strategy == Strategy::Glore,
            RunKind::Refine => true,
            RunKind::Critique => false,
        };
        let now = STAGES.iter().position(|(word, _)| Some(*word) == stage);
        let state = |at: usize| match now {
            Some(now) if at < now => "done",
            Some(now) if at == now => "now",
            _ => "next",
        };
        let stages = STAGES.iter().enumerate();
        let (seen, sentence) = match (now, run.status) {
            (Some(now), _) => STAGES[now],
            (None, RunStatus::Queued) => ("queued", "Waiting for a place."),
            (None, _) => ("running", "At work."),
        };
        Some(Self {
            stages: stages
                .filter(|(_, (word, _))| refines || *word != "refining")
                .map(|(at, (word, _))| StageView { word, state: state(at) })
                .collect(),
            seen,
            sentence,
        })
    }
}
