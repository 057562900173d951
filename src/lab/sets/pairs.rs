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

use super::right_solutions::RightSolutions;
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

/// Global pairs: a wrong sample with a right solution of the same problem, and, of `copies` of ten
/// problems, a right solution that is to be copied: a refiner has to know that too.
pub fn global_pairs(
    samples: &[Sample],
    right: &RightSolutions,
    copies: usize,
    seed: u64,
) -> Vec<Pair> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pairs = Vec::new();
    for (problem_id, wrong) in wrong_by_problem(samples) {
        let right = right.of_problem(problem_id);
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

/// Local pairs: a positive prefix P_i followed by a negative step; the target is P_i and what comes
/// after it in a right solution that begins with the same sums, such as a successful trace from it. P_0
/// is the problem itself. Drafts are the sample and two failed traces through that step. And, for
/// `copies` of ten right samples, a false alarm at a random step after which the sample goes on.
pub fn local_pairs(
    rollouts: &[Rollouts],
    right: &RightSolutions,
    rules: Rules,
    copies: usize,
    seed: u64,
) -> Vec<Pair> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pairs = Vec::new();
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
        let targets = right.going_on_from(sample, error - 1);
        let through = one.traces.get(error - 1).into_iter().flatten();
        let drafts = through
            .map(|trace| one.continued(error - 1, trace))
            .filter(|draft| !draft.correct)
            .map(|draft| draft.solution)
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

/// The problems that were sampled, and the wrong samples of each.
fn wrong_by_problem(samples: &[Sample]) -> BTreeMap<u64, Vec<&Sample>> {
    let mut problems: BTreeMap<u64, Vec<&Sample>> = BTreeMap::new();
    for sample in samples {
        let wrong = problems.entry(sample.problem_id).or_default();
        if !sample.correct {
            wrong.push(sample);
        }
    }
    problems
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
    use crate::lab::sets::testing::{rolled_out, sample};

    const RIGHT: &str = "2 + 3 = 5\n5 * 4 = 20\n#### 20";

    #[test]
    fn a_wrong_sample_is_paired_with_a_right_one_of_its_problem() {
        let (right, wrong) = (sample(7, RIGHT), sample(7, "2 + 3 = 5\n5 + 4 = 9\n#### 9"));
        let both = [right.clone(), wrong.clone()];
        let found = RightSolutions::of(&both, &[]);
        let pairs = global_pairs(&both, &found, 0, 1);
        assert_eq!(pairs.len(), 1);
        assert_eq!((&pairs[0].draft, &pairs[0].target), (&wrong.solution, &right.solution));
        let with_copy = global_pairs(&both, &found, 10, 1);
        assert!(with_copy.iter().any(|pair| pair.draft == pair.target));
        assert!(global_pairs(&[right], &found, 0, 1).is_empty(), "nothing to correct");
    }

    #[test]
    fn where_no_sample_is_right_the_target_is_what_a_rollout_found() {
        let wrong = [sample(7, "2 + 3 = 5\n5 + 4 = 9\n#### 9")];
        let rollouts = [rolled_out(wrong[0].clone(), &[&["5 * 4 = 20\n#### 20"]])];
        let pairs = global_pairs(&wrong, &RightSolutions::of(&wrong, &rollouts), 0, 1);
        assert_eq!(pairs.iter().map(|pair| pair.target.join()).collect::<Vec<_>>(), [RIGHT]);
    }

    #[test]
    fn a_local_target_keeps_the_good_prefix_and_goes_on_rightly() {
        let wrong = sample(7, "2 + 3 = 5\n5 + 4 = 9\n#### 9");
        let (anew, failed) = ("2 * 10 = 20\n#### 20", "5 - 4 = 1\n#### 1");
        let traces: &[&[&str]] = &[&[anew, failed, "5 * 4 = 20\n#### 20"]];
        let rollouts = [rolled_out(wrong.clone(), traces)];
        let right = RightSolutions::of(&[], &rollouts);
        let pairs = local_pairs(&rollouts, &right, Rules::default(), 0, 1);
        assert_eq!(pairs.len(), 1);
        assert_eq!(pairs[0].first_error, Some(2));
        assert_eq!(pairs[0].draft, wrong.solution);
        assert_eq!(pairs[0].target.join(), RIGHT);
    }

    #[test]
    fn failed_continuations_of_the_wrong_step_are_drafts_as_well() {
        let wrong = sample(7, "2 * 3 = 6\n6 + 4 = 10\n#### 10");
        let rollouts = [rolled_out(wrong.clone(), &[&["6 - 4 = 2\n#### 2"]])];
        let pairs = |right: &[Sample]| {
            let right = RightSolutions::of(right, &rollouts);
            local_pairs(&rollouts, &right, Rules::default(), 0, 1)
        };
        assert!(pairs(&[]).is_empty(), "nothing to become");
        let right = sample(7, RIGHT);
        let drafts: Vec<_> = pairs(std::slice::from_ref(&right))
            .into_iter()
            .map(|pair| {
                assert_eq!((pair.first_error, &pair.target), (Some(1), &right.solution));
                pair.draft.join()
            })
            .collect();
        assert_eq!(drafts, ["2 * 3 = 6\n6 - 4 = 2\n#### 2".to_owned(), wrong.solution.join()]);
    }

    #[test]
    fn a_false_alarm_is_answered_by_going_on_as_before() {
        let right = sample(7, RIGHT);
        let rollouts = [rolled_out(right.clone(), &[])];
        let pairs = local_pairs(&rollouts, &RightSolutions::default(), Rules::default(), 10, 1);
        assert_eq!(pairs.len(), 1);
        assert_eq!((&pairs[0].draft, &pairs[0].target), (&right.solution, &right.solution));
    }
}
