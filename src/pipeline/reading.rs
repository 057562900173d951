//! From what a model wrote to a solution, whatever it wrote.

use crate::domain::{Finish, MAX_STEPS, Solution, SolutionKind};

/// What stands for bytes that are no text.
const NO_TEXT: char = char::REPLACEMENT_CHARACTER;

/// A solution that has not been scored yet.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) kind: SolutionKind,
    pub(super) from_step: Option<usize>,
    pub(super) solution: Solution,
    pub(super) tokens: usize,
    pub(super) finish: Finish,
    pub(super) seed: u64,
    pub(super) model: String,
    pub(super) prompt: String,
    /// What went differently than asked, in sentences.
    pub(super) notes: Vec<String>,
}

/// The steps that were kept, then what the model wrote. `cut` says that the token limit ended it.
///
/// A malformed text is a solution without an answer, never an error: models write such things, and
/// the ORM can tell. An answer counts only when it is whole: not when the limit cut it off in the
/// middle of the number, not when more steps came before it than a solution may have.
pub(super) fn solution(kept: &[String], text: &str, cut: bool) -> Solution {
    // Control characters would act on terminals and log files; line breaks mean something here.
    let text: String =
        text.chars().map(|c| if c.is_control() && c != '\n' { NO_TEXT } else { c }).collect();
    let mut solution = Solution::split(&text);
    let half_written = cut && !text.ends_with('\n');
    let no_text = solution.answer_text.as_ref().is_some_and(|answer| answer.contains(NO_TEXT));
    solution.steps.splice(0..0, kept.iter().cloned());
    let too_long = solution.steps.len() > MAX_STEPS;
    if half_written || no_text || too_long {
        solution.answer_text = None;
    }
    solution.steps.truncate(MAX_STEPS);
    solution
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kept_steps_come_first() {
        let kept = ["a = 1".to_owned()];
        let solution = solution(&kept, "b = 2\n#### 2\n", false);
        assert_eq!(solution.steps, ["a = 1", "b = 2"]);
        assert_eq!(solution.answer_text.as_deref(), Some("2"));
    }

    #[test]
    fn a_half_written_answer_is_none() {
        assert_eq!(solution(&[], "a = 12\n#### 1", true).answer_text, None);
        assert_eq!(solution(&[], "a = 12\n#### 12\n", true).answer_text.as_deref(), Some("12"));
        assert_eq!(solution(&[], "a = 12\n#### 12", false).answer_text.as_deref(), Some("12"));
        assert_eq!(solution(&[], "a\n#### 1\u{fffd}\n", false).answer_text, None);
    }

    #[test]
    fn a_rambling_solution_is_cut_and_has_no_answer() {
        let text = format!("{}#### 3\n", "x = 1\n".repeat(100));
        let solution = solution(&[], &text, false);
        assert_eq!((solution.steps.len(), solution.answer_text), (MAX_STEPS, None));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_bounded_solution_without_control_characters(text in "(?s).{0,300}", cut: bool) {
            let solution = solution(&[], &text, cut);
            prop_assert!(solution.steps.len() <= MAX_STEPS);
            prop_assert!(solution.join().chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
