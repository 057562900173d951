//! GSM8K: `{question, answer}`; the answer has a step a line, with calculator marks such as
//! `<<3*4=12>>`, and a last line `#### 12`.

use super::field::{Field, Refusal};
use super::{Given, limits};
use crate::domain::Solution;

/// One record.
pub(super) fn read(record: &Field<'_>) -> Result<Given, Refusal> {
    let problem = limits::problem(record.at("question").text()?)?;
    let solution = Solution::split(&unmarked(record.at("answer").text()?));
    let Some(answer) = solution.answer_text.clone() else {
        return Err(Refusal::Useless("its answer has no `#### n` line".to_owned()));
    };
    limits::steps(&solution.steps)?;
    let solution = (!solution.steps.is_empty()).then_some(solution);
    Ok(Given { problem, answer: Some(answer), solution })
}

/// A text without its calculator marks.
pub(super) fn unmarked(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<<") {
        let Some((_, after)) = after.split_once(">>") else { break };
        left.push_str(before);
        rest = after;
    }
    left + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn marks_go_and_steps_and_answer_stay() {
        let record = json!({
            "question": "Mo fills 3 jars with 4 beads each and drops 2 beads. How many are left?",
            "answer": "The jars hold 3*4 = <<3*4=12>>12 beads.\n12-2 = <<12-2=10>>10.\n#### 10",
        });
        let given = read(&Field::root(&record)).expect("read");
        let solution = given.solution.expect("worked");
        assert_eq!(solution.steps, ["The jars hold 3*4 = 12 beads.", "12-2 = 10."]);
        assert_eq!(given.answer.as_deref(), Some("10"));
        assert_eq!(solution.answer_text.as_deref(), Some("10"));
    }

    #[test]
    fn an_answer_without_its_line_is_set_aside_and_a_missing_one_refused() {
        let unfinished = json!({"question": "How many?", "answer": "3*4 = 12"});
        assert!(matches!(read(&Field::root(&unfinished)), Err(Refusal::Useless(_))));
        let missing = json!({"question": "How many?"});
        assert!(matches!(read(&Field::root(&missing)), Err(Refusal::Wrong { .. })));
    }

    proptest! {
        #[test]
        fn marks_added_anywhere_are_taken_away(parts in prop::collection::vec("[a-z0-9 =+.]{0,8}", 1..6)) {
            let marked = parts.join("<<1+1=2>>");
            prop_assert_eq!(unmarked(&marked), parts.concat());
        }
    }
}
