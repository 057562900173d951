//! PRM800K's form, with the fields its loaders read: one line a submission.

use serde::{Deserialize, Serialize};

use super::rating::Rating;
use super::record::{Outcome, Reviewed, Said, Submission};

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prm800k {
    pub labeler: String,
    /// RFC 3339.
    pub timestamp: String,
    pub generation: Option<i64>,
    pub is_quality_control_question: bool,
    pub is_initial_screening_question: bool,
    pub question: Question,
    pub label: Label,
}

/// What was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub problem: String,
    pub ground_truth_solution: Option<String>,
    pub ground_truth_answer: Option<String>,
    pub pre_generated_steps: Vec<String>,
    pub pre_generated_answer: Option<String>,
    pub pre_generated_verifier_score: Option<f64>,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    pub steps: Vec<Step>,
    /// Milliseconds at work.
    pub total_time: u64,
    /// `found_error`, `solution`, `bad_problem` or `give_up`.
    pub finish_reason: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub completions: Vec<Completion>,
    /// The step as the person would have it.
    pub human_completion: Option<Human>,
    /// None of a wrong step that has no human completion.
    pub chosen_completion: Option<usize>,
}

/// A rated text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    pub text: String,
    pub rating: Option<i64>,
    /// The person was unsure.
    pub flagged: bool,
}

/// A text that a person wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Human {
    pub text: String,
}

/// The line of a submission. `timestamp` is when it was handed in. Steps after the last about which
/// something was said are left out of the label, as in the original.
pub(super) fn line(item: &Reviewed, submission: &Submission, timestamp: String) -> Prm800k {
    let said = |said: &Said| said.rating.is_some() || said.unsure || said.correction.is_some();
    let last = submission.steps.iter().rposition(said).map_or(0, |last| last + 1);
    let each = item.steps.iter().zip(&submission.steps).take(last);
    Prm800k {
        labeler: submission.person.clone(),
        timestamp,
        generation: None,
        is_quality_control_question: item.gold.is_some(),
        is_initial_screening_question: false,
        question: Question {
            problem: item.problem.clone(),
            ground_truth_solution: None,
            ground_truth_answer: item.reference_answer.clone(),
            pre_generated_steps: item.steps.iter().map(|step| step.text.clone()).collect(),
            pre_generated_answer: item.answer.clone(),
            pre_generated_verifier_score: item.orm,
        },
        label: Label {
            steps: each.map(|(step, said)| one(&step.text, said)).collect(),
            total_time: (submission.active_seconds * 1000.0).round() as u64,
            finish_reason: finish(submission).to_owned(),
        },
    }
}

fn finish(submission: &Submission) -> &'static str {
    let wrong = submission.steps.iter().any(|said| said.rating == Some(Rating::Wrong));
    match submission.outcome {
        Outcome::BadProblem => "bad_problem",
        Outcome::GaveUp => "give_up",
        Outcome::Rated if wrong => "found_error",
        Outcome::Rated => "solution",
    }
}

fn one(text: &str, said: &Said) -> Step {
    let human = said.correction.as_ref().map(|text| Human { text: text.clone() });
    // With a human completion and no choice, readers take the human's step for the rated one.
    let chosen = human.is_some() || said.rating != Some(Rating::Wrong);
    Step {
        completions: vec![Completion {
            text: text.to_owned(),
            rating: said.rating.map(Rating::value),
            flagged: said.unsure,
        }],
        human_completion: human,
        chosen_completion: chosen.then_some(0),
    }
}

/// What a line says of each of its steps, for a program that takes such lines in. Only lines whose
/// steps have one completion each, a known rating and a known end can be taken in whole.
///
/// # Errors
/// The field, and what it should be.
pub fn from_prm800k(line: &Prm800k) -> Result<(Outcome, Vec<Said>), String> {
    let mut steps = Vec::new();
    for (i, step) in line.label.steps.iter().enumerate() {
        let [completion] = step.completions.as_slice() else {
            let n = step.completions.len();
            return Err(format!("label.steps[{i}].completions has {n} entries, expected 1"));
        };
        if line.question.pre_generated_steps.get(i) != Some(&completion.text) {
            let place = format!("label.steps[{i}].completions[0].text");
            return Err(format!("{place} is not question.pre_generated_steps[{i}]"));
        }
        let known = |value| {
            Rating::from_value(value).ok_or_else(|| {
                format!("label.steps[{i}].completions[0].rating is {value}, expected -1, 0 or 1")
            })
        };
        steps.push(Said {
            rating: completion.rating.map(known).transpose()?,
            unsure: completion.flagged,
            critique: None,
            correction: step.human_completion.as_ref().map(|human| human.text.clone()),
        });
    }
    steps.resize(line.question.pre_generated_steps.len(), Said::default());
    let outcome = match line.label.finish_reason.as_str() {
        "found_error" | "solution" => Outcome::Rated,
        "bad_problem" => Outcome::BadProblem,
        "give_up" => Outcome::GaveUp,
        other => return Err(format!("label.finish_reason is `{other}`, which is not known")),
    };
    Ok((outcome, steps))
}

#[cfg(test)]
mod tests {
    use super::super::testing::reviewed;
    use super::*;

    #[test]
    fn a_line_says_what_was_said_and_can_be_read_back() {
        let mut item = reviewed(&[&[1, 8, -1, 9]]);
        item.submissions[0].steps[2].correction = Some("right".to_owned());
        let written = line(&item, &item.submissions[0], "1970-01-01T00:00:01Z".to_owned());
        assert_eq!(written.label.finish_reason, "found_error");
        assert_eq!(written.label.steps.len(), 3, "the fourth was not looked at");
        assert_eq!(written.label.total_time, 10_000);
        let json = serde_json::to_string(&written).expect("JSON");
        let read: Prm800k = serde_json::from_str(&json).expect("read");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), json);
        let (outcome, steps) = from_prm800k(&read).expect("known");
        assert_eq!((outcome, &steps), (Outcome::Rated, &item.submissions[0].steps));
    }

    #[test]
    fn what_cannot_be_taken_in_is_named() {
        let item = reviewed(&[&[1, -1]]);
        let mut written = line(&item, &item.submissions[0], String::new());
        written.label.steps[1].completions[0].rating = Some(3);
        let error = from_prm800k(&written).expect_err("no such rating");
        assert!(error.starts_with("label.steps[1].completions[0].rating is 3"), "{error}");
        written.label.steps[0].completions.clear();
        assert!(from_prm800k(&written).expect_err("none").contains("has 0 entries"));
    }
}
