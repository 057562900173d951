//! TRL's stepwise supervision: `{prompt, completions, labels}`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rating::Rating;
use super::record::Reviewed;
use super::resolve::Resolved;

/// What a rating of 0 becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Neutral {
    /// Right.
    #[default]
    Positive,
    /// Wrong.
    Negative,
    /// Items with one before their first error are left out: a step cannot be taken out of the
    /// middle of a solution.
    Drop,
}

/// What becomes of the steps after the first wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AfterError {
    /// They are cut off.
    #[default]
    Truncate,
    /// They are wrong as well, whatever their rating.
    False,
}

/// What becomes of a step without a label before the first wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unrated {
    /// The solution is cut off before it.
    #[default]
    Truncate,
    /// The item is left out.
    DropItem,
}

/// How labels become true and false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Training {
    pub neutral: Neutral,
    pub after_first_error: AfterError,
    pub unrated: Unrated,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stepwise {
    pub prompt: String,
    pub completions: Vec<String>,
    /// One for each completion: whether it is right.
    pub labels: Vec<bool>,
}

impl Training {
    /// The line of an item.
    ///
    /// # Errors
    /// Why it is left out, in a few words.
    pub fn line(self, item: &Reviewed, resolved: &Resolved) -> Result<Stepwise, &'static str> {
        let mut line =
            Stepwise { prompt: prompt(&item.problem), completions: Vec::new(), labels: Vec::new() };
        let mut push = |text: &str, right| {
            line.completions.push(text.to_owned());
            line.labels.push(right);
        };
        let ratings = resolved.ratings.iter().copied().chain(std::iter::repeat(None));
        let mut steps = item.steps.iter().zip(ratings);
        for (step, rating) in steps.by_ref() {
            let right = match rating {
                Some(Rating::Good) => true,
                Some(Rating::Wrong) => false,
                Some(Rating::Fine) => match self.neutral {
                    Neutral::Positive => true,
                    Neutral::Negative => false,
                    Neutral::Drop => return Err("a step is neither right nor wrong"),
                },
                None if self.unrated == Unrated::DropItem => return Err("a step is not rated"),
                None => break,
            };
            push(&step.text, right);
            if !right {
                if self.after_first_error == AfterError::False {
                    steps.for_each(|(step, _)| push(&step.text, false));
                }
                break;
            }
        }
        if line.completions.is_empty() { Err("no step has a label") } else { Ok(line) }
    }
}

/// What stands before the first step, as a reward model served here reads it.
pub(super) fn prompt(problem: &str) -> String {
    format!("{problem}\n")
}

#[cfg(test)]
mod tests {
    use super::super::resolve::{Resolve, resolve};
    use super::super::testing::reviewed;
    use super::*;

    fn labels(row: &[i64], how: Training) -> Result<Vec<bool>, &'static str> {
        let item = reviewed(&[row]);
        let resolved = resolve(&item, Resolve::Majority).expect("labels");
        how.line(&item, &resolved).map(|line| {
            assert_eq!(line.completions.len(), line.labels.len());
            line.labels
        })
    }

    #[test]
    fn every_option_does_what_it_says() {
        let usual = Training::default();
        assert_eq!(labels(&[1, 0, -1, 1], usual), Ok(vec![true, true, false]));
        let after = Training { after_first_error: AfterError::False, ..usual };
        assert_eq!(labels(&[1, 0, -1, 1], after), Ok(vec![true, true, false, false]));
        let negative = Training { neutral: Neutral::Negative, ..usual };
        assert_eq!(labels(&[1, 0, -1, 1], negative), Ok(vec![true, false]));
        let drop = Training { neutral: Neutral::Drop, ..usual };
        assert_eq!(labels(&[1, 0, -1], drop), Err("a step is neither right nor wrong"));
        assert_eq!(labels(&[-1, 0], drop), Ok(vec![false]), "after the error it does not matter");
        assert_eq!(labels(&[1, 9, -1], usual), Ok(vec![true]), "not rated is not zero");
        let whole = Training { unrated: Unrated::DropItem, ..usual };
        assert_eq!(labels(&[1, 9, -1], whole), Err("a step is not rated"));
        assert_eq!(labels(&[8, 1], usual), Err("no step has a label"));
    }
}
