//! The sheet: what a person has said of an item so far, and the labels it amounts to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::edit::{Choice, Edit};
use super::settings::Mode;
use super::verdict::Verdict;

/// What was said of one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    pub verdict: Option<Verdict>,
    /// The verdict was taken over from the SORM.
    pub accepted: bool,
    pub critique: String,
    pub correction: String,
}

/// What was said of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// One a step.
    pub marks: Vec<Mark>,
    pub choice: Option<Choice>,
}

/// What one step's mark is worth.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Label {
    /// From 1.
    pub step: usize,
    /// -1, 0, +1, or null: not rated, which is never zero.
    #[schema(required = true)]
    pub value: Option<i8>,
    /// Looked at and not decided; the value is null then.
    pub unsure: bool,
    #[schema(required = true)]
    pub critique: Option<String>,
    #[schema(required = true)]
    pub correction: Option<String>,
    /// Taken over from the SORM.
    pub accepted: bool,
}

/// What a sheet still lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    pub steps: Vec<usize>,
    pub choice: bool,
}

impl Missing {
    /// Whether it lacks nothing.
    pub fn is_none(&self) -> bool {
        self.steps.is_empty() && !self.choice
    }
}

impl Sheet {
    /// Nothing said yet.
    pub fn blank(steps: usize) -> Self {
        Self { marks: vec![Mark::default(); steps], choice: None }
    }

    /// Applies a change; what it says of steps that are not there has no effect.
    pub fn apply(&mut self, edit: &Edit) {
        let count = self.marks.len();
        match edit {
            Edit::Rate { step, verdict, accepted } => {
                if let Some(mark) = self.mark(*step) {
                    mark.verdict = *verdict;
                    mark.accepted = *accepted && verdict.is_some();
                }
            }
            Edit::RateRest { step, verdict } => {
                for mark in &mut self.marks[(*step).min(count)..] {
                    (mark.verdict, mark.accepted) = (Some(*verdict), false);
                }
            }
            Edit::RateBefore { step, verdict } => {
                let before = step.saturating_sub(1).min(count);
                for mark in self.marks[..before].iter_mut().filter(|mark| mark.verdict.is_none()) {
                    mark.verdict = Some(*verdict);
                }
            }
            Edit::Critique { step, text } => {
                if let Some(mark) = self.mark(*step) {
                    text.clone_into(&mut mark.critique);
                }
            }
            Edit::Correct { step, text } => {
                if let Some(mark) = self.mark(*step) {
                    text.clone_into(&mut mark.correction);
                }
            }
            Edit::Choose { choice } => self.choice = *choice,
        }
    }

    fn mark(&mut self, step: usize) -> Option<&mut Mark> {
        self.marks.get_mut(step.checked_sub(1)?)
    }

    /// The first step rated wrong.
    pub fn first_wrong(&self) -> Option<usize> {
        let at = self.marks.iter().position(|mark| mark.verdict == Some(Verdict::Wrong))?;
        Some(at + 1)
    }

    /// The last step that is to be rated: the first wrong one where rating stops there.
    pub fn last(&self, mode: Mode) -> usize {
        match (mode, self.first_wrong()) {
            (Mode::FirstError, Some(step)) => step,
            _ => self.marks.len(),
        }
    }

    /// One label a step. Where rating stops at the first error, steps after it have no value.
    pub fn labels(&self, mode: Mode) -> Vec<Label> {
        let last = self.last(mode);
        let text = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let label = |(at, mark): (usize, &Mark)| {
            let verdict = mark.verdict.filter(|_| at < last);
            Label {
                step: at + 1,
                value: verdict.and_then(Verdict::value),
                unsure: verdict == Some(Verdict::Unsure),
                critique: text(&mark.critique),
                correction: text(&mark.correction),
                accepted: mark.accepted && verdict.is_some(),
            }
        };
        self.marks.iter().enumerate().map(label).collect()
    }

    /// What is still to be said; `choose` where there are candidates to choose among.
    pub fn missing(&self, mode: Mode, choose: bool) -> Missing {
        let open = self.marks.iter().take(self.last(mode)).enumerate();
        let steps = open.filter(|(_, mark)| mark.verdict.is_none()).map(|(at, _)| at + 1).collect();
        Missing { steps, choice: choose && self.choice.is_none() }
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
