//! Records for tests, here and in other rooms.

use super::{Candidate, Decision, Outcome, Rating, Reviewed, Said, StepText, Submission};
use crate::domain::SolutionKind;

/// -1, 0 and 1 are ratings, 8 is unsure, anything else is not rated.
fn said(values: &[i64]) -> Vec<Said> {
    let one = |&value: &i64| Said {
        rating: Rating::from_value(value),
        unsure: value == 8,
        ..Said::default()
    };
    values.iter().map(one).collect()
}

/// An item with a submission for each row; its steps score 0.9, 0.8, ...
pub fn reviewed(rows: &[&[i64]]) -> Reviewed {
    let length = rows.iter().map(|row| row.len()).max().unwrap_or(2);
    let submission = |(i, row): (usize, &&[i64])| Submission {
        id: format!("sbm_{i}"),
        person: format!("person {i}"),
        outcome: Outcome::Rated,
        reason: None,
        comment: None,
        steps: said(row),
        choice: None,
        orm_choice: None,
        candidates: Vec::new(),
        rule: "random".to_owned(),
        active_seconds: 10.0,
        submitted_at: 1_000 + i as i64,
    };
    let step = |i: usize| StepText {
        text: format!("{i} + 1 = {}", i + 1),
        sorm: Some(0.9 - 0.1 * i as f64),
    };
    Reviewed {
        item: "itm_1".to_owned(),
        queue: "que_1".to_owned(),
        run: "run_1".to_owned(),
        solution: "sol_draft".to_owned(),
        problem: "How many?".to_owned(),
        reference_answer: Some("2".to_owned()),
        answer: Some("3".to_owned()),
        orm: Some(0.75),
        threshold: 0.5,
        steps: (0..length).map(step).collect(),
        candidates: vec![
            candidate("sol_draft", SolutionKind::Draft, "0 + 1 = 1\n#### 3"),
            candidate("sol_local", SolutionKind::Local, "1 + 1 = 2\n#### 2"),
        ],
        submissions: rows.iter().enumerate().map(submission).collect(),
        decision: None,
        gold: None,
    }
}

fn candidate(id: &str, kind: SolutionKind, text: &str) -> Candidate {
    Candidate { id: id.to_owned(), kind, text: text.to_owned() }
}

/// Adds a decision.
pub fn decided(item: &mut Reviewed, values: &[i64]) {
    item.decision = Some(Decision {
        id: "adj_1".to_owned(),
        person: "adjudicator".to_owned(),
        outcome: Outcome::Rated,
        steps: said(values),
        choice: None,
        comment: None,
        at: 2_000,
    });
}
