//! One press on the rating page as it was sent, and what it asks for.

use serde::Deserialize;

use super::typed::Texts;
use crate::domain::review::{Action, Choice, Edit, Verdict};
use crate::store::Desk;

/// Longest name of a press, in bytes.
const MAX_PRESS: usize = 64;

/// One press on the rating page; which fields are there says which button it was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ActForm {
    step: Option<String>,
    /// A word of [`Verdict`], or `none`.
    verdict: Option<String>,
    /// The verdict is what the SORM suggests.
    accept: Option<String>,
    /// For every step after this one.
    rest: Option<String>,
    /// For every step before this one that is not rated.
    before: Option<String>,
    /// Id of a solution, `same` or `none`.
    choice: Option<String>,
    undo: Option<String>,
    redo: Option<String>,
    /// What the page calls this press of undo or redo.
    press: Option<String>,
    #[serde(flatten)]
    pub texts: Texts,
}

impl ActForm {
    /// The step it is about. A button of a form that holds every step says so in its address.
    pub fn of_step(self, address: Option<String>) -> Self {
        Self { step: self.step.or(address), ..self }
    }

    /// The step it is about.
    pub fn step(&self) -> Option<usize> {
        self.step.as_deref()?.trim().parse().ok()
    }

    /// Whether it rates one step; then the next is to be rated.
    pub fn is_rating(&self) -> bool {
        self.verdict.is_some() || self.accept.is_some()
    }

    /// What this undo or redo is called: sent again because the answer was lost, it is the same one.
    /// Other presses come to the same when they are sent twice.
    pub fn press(&self) -> Option<&str> {
        let known = |press: &&str| !press.is_empty() && press.len() <= MAX_PRESS;
        let again = self.undo.is_some() || self.redo.is_some();
        self.press.as_deref().filter(known).filter(|_| again)
    }

    /// What it asks for, in words.
    pub fn words(&self) -> String {
        let said =
            |what: &str, word: &Option<String>| word.as_ref().map(|word| format!("{what}{word}"));
        let said = [
            self.undo.as_ref().map(|_| "undo".to_owned()),
            self.redo.as_ref().map(|_| "redo".to_owned()),
            said("", &self.accept),
            said("", &self.verdict),
            said("every following step ", &self.rest),
            said("every step before ", &self.before),
            self.choice.as_ref().map(|_| "the choice".to_owned()),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        match self.step() {
            Some(step) if said.is_empty() => format!("step {step}"),
            Some(step) => format!("step {step}, {}", said.join(", ")),
            None => said.join(", "),
        }
    }

    /// What it asks for. Texts that are as they were are no change. What was typed before an undo comes
    /// before it, so that the undo takes it back, and a redo brings it again.
    pub fn actions(&self, desk: &Desk) -> Vec<Action> {
        let again = self.undo.as_ref().map(|_| Action::Undo);
        let again = again.or_else(|| self.redo.as_ref().map(|_| Action::Redo));
        if let Some(again) = again {
            let typed = self.texts.changes(desk).into_iter().map(Action::Edit);
            return typed.chain([again]).collect();
        }
        let mut edits = Vec::new();
        if let Some(choice) = &self.choice {
            let choice = Choice::try_from(choice.clone()).ok();
            edits.push(Edit::Choose { choice });
        }
        let step = self.step().unwrap_or(0);
        let word = |text: &Option<String>| text.as_deref().and_then(Verdict::from_word);
        if let Some(verdict) = word(&self.accept) {
            edits.push(Edit::Rate { step, verdict: Some(verdict), accepted: true });
        } else if self.verdict.is_some() {
            edits.push(Edit::Rate { step, verdict: word(&self.verdict), accepted: false });
        }
        if let Some(verdict) = word(&self.rest) {
            edits.push(Edit::RateRest { step, verdict });
        }
        if let Some(verdict) = word(&self.before) {
            edits.push(Edit::RateBefore { step, verdict });
        }
        edits.extend(self.texts.changes(desk));
        edits.into_iter().map(Action::Edit).collect()
    }
}
