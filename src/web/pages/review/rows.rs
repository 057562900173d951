//! The steps of the rating page: four buttons each, a critique, and a correction with its diff.

use super::desk::Fault;
use super::keys::KeyMap;
use super::typed::Texts;
use crate::domain::diff_words;
use crate::domain::review::{Mark, Sheet, Suggestions, Verdict};
use crate::store::Desk;
use crate::web::pages::components::{Part, Score, parts};

/// One of the four.
pub struct Button {
    pub verdict: &'static str,
    pub word: &'static str,
    pub number: &'static str,
    pub key: Option<String>,
    pub pressed: bool,
}

/// What the SORM says, where it may be seen.
pub struct Suggestion {
    pub score: Score,
    /// The verdict that it amounts to.
    pub verdict: Verdict,
}

/// One step.
pub struct StepRow {
    pub index: usize,
    pub text: String,
    pub buttons: Vec<Button>,
    /// What it was rated, in a word.
    pub rated: Option<&'static str>,
    pub verdict: Option<Verdict>,
    /// After the first wrong step: not asked for.
    pub closed: bool,
    pub suggestion: Option<Suggestion>,
    pub critique: String,
    pub correction: String,
    /// From the step to its correction; empty where there is none.
    pub diff: Vec<Part>,
    /// The texts are shown without a press.
    pub unfolded: bool,
    /// Why a text was refused.
    pub fault: Option<String>,
}

impl StepRow {
    /// Shows what was typed, and what is wrong if it is wrong with this step.
    pub(super) fn show_again(&mut self, fault: &Fault, texts: &Texts) {
        if self.index == fault.step {
            self.fault = Some(fault.sentence.clone());
        }
        let typed = [
            (texts.critique(self.index), &mut self.critique),
            (texts.correction(self.index), &mut self.correction),
        ];
        for (text, shown) in typed {
            if let Some(text) = text {
                *shown = text;
            }
        }
        self.unfolded |=
            self.fault.is_some() || !self.critique.is_empty() || !self.correction.is_empty();
    }
}

/// Sign, word and number of a verdict.
fn face(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Wrong => ("wrong", "\u{2212}1"),
        Verdict::Fine => ("fine", "0"),
        Verdict::Good => ("good", "+1"),
        Verdict::Unsure => ("unsure", "?"),
    }
}

/// Every step of the solution that is rated.
pub fn rows(desk: &Desk, sheet: &Sheet, keys: &KeyMap) -> Vec<StepRow> {
    let texts = desk.solution().map(|s| s.step_texts()).unwrap_or_default();
    let last = sheet.last(desk.serving.mode);
    let rows = texts.into_iter().zip(&sheet.marks).enumerate();
    rows.map(|(at, (text, mark))| {
        let index = at + 1;
        StepRow {
            index,
            buttons: buttons(mark, keys),
            rated: mark.verdict.map(|verdict| face(verdict).0),
            verdict: mark.verdict,
            closed: index > last,
            suggestion: suggestion(desk, index, mark),
            diff: changes(&text, &mark.correction),
            critique: mark.critique.clone(),
            correction: mark.correction.clone(),
            unfolded: mark.verdict == Some(Verdict::Wrong)
                || !mark.critique.is_empty()
                || !mark.correction.is_empty(),
            fault: None,
            text,
        }
    })
    .collect()
}

fn buttons(mark: &Mark, keys: &KeyMap) -> Vec<Button> {
    let button = |verdict: Verdict| {
        let (word, number) = face(verdict);
        Button {
            verdict: verdict.as_str(),
            word,
            number,
            key: keys.hint(word).map(str::to_owned),
            pressed: mark.verdict == Some(verdict),
        }
    };
    Verdict::ALL.into_iter().map(button).collect()
}

fn suggestion(desk: &Desk, step: usize, mark: &Mark) -> Option<Suggestion> {
    let shown = match desk.serving.suggestions {
        Suggestions::Before => true,
        Suggestions::After => mark.verdict.is_some(),
        Suggestions::Never => false,
    };
    let sorm = desk.serving.sorm(desk.item.solution, step).filter(|_| shown)?;
    let threshold = &desk.serving.threshold;
    let passes = sorm.get() >= threshold.sorm.get();
    let verdict = if passes { Verdict::Good } else { Verdict::Wrong };
    Some(Suggestion { score: Score::sorm(sorm, threshold), verdict })
}

/// Words that a correction takes out and puts in.
fn changes(old: &str, new: &str) -> Vec<Part> {
    let new = new.trim();
    if new.is_empty() || new == old.trim() {
        return Vec::new();
    }
    parts(&diff_words(old, new), None)
}
