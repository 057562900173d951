//! Undo and redo over a log that only grows.

use serde_json::Value;

use super::edit::Edit;
use super::sheet::Sheet;

/// An entry of the log that changes the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A change.
    Edit(Edit),
    /// Takes the last change that stands back.
    Undo,
    /// Makes the last change that was taken back again.
    Redo,
}

impl Action {
    /// Reads a row of the log; nothing for one that does not change the sheet.
    pub fn read(kind: &str, step: Option<usize>, data: &Value) -> Option<Self> {
        match kind {
            "undo" => Some(Action::Undo),
            "redo" => Some(Action::Redo),
            _ => Edit::read(kind, step, data).map(Action::Edit),
        }
    }
}

/// The changes that stand, and those that were taken back and could be made again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    done: Vec<Edit>,
    undone: Vec<Edit>,
}

impl Log {
    /// The log after these entries. An undo or redo of nothing changes nothing.
    pub fn of(actions: impl IntoIterator<Item = Action>) -> Self {
        actions.into_iter().fold(Self::default(), |mut log, action| {
            log.push(action);
            log
        })
    }

    /// One more entry; whether it changed anything.
    pub fn push(&mut self, action: Action) -> bool {
        match action {
            Action::Edit(edit) => {
                self.done.push(edit);
                self.undone.clear();
                true
            }
            Action::Undo => self.done.pop().map(|edit| self.undone.push(edit)).is_some(),
            Action::Redo => self.undone.pop().map(|edit| self.done.push(edit)).is_some(),
        }
    }

    /// Whether something can be taken back.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether something can be made again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// What the page shows: every change that stands, in order, on a blank sheet.
    pub fn sheet(&self, steps: usize) -> Sheet {
        let mut sheet = Sheet::blank(steps);
        for edit in &self.done {
            sheet.apply(edit);
        }
        sheet
    }
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
