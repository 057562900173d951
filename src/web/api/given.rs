//! A solution handed in by a client, as one text or as a list of steps.

use crate::domain::{ANSWER_MARK, Invalid, Solution};

/// Exactly one of the two.
pub(super) fn solution(text: Option<&str>, steps: Option<&[String]>) -> Result<Solution, Invalid> {
    match (text, steps) {
        (Some(text), None) => Solution::parse(text, "/solution"),
        (None, Some(steps)) => {
            refuse_steps_that_are_not_one_line(steps)?;
            Solution::parse(&steps.join("\n"), "/steps")
        }
        (Some(_), Some(_)) => {
            let detail = "give either `solution` or `steps`, not both";
            Err(Invalid::new("/steps", "exclusive", detail))
        }
        (None, None) => {
            let detail = "either `solution` (a text) or `steps` (a list of lines) is needed";
            Err(Invalid::new("/solution", "missing_field", detail))
        }
    }
}

/// Joined and split again, the list must come out as it went in: the numbers of the steps in the
/// answer are the client's own.
fn refuse_steps_that_are_not_one_line(steps: &[String]) -> Result<(), Invalid> {
    for (index, step) in steps.iter().enumerate() {
        let refuse =
            |code, detail: &str| Err(Invalid::new(format!("/steps/{index}"), code, detail));
        if step.trim().is_empty() {
            return refuse("blank", "a step needs at least one word");
        }
        if step.contains(['\n', '\r']) {
            return refuse("line_break", "a step is one line");
        }
        if step.trim_start().starts_with(ANSWER_MARK) && index + 1 < steps.len() {
            return refuse("early_answer", "the answer line `#### n` must come last");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: Option<&str>, steps: Option<&[&str]>) -> (String, &'static str) {
        let steps = steps.map(|s| s.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let invalid = solution(text, steps.as_deref()).expect_err("refused");
        (invalid.pointer, invalid.code)
    }

    #[test]
    fn a_text_and_its_lines_are_the_same_solution() {
        let lines = ["1 + 1 = 2".to_owned(), "#### 2".to_owned()];
        let text = solution(Some("1 + 1 = 2\n#### 2"), None).expect("valid");
        assert_eq!(solution(None, Some(&lines)).expect("valid"), text);
    }

    #[test]
    fn what_would_change_the_numbering_is_refused() {
        assert_eq!(code(None, Some(&["a", " "])), ("/steps/1".into(), "blank"));
        assert_eq!(code(None, Some(&["a\nb"])), ("/steps/0".into(), "line_break"));
        assert_eq!(code(None, Some(&["#### 2", "a"])), ("/steps/0".into(), "early_answer"));
        assert_eq!(code(Some("a"), Some(&["a"])), ("/steps".into(), "exclusive"));
        assert_eq!(code(None, None), ("/solution".into(), "missing_field"));
    }
}
