//! Refinement pairs: a draft, and the solution it should become.

use std::collections::BTreeMap;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::domain::Solution;
use crate::engine::Tokenizer;
use crate::lab::labels::Rules;
use crate::lab::train::Example;
use crate::pipeline::prompt::{self, PromptError};

use super::sample::{Rollouts, Sample};

/// A draft and what it should become.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    pub problem_id: u64,
    pub problem: String,
    pub draft: Solution,
    /// 1-based; local pairs only.
    pub first_error: Option<usize>,
    pub target: Solution,
}

/// Global pairs: a wrong sample with a right one of the same problem, and, for each `copies` of
/// ten such pairs, a right sample that is to be copied: a refiner has to know that too.
pub fn global_pairs(samples: &[Sample], copies: usize, seed: u64) -> Vec<Pair> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pairs = Vec::new();
    for (wrong, right) in by_problem(samples) {
        for sample in &wrong {
            if let Some(target) = right.choose(&mut rng) {
                pairs.push(global(sample, &target.solution));
            }
        }
        if let Some(sample) = right.choose(&mut rng)
            && rng.random_range(0..10) < copies
        {
            pairs.push(global(sample, &sample.solution));
        }
    }
    pairs
}

/// Local pairs: a positive prefix P_i followed by a negative step; the target is P_i and a
/// successful trace from it. P_0 is the problem itself: its successful traces are the right ones
/// among the `samples`. Drafts are the sample and two failed traces through that step. And, for
/// `copies` of ten right samples, a false alarm at a random step after which the sample goes on.
pub fn local_pairs(
    rollouts: &[Rollouts],
    samples: &[Sample],
    rules: Rules,
    copies: usize,
    seed: u64,
) -> Vec<Pair> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pairs = Vec::new();
    let mut from_start: BTreeMap<u64, Vec<Solution>> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.correct) {
        from_start.entry(sample.problem_id).or_default().push(sample.solution.clone());
    }
    for one in rollouts {
        let sample = &one.sample;
        let labels = one.labels.under(rules);
        let length = sample.solution.steps.len();
        if sample.correct {
            if length > 0 && rng.random_range(0..10) < copies {
                let step = rng.random_range(1..=length);
                pairs.push(local(sample, sample.solution.clone(), step, &sample.solution));
            }
            continue;
        }
        let Some(error) = labels.iter().position(|good| !good).map(|i| i + 1) else { continue };
        let (prefix, right) = (sample.solution.prefix(error - 1), sample.right());
        let targets: Vec<Solution> = match error {
            1 => from_start.get(&sample.problem_id).cloned().unwrap_or_default(),
            _ => one.right_traces(error - 2).map(|trace| joined(prefix, &trace.rest)).collect(),
        };
        let through = sample.solution.prefix(error);
        let failed = one.traces.get(error - 1).into_iter().flatten();
        let drafts = failed
            .filter(|trace| trace.rest.answer() != right)
            .map(|trace| joined(through, &trace.rest))
            .take(2)
            .chain([sample.solution.clone()]);
        for draft in drafts {
            if let Some(target) = targets.choose(&mut rng) {
                pairs.push(local(sample, draft, error, target));
            }
        }
    }
    pairs
}

/// Examples of global pairs.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn global_set(tokenizer: &Tokenizer, pairs: &[Pair]) -> Result<Vec<Example>, PromptError> {
    let example = |pair: &Pair| {
        let prompt = prompt::global(tokenizer, &pair.problem, &pair.draft)?;
        Ok(Example::completion(&prompt, &prompt::completion(tokenizer, &pair.target, 0)?))
    };
    pairs.iter().map(example).collect()
}

/// Examples of local pairs; the kept prefix is part of the prompt, as it is when refining.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens or a pair names no step.
pub fn local_set(tokenizer: &Tokenizer, pairs: &[Pair]) -> Result<Vec<Example>, PromptError> {
    let example = |pair: &Pair| {
        let error = pair.first_error.unwrap_or(0);
        let prompt = prompt::local(tokenizer, &pair.problem, &pair.draft, error)?;
        let completion = prompt::completion(tokenizer, &pair.target, error - 1)?;
        Ok(Example::completion(&prompt, &completion))
    };
    pairs.iter().map(example).collect()
}

/// Wrong and right samples of each problem.
fn by_problem(samples: &[Sample]) -> impl Iterator<Item = (Vec<&Sample>, Vec<&Sample>)> {
    let mut problems: BTreeMap<u64, (Vec<&Sample>, Vec<&Sample>)> = BTreeMap::new();
    for sample in samples {
        let (wrong, right) = problems.entry(sample.problem_id).or_default();
        if sample.correct { right.push(sample) } else { wrong.push(sample) }
    }
    problems.into_values()
}

