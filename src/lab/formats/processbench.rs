//! ProcessBench: `{id, generator, problem, steps, final_answer_correct, label}`; the label is the
//! 0-based first wrong step, or -1. Only problem, steps and label are needed.

use serde::Serialize;

use super::field::{Field, Refusal};
use super::{Stepwise, limits};
use crate::lab::labels::Rules;
use crate::lab::sets::Rollouts;

/// One record.
pub(super) fn read(record: &Field<'_>) -> Result<Stepwise, Refusal> {
    let problem = limits::problem(record.at("problem").text()?)?;
    let items = record.at("steps").list()?;
    let texts = items.iter().map(Field::text).collect::<Result<Vec<_>, _>>()?;
    let label = record.at("label");
    let first_error = match label.integer()? {
        -1 => None,
        index => match usize::try_from(index) {
            Ok(index) if index < texts.len() => Some(index + 1),
            _ if texts.is_empty() => return Err(label.expected("-1, as there are no steps")),
            _ => return Err(label.expected(&format!("-1 or a step from 0 to {}", texts.len() - 1))),
        },
    };
    let steps = limits::lines(texts)?;
    Ok(Stepwise { problem, steps, first_error })
}

/// A [`Stepwise`] as it is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generator: Option<String>,
    problem: String,
    steps: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    final_answer_correct: Option<bool>,
    /// 0-based; -1 when every step is right.
    label: i64,
}

impl From<&Stepwise> for Judged {
    fn from(stepwise: &Stepwise) -> Self {
        Self {
            id: None,
            generator: None,
            problem: stepwise.problem.clone(),
            steps: stepwise.steps.clone(),
            final_answer_correct: None,
            label: stepwise.first_error.map_or(-1, |step| step as i64 - 1),
        }
    }
}

/// Rolled-out samples with the first step that `rules` label wrong. These labels are synthetic: they
/// say from where the student did not reach the answer any more. Samples without steps are left out.
pub fn judged(rollouts: &[Rollouts], rules: Rules) -> Vec<Judged> {
    let one = |rollouts: &Rollouts| {
        let sample = &rollouts.sample;
        let first_wrong = rollouts.labels.under(rules).iter().position(|right| !right);
        Judged {
            id: Some(format!("{}-{}", sample.problem_id, sample.sample_id)),
            generator: Some(sample.model.clone()),
            problem: sample.problem.clone(),
            steps: sample.solution.steps.clone(),
            final_answer_correct: Some(sample.correct),
            label: first_wrong.map_or(-1, |index| index as i64),
        }
    };
    rollouts.iter().filter(|r| !r.sample.solution.steps.is_empty()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::formats::testing::{rollouts, stepwise};
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_label_counts_from_zero() {
        let record = json!({
            "id": "made-0", "generator": "nobody", "final_answer_correct": false, "label": 1,
            "problem": "Eva reads 7 pages a day. How many in 2 weeks?",
            "steps": ["Two weeks have 14 days.", "She reads\n14 + 7 = 21 pages."],
        });
        let read = read(&Field::root(&record)).expect("read");
        assert_eq!(read.first_error, Some(2));
        assert_eq!(read.steps[1], "She reads 14 + 7 = 21 pages.");
    }

    #[test]
    fn a_label_outside_the_steps_is_named() {
        for (label, found) in [(json!(1), "1"), (json!(-2), "-2"), (json!("none"), "\"none\"")] {
            let record = json!({"problem": "Q", "steps": ["a"], "label": label});
            let Err(Refusal::Wrong { field, reason }) = read(&Field::root(&record)) else {
                panic!("{label} was taken");
            };
            assert_eq!(field, "label");
            assert!(reason.starts_with(&format!("is {found}, expected")), "{reason}");
        }
    }

    #[test]
    fn rollouts_are_written_with_their_first_wrong_step() {
        let lines = judged(&[rollouts(&[true, false]), rollouts(&[true, true])], Rules::default());
        let value = serde_json::to_value(&lines).expect("written");
        assert_eq!((&value[0]["label"], &value[1]["label"]), (&json!(1), &json!(-1)));
        assert_eq!(value[0]["final_answer_correct"], json!(false));
        let read = read(&Field::root(&value[0])).expect("read");
        assert_eq!(read.steps, rollouts(&[true, false]).sample.solution.steps);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(stepwise in stepwise()) {
            let value = serde_json::to_value(Judged::from(&stepwise)).expect("written");
            prop_assert_eq!(read(&Field::root(&value)), Ok(stepwise));
        }
    }
}
