//! Whether an answer matches the reference: sign and words.

use crate::domain::{Run, ScoredSolution};

/// What is known of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `right`, `wrong` or `unknown`; names the symbol.
    pub class: &'static str,
    /// ✓, ✗ or –.
    pub sign: &'static str,
    /// A few words, such as `matches the reference 37`.
    pub words: String,
    /// One word, for tables.
    pub word: &'static str,
}

impl Verdict {
    /// On a solution of a run.
    pub fn of(run: &Run, solution: &ScoredSolution) -> Self {
        let reference = run.problem.reference_answer.as_deref();
        Self::new(solution.correct, solution.answer.is_some(), reference)
    }

    /// `correct` is compared as numbers by whoever stored it; it is not compared again here.
    pub fn new(correct: Option<bool>, has_answer: bool, reference: Option<&str>) -> Self {
        let reference = reference.unwrap_or("answer");
        let (class, sign, word, words) = match (correct, has_answer) {
            (Some(true), _) => {
                ("right", "✓", "right", format!("matches the reference {reference}"))
            }
            (Some(false), true) => {
                ("wrong", "✗", "wrong", format!("differs from the reference {reference}"))
            }
            (Some(false), false) => {
                ("wrong", "✗", "wrong", format!("no answer; the reference is {reference}"))
            }
            (None, true) => ("unknown", "–", "unknown", "no reference answer".to_owned()),
            (None, false) => ("unknown", "–", "unknown", "no answer".to_owned()),
        };
        Self { class, sign, words, word }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_is_a_wrong_answer_only_beside_a_reference() {
        assert_eq!(Verdict::new(Some(false), false, Some("37")).sign, "✗");
        let unknown = Verdict::new(None, false, None);
        assert_eq!((unknown.sign, unknown.words.as_str()), ("–", "no answer"));
        let right = Verdict::new(Some(true), true, Some("37"));
        assert_eq!((right.sign, right.words.as_str()), ("✓", "matches the reference 37"));
    }
}
