//! PRM800K: `{question: {problem, ground_truth_answer}, label: {steps, finish_reason}}`. Each step
//! has one or more `completions` with a `rating` of 1, 0 or -1, the index of the chosen one, and in
//! phase 1 perhaps a right step that a person wrote instead.

use super::field::{Field, Refusal};
use super::{Stepwise, limits};

/// One record: the steps that were chosen, up to the first that is rated -1. A step without a choice
/// is its human completion, or else its first completion, which is the one of the rated solution. A
/// rating of 0 (neither wrong nor a gain) counts as right. Set aside are problems that the labeller
/// called broken, solutions given up before an error was found, and those without ratings.
pub(super) fn read(record: &Field<'_>) -> Result<Stepwise, Refusal> {
    let problem = limits::problem(record.at("question").at("problem").text()?)?;
    let label = record.at("label");
    let finish = label.at("finish_reason");
    let finish = if finish.is_absent() { "" } else { finish.text()? };
    if finish == "bad_problem" {
        return Err(Refusal::Useless("its labeller called the problem broken".to_owned()));
    }
    let mut texts = Vec::new();
    let mut first_error = None;
    for (i, step) in label.at("steps").list()?.iter().enumerate() {
        let (text, right) = chosen(step, i + 1)?;
        texts.push(text);
        if !right {
            first_error = Some(i + 1);
            break;
        }
    }
    if finish == "give_up" && first_error.is_none() {
        return Err(Refusal::Useless("its labeller gave up before the end".to_owned()));
    }
    let steps = limits::lines(texts)?;
    Ok(Stepwise { problem, steps, first_error })
}

/// The text of a step, and whether it is right. `number` counts from 1.
fn chosen<'a>(step: &Field<'a>, number: usize) -> Result<(&'a str, bool), Refusal> {
    let human = step.at("human_completion");
    let choice = step.at("chosen_completion");
    if choice.is_absent() && !human.is_absent() {
        // Some files hold the text alone, others an object around it.
        let text = human.at("text");
        return Ok((if text.is_absent() { human.text()? } else { text.text()? }, true));
    }
    let completions = step.at("completions").list()?;
    let index = if choice.is_absent() { 0 } else { choice.integer()? };
    let completion = usize::try_from(index).ok().and_then(|i| completions.get(i));
    let Some(completion) = completion else {
        if completions.is_empty() {
            return Err(Refusal::Useless(format!("its step {number} has no completion")));
        }
        return Err(choice.expected(&format!("an index below {}", completions.len())));
    };
    let rating = completion.at("rating");
    if rating.is_absent() {
        return Err(Refusal::Useless(format!("its step {number} is not rated")));
    }
    let right = match rating.integer()? {
        0 | 1 => true,
        -1 => false,
        _ => return Err(rating.expected("-1, 0 or 1")),
    };
    Ok((completion.at("text").text()?, right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn record(steps: Value) -> Value {
        json!({
            "labeler": "someone", "is_quality_control_question": false,
            "question": {"problem": "A farm has 6 hens and 2 dogs. How many legs?",
                         "ground_truth_answer": "20"},
            "label": {"steps": steps, "total_time": 1, "finish_reason": "found_error"},
        })
    }

    fn step(text: &str, rating: i64, chosen: Value) -> Value {
        let completion = json!({"text": text, "rating": rating, "flagged": null});
        json!({"completions": [completion], "human_completion": null, "chosen_completion": chosen})
    }

    #[test]
    fn steps_go_up_to_the_first_wrong_one() {
        let record = record(json!([
            step("I count legs.", 0, json!(0)),
            step("Hens: 6 * 2 = 12.", 1, json!(0)),
            step("Dogs: 2 * 2 = 4.", -1, Value::Null),
            step("16.", -1, json!(0)),
        ]));
        let read = read(&Field::root(&record)).expect("read");
        assert_eq!(read.steps, ["I count legs.", "Hens: 6 * 2 = 12.", "Dogs: 2 * 2 = 4."]);
        assert_eq!(read.first_error, Some(3));
    }

    #[test]
    fn the_choice_and_the_human_completion_count() {
        let record = record(json!([
            {"completions": [{"text": "Bad.", "rating": -1}, {"text": "Good.", "rating": 1}],
             "human_completion": null, "chosen_completion": 1},
            {"completions": [{"text": "Bad.", "rating": -1}],
             "human_completion": {"text": "Mine.", "rating": null}, "chosen_completion": null},
        ]));
        let read = read(&Field::root(&record)).expect("read");
        assert_eq!((read.steps, read.first_error), (vec!["Good.".into(), "Mine.".into()], None));
    }

    #[test]
    fn a_solution_that_was_given_up_counts_only_with_its_error() {
        let given_up = |rating| {
            let mut record = record(json!([step("a", rating, json!(0))]));
            record["label"]["finish_reason"] = json!("give_up");
            read(&Field::root(&record)).map(|stepwise| stepwise.first_error)
        };
        assert_eq!(given_up(-1), Ok(Some(1)));
        assert!(matches!(given_up(1), Err(Refusal::Useless(_))), "the rest was never judged");
    }

    #[test]
    fn bad_ratings_and_choices_are_named() {
        let refused = |steps| read(&Field::root(&record(steps))).expect_err("refused");
        let rating = refused(json!([step("a", 1, json!(0)), step("b", 7, json!(0))]));
        let field = "label.steps[1].completions[0].rating".to_owned();
        assert_eq!(
            rating,
            Refusal::Wrong { field, reason: "is 7, expected -1, 0 or 1".to_owned() }
        );
        let choice = refused(json!([step("a", 1, json!(3))]));
        let field = "label.steps[0].chosen_completion".to_owned();
        assert_eq!(
            choice,
            Refusal::Wrong { field, reason: "is 3, expected an index below 1".into() }
        );
        let unrated =
            json!([{"completions": [{"text": "a", "rating": null}], "chosen_completion": 0}]);
        assert_eq!(refused(unrated), Refusal::Useless("its step 1 is not rated".to_owned()));
    }
}
