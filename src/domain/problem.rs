//! The problem Q: a math word problem, perhaps with the answer it should have.

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::input::{Invalid, refuse_control_characters};

/// Longest problem accepted, in bytes of UTF-8.
pub const MAX_PROBLEM_BYTES: usize = 16 * 1024;
/// Longest reference answer accepted, in bytes of UTF-8.
const MAX_ANSWER_BYTES: usize = 256;

/// A problem that passed the door: not blank, bounded, free of control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    text: String,
    reference_answer: Option<Answer>,
}

impl Problem {
    /// The only door. White space at the ends goes; everything else stays as given.
    ///
    /// # Errors
    /// [`Invalid`] at `/problem` (`blank`, `too_long`, `control_character`) or at
    /// `/reference_answer`.
    pub fn parse(text: &str, reference_answer: Option<&str>) -> Result<Self, Invalid> {
        if text.len() > MAX_PROBLEM_BYTES {
            let detail =
                format!("at most {MAX_PROBLEM_BYTES} bytes are allowed, {} were given", text.len());
            return Err(Invalid::new("/problem", "too_long", detail));
        }
        refuse_control_characters("/problem", text)?;
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::new("/problem", "blank", "a problem needs at least one word"));
        }
        let reference_answer = reference_answer.map(parse_reference).transpose()?.flatten();
        Ok(Self { text: text.to_owned(), reference_answer })
    }

    /// The words of the problem.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The answer it should have, when known.
    pub fn reference_answer(&self) -> Option<&Answer> {
        self.reference_answer.as_ref()
    }

    /// Whether `answer` is right; `None` when nobody knows.
    pub fn is_correct(&self, answer: Option<&Answer>) -> Option<bool> {
        self.reference_answer.as_ref().map(|reference| answer == Some(reference))
    }
}

/// A blank reference answer is what an empty form field sends: it means none.
fn parse_reference(text: &str) -> Result<Option<Answer>, Invalid> {
    const POINTER: &str = "/reference_answer";
    if text.len() > MAX_ANSWER_BYTES {
        let detail =
            format!("at most {MAX_ANSWER_BYTES} bytes are allowed, {} were given", text.len());
        return Err(Invalid::new(POINTER, "too_long", detail));
    }
    refuse_control_characters(POINTER, text)?;
    Ok(Answer::parse(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        Problem::parse(text, None).expect_err("should be refused").code
    }

    #[test]
    fn bad_problems_are_refused_by_name() {
        assert_eq!(code(" \n\t "), "blank");
        assert_eq!(code("a\0b"), "control_character");
        assert_eq!(code(&"x".repeat(MAX_PROBLEM_BYTES + 1)), "too_long");
        assert!(Problem::parse(&"x".repeat(MAX_PROBLEM_BYTES), None).is_ok());
    }

    #[test]
    fn correctness_is_unknown_without_a_reference() {
        let nine = Answer::parse("9");
        let unknown = Problem::parse("How many?", Some("  ")).expect("valid");
        assert_eq!(unknown.is_correct(nine.as_ref()), None);
        let known = Problem::parse("How many?", Some("$9.00")).expect("valid");
        assert_eq!(known.is_correct(nine.as_ref()), Some(true));
        assert_eq!(known.is_correct(None), Some(false), "no answer is a wrong answer");
    }
}
