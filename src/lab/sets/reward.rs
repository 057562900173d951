//! Training sets of the two reward models.

use crate::domain::Solution;
use crate::engine::Tokenizer;
use crate::lab::labels::{Rules, balance};
use crate::lab::train::Example;
use crate::pipeline::prompt::{self, PromptError};

use super::sample::{Rollouts, Sample};

/// ORM set: the label of a solution is whether its final answer is right, and every step end and
/// the answer line carry it (method, "ORM set").
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn orm_set<'a>(
    tokenizer: &Tokenizer,
    judged: impl Iterator<Item = (&'a str, &'a Solution, bool)>,
) -> Result<Vec<Example>, PromptError> {
    judged
        .map(|(problem, solution, correct)| {
            let prompt = prompt::scored(tokenizer, problem, solution)?;
            let ends = prompt.step_ends.into_iter().chain([prompt.end]);
            Ok(Example::labelled(prompt.tokens, ends.map(|end| (end, correct, 1.0))))
        })
        .collect()
}

/// ORM examples of student samples.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn orm_samples(tokenizer: &Tokenizer, samples: &[Sample]) -> Result<Vec<Example>, PromptError> {
    orm_set(tokenizer, samples.iter().map(|s| (s.problem.as_str(), &s.solution, s.correct)))
}

/// SORM set: the labels of prefixes under `rules`, balanced by prefix length; prefixes left out by
/// the balance are part of the text but are not predicted (method, "SORM set").
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn sorm_set(
    tokenizer: &Tokenizer,
    rollouts: &[Rollouts],
    rules: Rules,
    seed: u64,
) -> Result<Vec<Example>, PromptError> {
    let labels: Vec<Vec<bool>> = rollouts.iter().map(|r| r.labels.under(rules)).collect();
    let items: Vec<(usize, usize, bool)> = labels
        .iter()
        .enumerate()
        .flat_map(|(r, labels)| labels.iter().enumerate().map(move |(i, &label)| (r, i, label)))
        .collect();
    let kept: Vec<usize> = if rules.balance {
        let by_length: Vec<_> = items.iter().map(|&(_, i, label)| (i + 1, label)).collect();
        balance(&by_length, seed)
    } else {
        (0..items.len()).collect()
    };
    let mut read: Vec<Vec<(usize, bool)>> = vec![Vec::new(); rollouts.len()];
    for (r, i, label) in kept.into_iter().map(|k| items[k]) {
        read[r].push((i, label));
    }
    let mut examples = Vec::new();
    for (rollouts, read) in rollouts.iter().zip(read) {
        if read.is_empty() {
            continue;
        }
        let sample = &rollouts.sample;
        let prompt = prompt::scored(tokenizer, &sample.problem, &sample.solution)?;
        let labels = read.into_iter().map(|(i, label)| (prompt.step_ends[i], label, 1.0));
        examples.push(Example::labelled(prompt.tokens.clone(), labels));
    }
    Ok(examples)
}
