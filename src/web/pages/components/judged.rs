//! How an answer was judged: as written, as compared, against what.

use super::slugs;
use crate::domain::{Answer, Run};

/// One solution's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub name: String,
    /// After the answer mark, as written.
    pub written: Option<String>,
    /// In its one form.
    pub normal: Option<String>,
    /// A few words: how it was compared and what came of it.
    pub words: String,
}

/// Every solution of a run.
pub fn judged(run: &Run) -> Vec<Judged> {
    let reference = run.problem.reference_answer.as_deref().and_then(Answer::parse);
    let one = |(solution, name): (&crate::domain::ScoredSolution, String)| {
        let normal = solution.answer.as_deref().and_then(Answer::parse);
        let words = match (&normal, &reference, solution.correct) {
            (_, None, _) | (_, _, None) => "nothing to compare with".to_owned(),
            (None, Some(_), Some(_)) => "no answer line: wrong".to_owned(),
            (Some(answer), Some(reference), Some(correct)) => {
                let numbers = answer.is_number() && reference.is_number();
                let how = if numbers { "as numbers" } else { "as text" };
                let what = if correct { "the same" } else { "different" };
                format!("compared {how} with {reference}: {what}")
            }
        };
        let normal = normal.map(|answer| answer.to_string());
        Judged { name: name.replace('-', " "), written: solution.answer.clone(), normal, words }
    };
    run.solutions.iter().zip(slugs(&run.solutions)).map(one).collect()
}
