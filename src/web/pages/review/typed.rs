//! The texts of a rating page as they were typed.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::review::Edit;
use crate::store::Desk;

const CRITIQUE: &str = "critique-";
const CORRECTION: &str = "correction-";
const REASON: &str = "reason-";
/// Longest reason, in characters.
const MAX_REASON: usize = 500;

/// Fields `critique-N`, `correction-N` and `reason-WORD` of a form. Without scripts every press sends
/// all of them, so that none is lost; with them, those of the step or the button they belong to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// With scripts, a press that leaves the page brings none.
    pub fn is_empty(&self) -> bool {
        !self.0.keys().any(|name| name.starts_with(CRITIQUE) || name.starts_with(CORRECTION))
    }

    pub fn critique(&self, step: usize) -> Option<String> {
        self.field(CRITIQUE, step)
    }

    pub fn correction(&self, step: usize) -> Option<String> {
        self.field(CORRECTION, step)
    }

    /// Why an item is put off, ended or refused, as it is kept.
    pub fn reason(&self, word: &str) -> String {
        let typed = self.reason_typed(word);
        typed.trim().chars().filter(|c| !c.is_control()).take(MAX_REASON).collect()
    }

    /// The same as it was typed.
    pub fn reason_typed(&self, word: &str) -> &str {
        self.0.get(&format!("{REASON}{word}")).map_or("", String::as_str)
    }

    fn field(&self, name: &str, step: usize) -> Option<String> {
        // Browsers send line ends as CR LF.
        self.0.get(&format!("{name}{step}")).map(|text| text.replace("\r\n", "\n"))
    }

    /// Those that are others than what is kept. Steps that the item does not have are dropped.
    pub fn changes(&self, desk: &Desk) -> Vec<Edit> {
        let sheet = desk.log.sheet(desk.steps());
        let mut edits = Vec::new();
        for (mark, step) in sheet.marks.iter().zip(1..) {
            if let Some(text) = self.critique(step).filter(|text| *text != mark.critique) {
                edits.push(Edit::Critique { step, text });
            }
            if let Some(text) = self.correction(step).filter(|text| *text != mark.correction) {
                edits.push(Edit::Correct { step, text });
            }
        }
        edits
    }
}
