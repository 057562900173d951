//! The solution A: steps S_1..S_L, one a line, then the answer line `#### n` (GSM8K form).

use serde::{Deserialize, Serialize};

use super::answer::{ANSWER_MARK, Answer};
use super::input::{Invalid, refuse_control_characters};

/// Most steps accepted in a solution.
pub const MAX_STEPS: usize = 64;
/// Longest step accepted, in bytes of UTF-8.
pub const MAX_STEP_BYTES: usize = 4 * 1024;

/// Steps without line breaks, and the final answer if the solution reached one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Solution {
    /// One line each, never blank, never beginning with the answer mark.
    pub steps: Vec<String>,
    /// As written after the answer mark.
    pub answer_text: Option<String>,
}

impl Solution {
    /// Splits a text into steps. Blank lines do not count; what follows the answer line is dropped.
    pub fn split(text: &str) -> Self {
        let mut steps = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(answer) = line.strip_prefix(ANSWER_MARK) {
                let answer = answer.trim();
                let answer_text = (!answer.is_empty()).then(|| answer.to_owned());
                return Self { steps, answer_text };
            }
            steps.push(line.to_owned());
        }
        Self { steps, answer_text: None }
    }

    /// The text form; [`Solution::split`] of it gives the same solution again.
    pub fn join(&self) -> String {
        let mut text = self.steps.join("\n");
        if let Some(answer) = &self.answer_text {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!("{ANSWER_MARK} {answer}"));
        }
        text
    }

    /// The door for solutions given by a client.
    ///
    /// # Errors
    /// [`Invalid`] at `pointer` (`blank`, `too_many_steps`, `control_character`) or at the step
    /// (`pointer/3`) that is `too_long`.
    pub fn parse(text: &str, pointer: &str) -> Result<Self, Invalid> {
        refuse_control_characters(pointer, text)?;
        let solution = Self::split(text);
        if solution.steps.is_empty() {
            return Err(Invalid::new(pointer, "blank", "a solution needs at least one step"));
        }
        if solution.steps.len() > MAX_STEPS {
            let detail = format!(
                "at most {MAX_STEPS} steps are allowed, {} were given",
                solution.steps.len()
            );
            return Err(Invalid::new(pointer, "too_many_steps", detail));
        }
        for (index, step) in solution.steps.iter().enumerate() {
            if step.len() > MAX_STEP_BYTES {
                let detail = format!(
                    "at most {MAX_STEP_BYTES} bytes a step are allowed, {} were given",
                    step.len()
                );
                return Err(Invalid::new(format!("{pointer}/{index}"), "too_long", detail));
            }
        }
        Ok(solution)
    }

    /// The final answer in canonical form.
    pub fn answer(&self) -> Option<Answer> {
        self.answer_text.as_deref().and_then(Answer::parse)
    }

    /// The prefix P_i: the first `i` steps, without an answer. `i` past the end gives all steps.
    pub fn prefix(&self, i: usize) -> &[String] {
        &self.steps[..i.min(self.steps.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_and_answer_are_told_apart() {
        let solution = Solution::split("  a = 1 \r\n\n b = 2\n#### 1,200\nleft over");
        assert_eq!(solution.steps, ["a = 1", "b = 2"]);
        assert_eq!(solution.answer(), Answer::parse("1200"));
        assert_eq!(solution.prefix(1), ["a = 1"]);
        assert_eq!(solution.prefix(9).len(), 2);
    }

    #[test]
    fn too_many_steps_are_refused_with_both_numbers() {
        let text = "x = 1\n".repeat(10_000);
        let refused = Solution::parse(&text, "/solution").expect_err("too many");
        assert_eq!(refused.code, "too_many_steps");
        assert!(refused.detail.contains("64") && refused.detail.contains("10000"));
    }

    #[test]
    fn an_answer_without_steps_is_no_solution() {
        assert_eq!(Solution::parse("#### 3", "/solution").expect_err("blank").code, "blank");
    }

    proptest! {
        #[test]
        fn join_then_split_is_the_identity(text in "[a-z0-9 #=\n]{0,200}") {
            let solution = Solution::split(&text);
            prop_assert_eq!(Solution::split(&solution.join()), solution);
        }
    }
}
