//! Training sets of the two reward models.

use crate::domain::Solution;
use crate::engine::Tokenizer;
use crate::lab::labels::{Rules, balance};
use crate::lab::train::Example;
use crate::pipeline::prompt::{self, PromptError};

use super::sample::{Rollouts, Sample};
use super::teach::Teaching;

/// ORM set: the label of a solution is whether its final answer is right, and every step end and
/// the answer line carry it (method, "ORM set").
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn orm_set<'a>(
    tokenizer: &Tokenizer,
    judged: impl Iterator<Item = (&'a str, &'a Solution, bool)>,
    teaching: Teaching,
) -> Result<Vec<Example>, PromptError> {
    judged
        .map(|(problem, solution, correct)| {
            let prompt = prompt::scored(tokenizer, problem, solution)?;
            let ends: Vec<_> = prompt.step_ends.iter().copied().chain([prompt.end]).collect();
            let labels = ends.into_iter().map(|end| (end, correct));
            Ok(teaching.example(prompt, labels, correct))
        })
        .collect()
}

/// ORM examples of student samples.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn orm_samples(
    tokenizer: &Tokenizer,
    samples: &[Sample],
    teaching: Teaching,
) -> Result<Vec<Example>, PromptError> {
    let judged = samples.iter().map(|s| (s.problem.as_str(), &s.solution, s.correct));
    orm_set(tokenizer, judged, teaching)
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
    teaching: Teaching,
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
        let labels: Vec<_> =
            read.into_iter().map(|(i, label)| (prompt.step_ends[i], label)).collect();
        examples.push(teaching.example(prompt, labels, sample.correct));
    }
    Ok(examples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scripted_tokenizer;
    use crate::lab::labels::Labels;

    fn rollouts(labels: &[bool]) -> Rollouts {
        let steps = (0..labels.len()).map(|i| format!("{i} + 1 = {}", i + 1)).collect();
        let solution = Solution { steps, answer_text: Some("9".into()) };
        let labels = labels.to_vec();
        Rollouts {
            sample: Sample {
                problem_id: 0,
                problem: "Q".into(),
                reference: "9".into(),
                sample_id: 0,
                model: String::new(),
                seed: 0,
                solution,
                correct: true,
            },
            search: crate::lab::sets::Search::Full,
            traces: Vec::new(),
            labels: Labels {
                any_of_k: labels.clone(),
                consistent: labels.clone(),
                propagated: labels,
            },
        }
    }

    fn labels_only(tokenizer: &Tokenizer) -> Teaching {
        Teaching::new(tokenizer, 0.0).expect("control tokens")
    }

    #[test]
    fn every_step_and_the_answer_line_carry_the_outcome() {
        let tokenizer = scripted_tokenizer();
        let sample = rollouts(&[true, true]).sample;
        let set = orm_samples(&tokenizer, &[sample], labels_only(&tokenizer)).expect("a set");
        let reads = &set[0].reads;
        assert_eq!(reads.len(), 3, "two steps and the answer line");
        assert!(reads.iter().all(|&(_, target, _)| target == 0), "0 is good");
        assert_eq!(reads[2].0, set[0].tokens.len() - 1);
    }

    #[test]
    fn balance_leaves_as_many_of_each_at_each_length() {
        let tokenizer = scripted_tokenizer();
        let all = [rollouts(&[true, true]), rollouts(&[true, false]), rollouts(&[true, false])];
        let rules = Rules::default();
        let set = sorm_set(&tokenizer, &all, rules, 1, labels_only(&tokenizer)).expect("a set");
        let targets: Vec<u32> =
            set.iter().flat_map(|e| e.reads.iter().map(|&(_, target, _)| target)).collect();
        assert_eq!(targets.iter().filter(|&&t| t == 0).count(), 1, "the first steps are all good");
        assert_eq!(targets.iter().filter(|&&t| t == 1).count(), 1);
        let unbalanced = Rules { balance: false, ..rules };
        let reads = |set: Vec<Example>| set.iter().map(|e| e.reads.len()).sum::<usize>();
        assert_eq!(
            reads(
                sorm_set(&tokenizer, &all, unbalanced, 1, labels_only(&tokenizer)).expect("a set")
            ),
            6
        );
    }
}
