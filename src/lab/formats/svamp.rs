//! SVAMP: `{ID, Body, Question, Equation, Answer, Type}`; the story and its question apart.

use super::field::{Field, Refusal};
use super::{Given, limits};

/// One record. The story seldom ends with a full stop; it is given one.
pub(super) fn read(record: &Field<'_>) -> Result<Given, Refusal> {
    let (body, question) = (record.at("Body").text()?.trim(), record.at("Question").text()?.trim());
    let stop =
        if body.is_empty() || body.ends_with(['.', '!', '?', ',', ';', ':']) { "" } else { "." };
    let problem = limits::problem(&format!("{body}{stop} {question}"))?;
    let answer = record.at("Answer").answer()?;
    let answer = answer.ok_or_else(|| record.at("Answer").expected("text or a number"))?;
    Ok(Given { problem, answer: Some(answer), solution: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Answer;
    use serde_json::json;

    #[test]
    fn story_and_question_make_a_problem() {
        let record = json!({
            "ID": "made-1", "Body": "Ida has 9 stamps and gives 4 away", "Type": "Subtraction",
            "Question": "How many stamps has she now?", "Equation": "( 9.0 - 4.0 )", "Answer": 5.0,
        });
        let given = read(&Field::root(&record)).expect("read");
        assert_eq!(
            given.problem,
            "Ida has 9 stamps and gives 4 away. How many stamps has she now?"
        );
        assert_eq!(given.answer.as_deref().and_then(Answer::parse), Answer::parse("5"));
    }

    #[test]
    fn an_answer_of_another_type_is_named() {
        let record = json!({"Body": "B.", "Question": "Q?", "Answer": [5]});
        let refused = read(&Field::root(&record)).expect_err("an array");
        let reason = "is [5], expected text or a number".to_owned();
        assert_eq!(refused, Refusal::Wrong { field: "Answer".to_owned(), reason });
    }
}
