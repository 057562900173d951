//! Which solution is best: A, B and C in an order of their own, the ORM's pick hidden until answered.

use super::keys::KeyMap;
use crate::domain::review::{Choice, Sheet};
use crate::store::Desk;
use crate::web::pages::components::{kind_words, number};

/// One solution, without its name.
pub struct Candidate {
    pub letter: char,
    pub id: String,
    pub steps: Vec<String>,
    pub answer: Option<String>,
    pub pressed: bool,
    pub key: Option<String>,
}

/// The question.
pub struct ChoiceView {
    pub candidates: Vec<Candidate>,
    pub same: bool,
    pub answered: bool,
    /// Which is which and what the ORM thinks, once it cannot sway the answer any more.
    pub reveal: Option<String>,
}

/// The question, where there is more than one solution.
pub fn choice(desk: &Desk, sheet: &Sheet, keys: &KeyMap) -> Option<ChoiceView> {
    const KEYS: [&str; 3] = ["wrong", "fine", "good"];
    let order = &desk.serving.candidates;
    let found = order.iter().filter_map(|id| desk.run.solutions.iter().find(|s| s.id == *id));
    let candidates: Vec<Candidate> = found
        .zip('A'..='Z')
        .enumerate()
        .map(|(at, (solution, letter))| Candidate {
            letter,
            id: solution.id.to_string(),
            steps: solution.step_texts(),
            answer: solution.answer.clone(),
            pressed: sheet.choice == Some(Choice::Solution(solution.id)),
            key: KEYS.get(at).and_then(|name| keys.hint(name)).map(str::to_owned),
        })
        .collect();
    if candidates.is_empty() {
        return None;
    }
    let answered = sheet.choice.is_some();
    Some(ChoiceView {
        candidates,
        same: sheet.choice == Some(Choice::Same),
        answered,
        reveal: answered.then(|| reveal(desk)),
    })
}

fn reveal(desk: &Desk) -> String {
    let order = &desk.serving.candidates;
    let names = order.iter().zip('A'..='Z').filter_map(|(id, letter)| {
        let solution = desk.run.solutions.iter().find(|s| s.id == *id)?;
        let score = solution.orm.map(|orm| format!(", {}", number(orm))).unwrap_or_default();
        let name = format!("{letter} is the {}{score}", kind_words(solution.kind));
        Some((*id, letter, name))
    });
    let names: Vec<_> = names.collect();
    let pick = names.iter().find(|(id, ..)| desk.serving.orm_choice == Some(*id));
    let list = names.iter().map(|(.., name)| name.as_str()).collect::<Vec<_>>().join("; ");
    match pick {
        Some((_, letter, _)) => format!("The ORM chose {letter}. {list}."),
        None => format!("The ORM chose none of these. {list}."),
    }
}
