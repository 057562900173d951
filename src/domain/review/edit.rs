//! One change that a person makes to a sheet, and how it is kept.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::verdict::Verdict;
use crate::domain::input::refuse_control_characters;
use crate::domain::{Invalid, SolutionId};

/// Longest critique and longest corrected step, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 4 * 1024;

/// Which solution is best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Choice {
    /// This one.
    Solution(SolutionId),
    /// None is better than the others.
    Same,
}

impl From<Choice> for String {
    fn from(choice: Choice) -> String {
        match choice {
            Choice::Solution(id) => id.to_string(),
            Choice::Same => "same".to_owned(),
        }
    }
}

impl TryFrom<String> for Choice {
    type Error = crate::domain::NotAnId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "same" { Ok(Self::Same) } else { text.parse().map(Self::Solution) }
    }
}

/// A change. Steps count from 1; `None` takes a verdict or a choice back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Of one step. `accepted`: by taking over what the SORM suggests.
    Rate { step: usize, verdict: Option<Verdict>, accepted: bool },
    /// The same for every step after this one.
    RateRest { step: usize, verdict: Verdict },
    /// The same for every step before this one that has none yet.
    RateBefore { step: usize, verdict: Verdict },
    /// What is wrong with the step; blank for nothing.
    Critique { step: usize, text: String },
    /// The step as it should be; blank for none.
    Correct { step: usize, text: String },
    /// The best of the candidates.
    Choose { choice: Option<Choice> },
}

impl Edit {
    /// Kind, step and the rest, as a row of the log has them.
    pub fn parts(&self) -> (&'static str, Option<usize>, Value) {
        match self {
            Edit::Rate { step, verdict, accepted: false } => {
                ("rate", Some(*step), json!({ "verdict": verdict }))
            }
            Edit::Rate { step, verdict, accepted: true } => {
                ("rate", Some(*step), json!({ "verdict": verdict, "accepted": true }))
            }
            Edit::RateRest { step, verdict } => {
                ("rate_rest", Some(*step), json!({ "verdict": verdict }))
            }
            Edit::RateBefore { step, verdict } => {
                ("rate_before", Some(*step), json!({ "verdict": verdict }))
            }
            Edit::Critique { step, text } => ("critique", Some(*step), json!({ "text": text })),
            Edit::Correct { step, text } => ("correct", Some(*step), json!({ "text": text })),
            Edit::Choose { choice } => ("choose", None, json!({ "choice": choice })),
        }
    }

    /// Reads such a row back; nothing for a row that is no edit.
    pub fn read(kind: &str, step: Option<usize>, data: &Value) -> Option<Self> {
        let verdict = || serde_json::from_value::<Option<Verdict>>(data["verdict"].clone()).ok();
        let text = || data["text"].as_str().map(str::to_owned);
        Some(match kind {
            "rate" => Edit::Rate {
                step: step?,
                verdict: verdict()?,
                accepted: data["accepted"].as_bool().unwrap_or(false),
            },
            "rate_rest" => Edit::RateRest { step: step?, verdict: verdict()?? },
            "rate_before" => Edit::RateBefore { step: step?, verdict: verdict()?? },
            "critique" => Edit::Critique { step: step?, text: text()? },
            "correct" => Edit::Correct { step: step?, text: text()? },
            "choose" => {
                Edit::Choose { choice: serde_json::from_value(data["choice"].clone()).ok()? }
            }
            _ => return None,
        })
    }

    /// # Errors
    /// [`Invalid`] at the field for a step that the solution does not have, a candidate that was not
    /// offered, a text that is too long or has control characters.
    pub fn check(&self, steps: usize, candidates: &[SolutionId]) -> Result<(), Invalid> {
        match self {
            Edit::Rate { step, .. }
            | Edit::RateRest { step, .. }
            | Edit::RateBefore { step, .. }
            | Edit::Critique { step, .. }
            | Edit::Correct { step, .. }
                if *step == 0 || *step > steps =>
            {
                let detail = format!("the solution has the steps 1 to {steps}, {step} was given");
                Err(Invalid::new("/step", "out_of_range", detail))
            }
            Edit::Critique { text, .. } => check_text("/critique", text),
            Edit::Correct { text, .. } => check_text("/correction", text),
            Edit::Choose { choice: Some(Choice::Solution(id)) } if !candidates.contains(id) => {
                Err(Invalid::new("/choice", "wrong_value", format!("{id} is not a candidate here")))
            }
            Edit::Choose { choice: Some(_) } if candidates.is_empty() => {
                Err(Invalid::new("/choice", "wrong_value", "there is no choice at this item"))
            }
            _ => Ok(()),
        }
    }
}

fn check_text(pointer: &str, text: &str) -> Result<(), Invalid> {
    if text.len() > MAX_TEXT_BYTES {
        let detail =
            format!("at most {MAX_TEXT_BYTES} bytes are allowed, {} were given", text.len());
        return Err(Invalid::new(pointer, "too_long", detail));
    }
    refuse_control_characters(pointer, text)
}
