//! The decision as it was typed, and as it was meant.

use crate::domain::annotation::{Outcome, Rating, Reviewed, Said};
use crate::domain::{Invalid, Timestamp};
use crate::store::{DecidedLabel, NewDecision};

/// Longest critique, correction and comment, in bytes of UTF-8.
const MAX_TEXT: usize = 4 * 1024;

/// One step of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepForm {
    /// `wrong`, `fine`, `good` or nothing.
    pub rating: String,
    pub critique: String,
    pub correction: String,
}

/// Every field as text, so that what was refused can be shown again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionForm {
    pub outcome: String,
    pub steps: Vec<StepForm>,
    /// Id of a solution, `same` or nothing.
    pub choice: String,
    pub comment: String,
    pub gold: bool,
    /// Ids of the submissions that were shown, with spaces between.
    pub seen: String,
    /// Id of the decision that was shown as the one in force; blank for none.
    pub standing: String,
}

impl DecisionForm {
    /// What to begin with: the decision in force, else what everybody said.
    pub fn of(item: &Reviewed) -> Self {
        let begin = |i: usize| match &item.decision {
            Some(decision) => decision.steps.get(i).map(of_said).unwrap_or_default(),
            None => agreed(item, i),
        };
        let decision = item.decision.as_ref();
        Self {
            outcome: decision.map_or(Outcome::Rated, |d| d.outcome).as_str().to_owned(),
            steps: (0..item.steps.len()).map(begin).collect(),
            choice: decision.and_then(|d| d.choice.clone()).unwrap_or_default(),
            comment: decision.and_then(|d| d.comment.clone()).unwrap_or_default(),
            gold: false,
            seen: seen(item).join(" "),
            standing: decision.map(|d| d.id.clone()).unwrap_or_default(),
        }
    }

    /// Reads the fields that were sent. Fields of steps that the item does not have are dropped.
    pub fn read(pairs: Vec<(String, String)>, steps: usize) -> Self {
        let mut form = Self { steps: vec![StepForm::default(); steps], ..Self::default() };
        for (name, value) in pairs {
            let (field, number) = name.split_once('-').unwrap_or((&name, ""));
            let index = number.parse::<usize>().ok().and_then(|step| step.checked_sub(1));
            let step = index.and_then(|index| form.steps.get_mut(index));
            match (field, step) {
                ("rating", Some(step)) => step.rating = value,
                ("critique", Some(step)) => step.critique = value,
                ("correction", Some(step)) => step.correction = value,
                ("outcome", _) => form.outcome = value,
                ("choice", _) => form.choice = value,
                ("comment", _) => form.comment = value,
                ("gold", _) => form.gold = true,
                ("seen", _) => form.seen = value,
                ("standing", _) => form.standing = value,
                _ => {}
            }
        }
        form
    }

    /// The decision it asks for.
    ///
    /// # Errors
    /// Every field that cannot be used.
    pub fn decision(&self, item: &Reviewed) -> Result<NewDecision, Vec<Invalid>> {
        let mut faults = Vec::new();
        let outcome = match self.outcome.as_str() {
            "rated" => Outcome::Rated,
            "bad_problem" => Outcome::BadProblem,
            other => {
                let detail = format!("must be rated or bad_problem, `{}` was given", cut(other));
                faults.push(Invalid::new("outcome", "unknown_value", detail));
                Outcome::Rated
            }
        };
        let mut labels = Vec::new();
        for (step, number) in self.steps.iter().zip(1..) {
            let rating = Rating::from_word(&step.rating);
            if rating.is_none() && !step.rating.is_empty() {
                let shown = cut(&step.rating);
                let detail = format!("must be wrong, fine, good or nothing, `{shown}` was given");
                faults.push(Invalid::new(format!("rating-{number}"), "unknown_value", detail));
            }
            let mut text =
                |field: &str, text: &str| read_text(format!("{field}-{number}"), text, &mut faults);
            let critique = text("critique", &step.critique);
            let correction = text("correction", &step.correction);
            labels.push(DecidedLabel { rating, critique, correction });
        }
        if outcome == Outcome::Rated && labels.iter().all(|label| label.rating.is_none()) {
            let detail = "rate at least one step, or call the problem bad".to_owned();
            faults.push(Invalid::new("rating-1", "missing", detail));
        }
        let offered = |id: &str| item.candidates.iter().any(|candidate| candidate.id == id);
        let choice = (!self.choice.is_empty()).then(|| self.choice.clone());
        if choice.as_deref().is_some_and(|choice| choice != "same" && !offered(choice)) {
            let detail = format!("`{}` is none of the solutions", cut(&self.choice));
            faults.push(Invalid::new("choice", "unknown_value", detail));
        }
        let comment = read_text("comment".to_owned(), &self.comment, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(NewDecision {
            item: item.item.clone(),
            outcome,
            labels,
            choice,
            comment,
            seen: self.seen.split_whitespace().map(str::to_owned).collect(),
            instead_of: Some(self.standing.clone()).filter(|id| !id.is_empty()),
            gold: self.gold && outcome == Outcome::Rated,
        })
    }

    /// Whether somebody decided since the form was shown.
    pub fn is_overtaken(&self, item: &Reviewed) -> bool {
        self.standing != item.decision.as_ref().map(|d| d.id.as_str()).unwrap_or_default()
    }

    /// What was typed, about the item as it is now.
    pub fn anew(self, item: &Reviewed) -> Self {
        let Self { seen, standing, .. } = Self::of(item);
        Self { seen, standing, ..self }
    }
}

fn seen(item: &Reviewed) -> Vec<String> {
    item.submissions.iter().map(|submission| submission.id.clone()).collect()
}

fn of_said(said: &Said) -> StepForm {
    StepForm {
        rating: said.rating.map(|rating| rating.as_str().to_owned()).unwrap_or_default(),
        critique: said.critique.clone().unwrap_or_default(),
        correction: said.correction.clone().unwrap_or_default(),
    }
}

/// A step's rating when all who rated it agree; what somebody wrote about it otherwise left blank.
fn agreed(item: &Reviewed, index: usize) -> StepForm {
    let said: Vec<&Said> = item.rated().filter_map(|s| s.steps.get(index)).collect();
    let mut ratings = said.iter().filter_map(|said| said.rating);
    let first = ratings.next();
    let rating = first.filter(|first| ratings.all(|rating| rating == *first));
    StepForm {
        rating: rating.map(|rating| rating.as_str().to_owned()).unwrap_or_default(),
        ..StepForm::default()
    }
}

fn read_text(field: String, text: &str, faults: &mut Vec<Invalid>) -> Option<String> {
    if text.len() > MAX_TEXT {
        let detail = format!("at most {MAX_TEXT} bytes are allowed, {} were given", text.len());
        faults.push(Invalid::new(field, "too_long", detail));
        return None;
    }
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        let detail = format!("control character U+{:04X} is not allowed", c as u32);
        faults.push(Invalid::new(field, "control_character", detail));
        return None;
    }
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Milliseconds since 1970 as a moment.
pub(super) fn moment(millis: i64) -> Timestamp {
    Timestamp::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .unwrap_or(Timestamp::UNIX_EPOCH)
}
