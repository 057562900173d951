//! TRL's two forms: `{prompt, completion}` for a policy or a refiner, and `{prompt, completions,
//! labels}` ("stepwise supervision") for a reward model. The second is read as well.

use serde::Serialize;

use super::field::{Field, Refusal};
use super::{Stepwise, limits};

/// One line for a trainer of language models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prompted {
    pub prompt: String,
    pub completion: String,
}

/// One line for a trainer of reward models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Supervised {
    pub prompt: String,
    pub completions: Vec<String>,
    /// One for each completion: whether it is right.
    pub labels: Vec<bool>,
}

/// One record of stepwise supervision. Labels after the first wrong one are not kept.
pub(super) fn read(record: &Field<'_>) -> Result<Stepwise, Refusal> {
    let problem = limits::problem(record.at("prompt").text()?)?;
    let items = record.at("completions").list()?;
    let texts = items.iter().map(Field::text).collect::<Result<Vec<_>, _>>()?;
    let labels = record.at("labels");
    let right = labels.list()?.iter().map(Field::boolean).collect::<Result<Vec<_>, _>>()?;
    if right.len() != texts.len() {
        let reason = format!("has {} labels for {} completions", right.len(), texts.len());
        return Err(labels.wrong(reason));
    }
    let steps = limits::lines(texts)?;
    let first_error = right.iter().position(|right| !right).map(|i| i + 1);
    Ok(Stepwise { problem, steps, first_error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::formats::testing::stepwise;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn labels_must_be_as_many_as_completions() {
        let record = json!({"prompt": "Q", "completions": ["a", "b"], "labels": [true]});
        let Err(Refusal::Wrong { field, reason }) = read(&Field::root(&record)) else {
            panic!("taken");
        };
        assert_eq!((field.as_str(), reason.as_str()), ("labels", "has 1 labels for 2 completions"));
        let record = json!({"prompt": "Q", "completions": ["a", "b"], "labels": [true, 2]});
        let Err(Refusal::Wrong { field, .. }) = read(&Field::root(&record)) else {
            panic!("taken");
        };
        assert_eq!(field, "labels[1]");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(stepwise in stepwise()) {
            let wrong_from = stepwise.first_error.unwrap_or(usize::MAX);
            let line = Supervised {
                prompt: format!("{}\n", stepwise.problem),
                completions: stepwise.steps.clone(),
                labels: (1..=stepwise.steps.len()).map(|step| step < wrong_from).collect(),
            };
            let value = serde_json::to_value(&line).expect("written");
            prop_assert_eq!(read(&Field::root(&value)), Ok(stepwise));
        }
    }
}