fn joined(prefix: &[String], rest: &Solution) -> Solution {
    let steps = prefix.iter().chain(&rest.steps).cloned().collect();
    Solution { steps, answer_text: rest.answer_text.clone() }
}

fn global(sample: &Sample, target: &Solution) -> Pair {
    Pair {
        problem_id: sample.problem_id,
        problem: sample.problem.clone(),
        draft: sample.solution.clone(),
        first_error: None,
        target: target.clone(),
    }
}

fn local(sample: &Sample, draft: Solution, error: usize, target: &Solution) -> Pair {
    Pair { draft, first_error: Some(error), ..global(sample, target) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::labels::{Trace, label};
    use crate::lab::sets::Search;

    fn sample(id: u64, text: &str, right: &str) -> Sample {
        let solution = Solution::split(text);
        Sample {
            problem_id: 7,
            problem: "Q".into(),
            reference: right.into(),
            sample_id: id,
            model: String::new(),
            seed: id,
            correct: solution.answer_text.as_deref() == Some(right),
            solution,
        }
    }

    fn rolled_out(sample: Sample, traces: Vec<Vec<Trace>>) -> Rollouts {
        let right = sample.right().expect("a reference");
        let labels = label(&sample.solution, &right, &traces);
        Rollouts { sample, search: Search::Full, traces, labels }
    }

    fn trace(text: &str) -> Trace {
        Trace { rest: Solution::split(text) }
    }

    #[test]
    fn a_wrong_sample_is_paired_with_a_right_one_of_its_problem() {
        let right = sample(0, "2 + 3 = 5\n5 * 4 = 20\n#### 20", "20");
        let wrong = sample(1, "2 + 3 = 5\n5 + 4 = 9\n#### 9", "20");
        let pairs = global_pairs(&[right.clone(), wrong.clone()], 0, 1);
        assert_eq!(pairs.len(), 1);
        assert_eq!((&pairs[0].draft, &pairs[0].target), (&wrong.solution, &right.solution));
        let with_copy = global_pairs(&[right.clone(), wrong], 10, 1);
        assert!(with_copy.iter().any(|pair| pair.draft == pair.target));
        assert!(global_pairs(&[right], 0, 1).is_empty(), "nothing to correct");
    }

    #[test]
    fn a_local_target_keeps_the_good_prefix_and_goes_on_rightly() {
        let wrong = sample(1, "2 + 3 = 5\n5 + 4 = 9\n#### 9", "20");
        let good = trace("5 * 4 = 20\n#### 20");
        let anew = trace("2 * 10 = 20\n#### 20");
        let rollouts = rolled_out(wrong.clone(), vec![vec![anew, trace("#### 9"), good]]);
        let pairs = local_pairs(&[rollouts], &[], Rules::default(), 0, 1);
        assert_eq!(pairs.len(), 1);
        assert_eq!(pairs[0].first_error, Some(2));
        assert_eq!(pairs[0].draft, wrong.solution);
        assert_eq!(pairs[0].target.join(), "2 + 3 = 5\n5 * 4 = 20\n#### 20");
    }

    #[test]
    fn after_an_error_in_the_first_step_the_target_is_a_right_sample_of_the_problem() {
        let wrong = sample(1, "2 * 3 = 6\n6 + 4 = 10\n#### 10", "20");
        let right = sample(0, "2 + 3 = 5\n5 * 4 = 20\n#### 20", "20");
        let rollouts = [rolled_out(wrong, vec![vec![]])];
        assert!(local_pairs(&rollouts, &[], Rules::default(), 0, 1).is_empty());
        let pairs = local_pairs(&rollouts, std::slice::from_ref(&right), Rules::default(), 0, 1);
        assert_eq!(pairs[0].first_error, Some(1));
        assert_eq!(pairs[0].target, right.solution);
    }

    #[test]
    fn a_false_alarm_is_answered_by_going_on_as_before() {
        let right = sample(0, "2 + 3 = 5\n5 * 4 = 20\n#### 20", "20");
        let rollouts = rolled_out(right.clone(), vec![vec![]]);
        let pairs = local_pairs(&[rollouts], &[], Rules::default(), 10, 1);
        assert_eq!(pairs.len(), 1);
        assert_eq!((&pairs[0].draft, &pairs[0].target), (&right.solution, &right.solution));
    }
}
