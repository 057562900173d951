//! Given solutions with a known first error: who finds it (ProcessBench's measure).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::models::Models;
use super::stats::{Figure, bootstrap, rate};
use super::threshold::Thresholds;
use crate::domain::{Role, Solution};
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::sampling::score;

/// A solution of a problem, and its first wrong step (from 1), if it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub problem: String,
    pub solution: Solution,
    pub first_error: Option<usize>,
}

/// What one reward model found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// `orm` or `sorm`.
    pub model: String,
    pub threshold: f64,
    /// Of the solutions with an error, those whose first wrong step was named exactly.
    pub erroneous: Figure,
    /// Of the solutions without one, those in which nothing was flagged.
    pub correct: Figure,
    /// Harmonic mean of the two; n counts problems.
    pub f1: Figure,
}

/// Lets both reward models look for the first error of each solution.
///
/// # Errors
/// [`LabError`] when a solution does not fit a model or the model fails.
pub fn find_errors(
    models: &Models,
    tokenizer: &Tokenizer,
    judged: &[Judged],
    thresholds: Thresholds,
    seed: u64,
) -> Result<Vec<Found>, LabError> {
    let items: Vec<_> = judged.iter().map(|j| (j.problem.as_str(), &j.solution)).collect();
    let roles = [(Role::Orm, thresholds.orm), (Role::Sorm, thresholds.sorm)];
    let found = roles.into_iter().map(|(role, threshold)| {
        let scores = score(models.of(role), role, tokenizer, &items)?;
        let first = |steps: &[f64]| steps.iter().position(|&s| s < threshold).map(|i| i + 1);
        let hits: Vec<(bool, bool)> = scores
            .iter()
            .zip(judged)
            .map(|(s, j)| (j.first_error.is_some(), first(&s.steps) == j.first_error))
            .collect();
        let problems = judged.iter().map(|j| j.problem.as_str());
        Ok(tell(role, threshold, (problems, &hits), seed))
    });
    found.collect()
}

/// `hits` are (has an error, was told right) of each solution. There may be several of a problem, which
/// stand or fall together: for the interval of F1 problems are resampled.
fn tell<'a>(
    role: Role,
    threshold: f64,
    (problems, hits): (impl Iterator<Item = &'a str>, &[(bool, bool)]),
    seed: u64,
) -> Found {
    let mut of_problem: BTreeMap<&str, Vec<(bool, bool)>> = BTreeMap::new();
    for (problem, hit) in problems.zip(hits) {
        of_problem.entry(problem).or_default().push(*hit);
    }
    let of_problem: Vec<Vec<(bool, bool)>> = of_problem.into_values().collect();
    let of = |wrong: bool| hits.iter().filter(move |hit| hit.0 == wrong).map(|hit| hit.1);
    let harmonic = |drawn: &[usize]| {
        let share = |wrong: bool| {
            let of: Vec<bool> = drawn
                .iter()
                .flat_map(|&i| &of_problem[i])
                .filter(|h| h.0 == wrong)
                .map(|h| h.1)
                .collect();
            let yes = of.iter().filter(|&&hit| hit).count();
            (!of.is_empty()).then(|| yes as f64 / of.len() as f64)
        };
        let (a, b) = (share(true)?, share(false)?);
        Some(if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 })
    };
    Found {
        model: role.as_str().to_owned(),
        threshold,
        erroneous: rate(of(true)),
        correct: rate(of(false)),
        f1: bootstrap(of_problem.len(), seed, harmonic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_is_the_harmonic_mean_of_both_kinds() {
        let hits = [(true, true), (true, false), (false, true), (false, true)];
        let found = tell(Role::Sorm, 0.5, (["a", "b", "c", "d"].into_iter(), &hits), 1);
        assert_eq!((found.erroneous.value, found.correct.value), (Some(0.5), Some(1.0)));
        let f1 = found.f1.value.expect("both kinds are there");
        assert!((f1 - 2.0 / 3.0).abs() < 1e-12, "{f1}");
    }

    #[test]
    fn without_one_of_the_kinds_there_is_no_f1() {
        assert_eq!(tell(Role::Orm, 0.5, (["a"].into_iter(), &[(true, true)]), 1).f1.value, None);
    }

    #[test]
    fn solutions_of_one_problem_are_no_more_than_one_draw() {
        let hits: Vec<(bool, bool)> = (0..80).map(|i| (i % 2 == 0, i < 40)).collect();
        let width = |problems: usize| {
            let names: Vec<String> = (0..80).map(|i| format!("{:02}", i * problems / 80)).collect();
            let found = tell(Role::Sorm, 0.5, (names.iter().map(String::as_str), &hits), 1);
            assert_eq!((found.f1.n, found.f1.value), (problems, Some(0.5)));
            found.f1.high.expect("high") - found.f1.low.expect("low")
        };
        assert!(width(8) > 2.0 * width(80));
    }
}
