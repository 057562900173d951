//! Ours: `{problem, answer?, solution?}`, the solution as text with a step a line.

use serde::Serialize;

use super::field::{Field, Refusal};
use super::{Given, limits};
use crate::domain::Solution;

/// One record. Without an answer of its own it has that of its solution, if there is one.
pub(super) fn read(record: &Field<'_>) -> Result<Given, Refusal> {
    let problem = limits::problem(record.at("problem").text()?)?;
    let solution = match record.at("solution") {
        none if none.is_absent() => None,
        some => Some(Solution::split(some.text()?)),
    };
    limits::steps(solution.iter().flat_map(|s| &s.steps))?;
    let of_solution = || solution.as_ref().and_then(|s| s.answer_text.clone());
    let answer = record.at("answer").answer()?.or_else(of_solution);
    Ok(Given { problem, answer, solution })
}

/// A [`Given`] as it is written.
#[derive(Debug, Serialize)]
pub struct GivenLine<'a> {
    problem: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
}

impl<'a> From<&'a Given> for GivenLine<'a> {
    fn from(given: &'a Given) -> Self {
        Self {
            problem: &given.problem,
            answer: given.answer.as_deref(),
            solution: given.solution.as_ref().map(Solution::join),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn given() -> impl Strategy<Value = Given> {
        let line = "[a-zA-Z0-9][a-zA-Z0-9 =+]{0,20}[a-z0-9]";
        let steps = prop::collection::vec(line, 1..5);
        (line, prop::option::of("[0-9]{1,6}"), prop::option::of(steps)).prop_map(
            |(problem, answer, steps)| {
                let answer_text = answer.clone();
                let solution = steps.map(|steps| Solution { steps, answer_text });
                Given { problem, answer, solution }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(given in given()) {
            let value = serde_json::to_value(GivenLine::from(&given)).expect("written");
            prop_assert_eq!(read(&Field::root(&value)), Ok(given));
        }
    }

    #[test]
    fn the_answer_of_the_solution_counts_when_there_is_no_other() {
        let value = serde_json::json!({"problem": "2 + 2?", "solution": "2 + 2 = 4\n#### 4"});
        assert_eq!(read(&Field::root(&value)).expect("read").answer.as_deref(), Some("4"));
    }
}
