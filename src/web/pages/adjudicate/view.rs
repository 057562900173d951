//! What the page shows of an item.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::form::{DecisionForm, moment};
use crate::domain::Timestamp;
use crate::domain::annotation::{Outcome, Rating, Reviewed, Said, Submission};
use crate::web::pages::components::When;

/// A submission as a column.
pub struct Column {
    /// `A`, `B`, …; the person's name as well once the item is decided.
    pub name: String,
    pub letter: char,
    pub submission: String,
    /// Why it rates no steps.
    pub ended: Option<String>,
    pub comment: Option<String>,
    /// `solution 1`, `none is better`, or nothing.
    pub choice: Option<String>,
    pub is_gold: bool,
}

/// What one person said of a step.
pub struct Cell {
    pub letter: char,
    /// Shape of the style sheet.
    pub shape: &'static str,
    pub word: &'static str,
    pub class: &'static str,
    pub critique: Option<String>,
    pub correction: Option<String>,
}

/// A step with what everybody said, and its part of the form.
pub struct Step {
    pub number: usize,
    pub text: String,
    /// The SORM's score, once the item is decided.
    pub sorm: Option<String>,
    pub cells: Vec<Cell>,
    /// People differ on it.
    pub differs: bool,
    pub rating: String,
    pub critique: String,
    pub correction: String,
}

/// A solution to choose from.
pub struct Offer {
    pub id: String,
    pub number: usize,
    pub text: String,
    /// What it is, once the item is decided.
    pub kind: Option<&'static str>,
    pub on: bool,
}

/// The whole item.
pub struct ItemView {
    pub id: String,
    pub run: String,
    pub queue: String,
    pub problem: String,
    pub reference: Option<String>,
    pub answer: Option<String>,
    pub columns: Vec<Column>,
    pub steps: Vec<Step>,
    pub offers: Vec<Offer>,
    pub form: DecisionForm,
    pub decided: Option<(String, When)>,
    pub gold: bool,
}

impl ItemView {
    /// An item with a form, as seen at `now`. Names and scores show once it is decided.
    pub fn new(
        item: &Reviewed,
        form: DecisionForm,
        names: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Self {
        let open = item.decision.is_some();
        let mut blind: Vec<&Submission> = item.submissions.iter().collect();
        blind.sort_by_key(|submission| lot(&submission.id));
        let name = |person: &str| names.get(person).cloned().unwrap_or_else(|| person.to_owned());
        let letters = || (b'A'..=b'Z').map(char::from).chain(std::iter::repeat('*'));
        let number = |id: &str| item.candidates.iter().position(|c| c.id == id).map(|at| at + 1);
        let columns = blind.iter().zip(letters()).map(|(submission, letter)| Column {
            name: if open {
                format!("{letter} ({})", name(&submission.person))
            } else {
                letter.to_string()
            },
            letter,
            submission: submission.id.clone(),
            ended: ended(submission),
            comment: submission.comment.clone(),
            choice: submission.choice.as_deref().map(|choice| match number(choice) {
                Some(number) => format!("solution {number}"),
                None => "none is better".to_owned(),
            }),
            is_gold: item.gold.as_deref() == Some(&submission.id),
        });
        let step = |(index, step): (usize, &crate::domain::annotation::StepText)| {
            let cells: Vec<Cell> = blind
                .iter()
                .zip(letters())
                .filter(|(submission, _)| submission.outcome == Outcome::Rated)
                .map(|(submission, letter)| cell(letter, submission.steps.get(index)))
                .collect();
            let typed = form.steps.get(index).cloned().unwrap_or_default();
            Step {
                number: index + 1,
                text: step.text.clone(),
                sorm: step.sorm.filter(|_| open).map(|score| format!("{score:.2}")),
                differs: cells.windows(2).any(|two| two[0].word != two[1].word),
                cells,
                rating: typed.rating,
                critique: typed.critique,
                correction: typed.correction,
            }
        };
        let offer = |(index, candidate): (usize, &crate::domain::annotation::Candidate)| Offer {
            id: candidate.id.clone(),
            number: index + 1,
            text: candidate.text.clone(),
            kind: open.then(|| candidate.kind.as_str()),
            on: form.choice == candidate.id,
        };
        Self {
            id: item.item.clone(),
            run: item.run.clone(),
            queue: item.queue.clone(),
            problem: item.problem.clone(),
            reference: item.reference_answer.clone(),
            answer: item.answer.clone(),
            columns: columns.collect(),
            steps: item.steps.iter().enumerate().map(step).collect(),
            offers: item.candidates.iter().enumerate().map(offer).collect(),
            decided: item
                .decision
                .as_ref()
                .map(|decision| (name(&decision.person), When::new(moment(decision.at), now))),
            gold: item.gold.is_some(),
            form,
        }
    }
}

fn ended(submission: &Submission) -> Option<String> {
    let word = match submission.outcome {
        Outcome::Rated => return None,
        Outcome::BadProblem => "bad problem",
        Outcome::GaveUp => "gave up",
    };
    Some(match &submission.reason {
        Some(reason) => format!("{word}: {reason}"),
        None => word.to_owned(),
    })
}

fn cell(letter: char, said: Option<&Said>) -> Cell {
    let (shape, word, class) = match said.map(|said| (said.rating, said.unsure)) {
        Some((Some(Rating::Wrong), _)) => ("shape-low", "wrong", "low"),
        Some((Some(Rating::Fine), _)) => ("shape-mid", "fine", "mid"),
        Some((Some(Rating::Good), _)) => ("shape-high", "good", "high"),
        Some((None, true)) => ("shape-mid", "unsure", "mid"),
        _ => ("", "not rated", "mid"),
    };
    Cell {
        letter,
        shape,
        word,
        class,
        critique: said.and_then(|said| said.critique.clone()),
        correction: said.and_then(|said| said.correction.clone()),
    }
}

/// An order that has nothing to do with who came first and is the same each time.
fn lot(id: &str) -> Vec<u8> {
    Sha256::digest(id.as_bytes()).to_vec()
}
