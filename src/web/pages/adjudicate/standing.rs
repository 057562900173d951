//! The decision of somebody else, for whoever was about to decide as well.

use crate::domain::annotation::{Decision, Outcome, Reviewed, Said};

/// What was decided, a line a step.
pub struct Standing {
    pub lines: Vec<String>,
    pub comment: Option<String>,
}

impl Standing {
    pub fn of(item: &Reviewed, decision: &Decision) -> Self {
        let mut lines: Vec<String> = match decision.outcome {
            Outcome::Rated => decision.steps.iter().enumerate().map(line).collect(),
            _ => vec!["the problem is bad".to_owned()],
        };
        let number = |id: &str| item.candidates.iter().position(|each| each.id == id);
        lines.extend(decision.choice.as_deref().map(|choice| match number(choice) {
            Some(at) => format!("best: solution {}", at + 1),
            None => "best: none is better".to_owned(),
        }));
        Self { lines, comment: decision.comment.clone() }
    }
}

fn line((at, said): (usize, &Said)) -> String {
    let rating = said.rating.map_or("not rated", |rating| rating.as_str());
    let critique = said.critique.as_ref().map(|text| format!("; “{text}”"));
    let correction = said.correction.as_ref().map(|text| format!("; should be: {text}"));
    let texts: String = critique.into_iter().chain(correction).collect();
    format!("step {}: {rating}{texts}", at + 1)
}
