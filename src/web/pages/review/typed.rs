//! The texts of a rating page as they were typed.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::review::Edit;
use crate::store::Desk;

const CRITIQUE: &str = "critique-";
const CORRECTION: &str = "correction-";

/// Fields `critique-N` and `correction-N` of a form. Without scripts every press sends those of all
/// steps, so that none is lost; with them, those of the step that was typed in.
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
