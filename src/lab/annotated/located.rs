//! Who finds the first error of solutions that people judged.

use serde::{Deserialize, Serialize};

use crate::domain::{Role, Solution};
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::formats::Stepwise;
use crate::lab::measure::{Figure, best_cut, bootstrap, rate};
use crate::lab::runner::Runner;
use crate::lab::sampling::score;

/// How well a SORM finds first errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Located {
    pub threshold: f64,
    /// Solutions whose first error, or having none, was told exactly.
    pub accuracy: Figure,
    /// The same of those with an error, and of those without.
    pub erroneous: Figure,
    pub correct: Figure,
    /// One for each solution.
    #[serde(skip)]
    pub hits: Vec<bool>,
}

impl Located {
    /// By how much another one tells more of the same solutions, resampled together.
    pub fn gain(&self, later: &Located, seed: u64) -> Figure {
        let difference = |i: &usize| f64::from(later.hits[*i]) - f64::from(self.hits[*i]);
        let n = self.hits.len().min(later.hits.len());
        bootstrap(n, seed, |drawn| {
            (!drawn.is_empty())
                .then(|| drawn.iter().map(difference).sum::<f64>() / drawn.len() as f64)
        })
    }
}

/// Scores of the steps of records, under which a threshold is to be found or used.
pub(super) fn scores(
    sorm: &dyn Runner,
    tokenizer: &Tokenizer,
    records: &[Stepwise],
) -> Result<Vec<Vec<f64>>, LabError> {
    let solutions: Vec<Solution> = records
        .iter()
        .map(|record| Solution { steps: record.steps.clone(), answer_text: None })
        .collect();
    let items: Vec<_> =
        records.iter().zip(&solutions).map(|(r, s)| (r.problem.as_str(), s)).collect();
    let scored = score(sorm, Role::Sorm, tokenizer, &items)?;
    Ok(scored.into_iter().map(|scores| scores.steps).collect())
}

/// The threshold that tells most steps of records right, up to each first error.
pub(super) fn threshold(scores: &[Vec<f64>], records: &[Stepwise]) -> f64 {
    let of = |(scores, record): (&Vec<f64>, &Stepwise)| -> Vec<(f64, bool)> {
        let judged = record.first_error.unwrap_or(scores.len());
        let right = |step: usize| record.first_error != Some(step);
        (1..=judged).zip(scores).map(|(step, &score)| (score, right(step))).collect()
    };
    best_cut(&scores.iter().zip(records).flat_map(of).collect::<Vec<_>>())
}

/// Measures a SORM at a threshold.
///
/// # Errors
/// [`LabError`] when a solution does not fit the model or the model fails.
pub fn located(
    sorm: &dyn Runner,
    tokenizer: &Tokenizer,
    records: &[Stepwise],
    threshold: f64,
) -> Result<Located, LabError> {
    let scores = scores(sorm, tokenizer, records)?;
    let first = |steps: &[f64]| steps.iter().position(|&s| s < threshold).map(|i| i + 1);
    let hits: Vec<bool> =
        scores.iter().zip(records).map(|(s, r)| first(s) == r.first_error).collect();
    let of = |wrong: bool| {
        let each = hits.iter().zip(records);
        each.filter(move |(_, r)| r.first_error.is_some() == wrong).map(|(hit, _)| *hit)
    };
    Ok(Located {
        threshold,
        accuracy: rate(hits.iter().copied()),
        erroneous: rate(of(true)),
        correct: rate(of(false)),
        hits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_after_the_first_error_do_not_move_the_threshold() {
        let record = |first_error| Stepwise {
            problem: "Q".to_owned(),
            steps: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
            first_error,
        };
        let cut = threshold(
            &[vec![0.9, 0.3, 0.95], vec![0.8, 0.7, 0.6]],
            &[record(Some(2)), record(None)],
        );
        assert!(cut > 0.3 && cut <= 0.6, "{cut}");
    }

    #[test]
    fn a_gain_is_paired() {
        let with = |hits: &[bool]| Located {
            threshold: 0.5,
            accuracy: rate(hits.iter().copied()),
            erroneous: Figure::NONE,
            correct: Figure::NONE,
            hits: hits.to_vec(),
        };
        let gain = with(&[true, false, false]).gain(&with(&[true, true, false]), 1);
        assert!((gain.value.expect("a value") - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(with(&[]).gain(&with(&[]), 1).value, None);
    }
}
