//! Training sets of the two reward models.
//!
//! Where the teaching says so, sums are checked on the way: digits of results have labels of their
//! own, and so has a copy of every fourth solution with slips in about half of its sums, which has no
//! other labels. Without it both models forget how to check, and tell problems apart instead of
//! solutions (docs/decisions/0018).

use std::collections::{HashMap, HashSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::domain::Solution;
use crate::engine::Tokenizer;
use crate::lab::labels::balance;
use crate::lab::problems::Equation;
use crate::lab::train::Example;
use crate::pipeline::prompt::{self, PromptError};

use super::marks::{Marks, slip};
use super::sample::{Labelled, Sample};
use super::teach::Teaching;

/// One in so many solutions has a copy with slips.
const COPIES: usize = 4;
/// Of a hundred sums of such a copy, how many have a slip.
const SLIPS: u32 = 50;
/// ORM set: the label of a solution is whether its final answer is right, and every step end and
/// the answer line carry it (method, "ORM set"). The right and the wrong samples of a problem weigh
/// the same, since choosing among solutions of one problem is what an ORM is for; of a problem whose
/// samples are all right or all wrong there is one, which says that the problem is easy or hard.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn orm_set(
    tokenizer: &Tokenizer,
    samples: &[Sample],
    seed: u64,
    teaching: Teaching,
) -> Result<Vec<Example>, PromptError> {
    let weighed = weighed(samples);
    let (mut examples, mut marks) = (Vec::with_capacity(weighed.len()), Marks::new(tokenizer));
    for &(sample, weight) in &weighed {
        let prompt = prompt::scored(tokenizer, &sample.problem, &sample.solution)?;
        let digits = checks(&mut marks, &prompt, &sample.solution, teaching)?;
        let ends: Vec<_> = prompt.step_ends.iter().copied().chain([prompt.end]).collect();
        let labels = ends.into_iter().map(|end| (end, sample.correct));
        let mut example = teaching.weighted(prompt, labels, sample.correct, weight);
        teaching.check(&mut example, digits);
        examples.push(example);
    }
    with_slips(tokenizer, weighed.iter().map(|one| one.0), seed, teaching, &mut examples)?;
    Ok(examples)
}

/// The samples an ORM learns from, each with its weight. Problems are told apart by their text: sets
/// of different stages number theirs from zero.
fn weighed(samples: &[Sample]) -> Vec<(&Sample, f32)> {
    let mut counts: HashMap<&str, [u16; 2]> = HashMap::new();
    for sample in samples {
        counts.entry(&sample.problem).or_default()[usize::from(sample.correct)] += 1;
    }
    let mut taken = HashSet::new();
    let weigh = |sample: &Sample| match counts[sample.problem.as_str()] {
        [0, _] | [_, 0] => None,
        both => {
            let alike = both[usize::from(sample.correct)];
            Some(f32::from(both[0] + both[1]) / (2.0 * f32::from(alike)))
        }
    };
    samples
        .iter()
        .filter_map(|sample| match weigh(sample) {
            Some(weight) => Some((sample, weight)),
            None => taken.insert(sample.problem.as_str()).then_some((sample, 1.0)),
        })
        .collect()
}

/// Labels of the digits of a solution's results, if sums are to be checked.
fn checks(
    marks: &mut Marks<'_>,
    prompt: &prompt::ScoredPrompt,
    solution: &Solution,
    teaching: Teaching,
) -> Result<Vec<(usize, bool)>, PromptError> {
    if teaching.checks_sums() { marks.of(prompt, solution) } else { Ok(Vec::new()) }
}

/// Adds copies with slips, if sums are to be checked.
fn with_slips<'a>(
    tokenizer: &Tokenizer,
    samples: impl Iterator<Item = &'a Sample>,
    seed: u64,
    teaching: Teaching,
    examples: &mut Vec<Example>,
) -> Result<(), PromptError> {
    if !teaching.checks_sums() {
        return Ok(());
    }
    let (mut rng, mut marks) = (ChaCha8Rng::seed_from_u64(seed), Marks::new(tokenizer));
    for sample in samples.step_by(COPIES) {
        let mut copy = sample.solution.clone();
        for step in &mut copy.steps {
            let Some((before, mut sum, after)) = Equation::find(step) else { continue };
            if rng.random_range(0..100) < SLIPS {
                sum.c = slip(sum.op.apply(sum.a, sum.b).unwrap_or(sum.c), &mut rng);
            }
            *step = format!("{before}{sum}{after}");
        }
        let prompt = prompt::scored(tokenizer, &sample.problem, &copy)?;
        let digits = marks.of(&prompt, &copy)?;
        let mut example = teaching.example(prompt, [], false);
        teaching.check(&mut example, digits);
        examples.push(example);
    }
    Ok(())
}

/// SORM set: the label of a prefix is whether it is good. Where labels are `balanced` by prefix
/// length, prefixes left out are part of the text but are not predicted (method, "SORM set").
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn sorm_set(
    tokenizer: &Tokenizer,
    solutions: &[Labelled],
    balanced: bool,
    seed: u64,
    teaching: Teaching,
) -> Result<Vec<Example>, PromptError> {
    let labels = |(r, one): (usize, &Labelled)| -> Vec<(usize, usize, bool)> {
        let labels = one.good.iter().enumerate();
        labels.filter_map(|(i, good)| Some((r, i, (*good)?))).collect()
    };
    let items: Vec<_> = solutions.iter().enumerate().flat_map(labels).collect();
    let kept: Vec<usize> = if balanced {
        let by_length: Vec<_> = items.iter().map(|&(_, i, good)| (i + 1, good)).collect();
        balance(&by_length, seed)
    } else {
        (0..items.len()).collect()
    };
    let mut read: Vec<Vec<(usize, bool)>> = vec![Vec::new(); solutions.len()];
    for (r, i, good) in kept.into_iter().map(|k| items[k]) {
        read[r].push((i, good));
    }
    let (mut examples, mut marks) = (Vec::new(), Marks::new(tokenizer));
    for (Labelled { sample, good }, read) in solutions.iter().zip(read) {
        if read.is_empty() {
            continue;
        }
        let good_to_the_end = sample.correct && good.iter().all(|&good| good == Some(true));
        let prompt = prompt::scored(tokenizer, &sample.problem, &sample.solution)?;
        let digits = checks(&mut marks, &prompt, &sample.solution, teaching)?;
        let labels: Vec<_> =
            read.into_iter().map(|(i, good)| (prompt.step_ends[i], good)).collect();
        let mut example = teaching.weighted(prompt, labels, good_to_the_end, 1.0);
        teaching.check(&mut example, digits);
        examples.push(example);
    }
    with_slips(tokenizer, solutions.iter().map(|one| &one.sample), seed, teaching, &mut examples)?;
    Ok(examples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scripted_tokenizer;

    fn sample(steps: usize) -> Sample {
        let steps = (0..steps).map(|i| format!("{i} + 1 = {}", i + 1)).collect();
        Sample {
            problem_id: 0,
            problem: "Q".into(),
            reference: "9".into(),
            sample_id: 0,
            model: String::new(),
            seed: 0,
            solution: Solution { steps, answer_text: Some("9".into()) },
            correct: true,
        }
    }

    fn labelled(good: &[Option<bool>]) -> Labelled {
        Labelled { sample: sample(good.len()), good: good.to_vec() }
    }

    fn labels_only(tokenizer: &Tokenizer) -> Teaching {
        Teaching::new(tokenizer, 0.0).expect("control tokens")
    }

    #[test]
    fn every_step_and_the_answer_line_carry_the_outcome() {
        let tokenizer = scripted_tokenizer();
        let sample = sample(2);
        let set = orm_set(&tokenizer, &[sample], 1, labels_only(&tokenizer)).expect("a set");
        let reads = &set[0].reads;
        assert_eq!(reads.len(), 3, "two steps and the answer line");
        assert!(reads.iter().all(|&(_, target, _)| target == 0), "0 is good");
        assert_eq!(reads[2].0, set[0].tokens.len() - 1);
    }

    #[test]
    fn right_and_wrong_samples_of_a_problem_weigh_the_same_and_of_others_there_is_one() {
        let one = sample(1);
        let sample = |problem: &str, correct| {
            // Numbers of problems are those of their set, and two sets may be put together.
            Sample { problem_id: 1, problem: problem.to_owned(), correct, ..one.clone() }
        };
        let samples = [
            sample("A", true),
            sample("A", false),
            sample("A", false),
            sample("B", true),
            sample("B", true),
            sample("C", false),
        ];
        let weighed: Vec<_> =
            weighed(&samples).into_iter().map(|(s, weight)| (s.problem.as_str(), weight)).collect();
        assert_eq!(weighed, [("A", 1.5), ("A", 0.75), ("A", 0.75), ("B", 1.0), ("C", 1.0)]);
    }

    #[test]
    fn sums_are_checked_on_the_way_and_in_copies_with_slips() {
        let tokenizer = scripted_tokenizer();
        let one = |i| Sample { problem: format!("Q{i}"), ..sample(2) };
        let samples: Vec<_> = (0..8).map(one).collect();
        let teaching = labels_only(&tokenizer).with_sums(0.5);
        let set = orm_set(&tokenizer, &samples, 1, teaching).expect("a set");
        assert_eq!(set.len(), 10, "every fourth has a copy");
        assert_eq!(set[0].reads.len(), 5, "two steps, the answer line and two digits");
        let slips = set[8..].iter().flat_map(|example| &example.reads);
        assert!(slips.clone().all(|&(_, _, weight)| weight == 0.5), "digits alone");
        assert!(slips.clone().any(|read| read.1 == 1) && slips.clone().any(|read| read.1 == 0));
    }

    #[test]
    fn balance_leaves_as_many_of_each_at_each_length() {
        let tokenizer = scripted_tokenizer();
        let (good, bad) = (Some(true), Some(false));
        let all = [[good, good], [good, bad], [good, bad]].map(|labels| labelled(&labels));
        let set = |balanced| {
            sorm_set(&tokenizer, &all, balanced, 1, labels_only(&tokenizer)).expect("a set")
        };
        let targets: Vec<u32> = set(true)
            .iter()
            .flat_map(|e| e.reads.iter().map(|&(_, target, _)| target).collect::<Vec<_>>())
            .collect();
        assert_eq!(targets.iter().filter(|&&t| t == 0).count(), 1, "the first steps are all good");
        assert_eq!(targets.iter().filter(|&&t| t == 1).count(), 1);
        assert_eq!(set(false).iter().map(|e| e.reads.len()).sum::<usize>(), 6);
    }

    #[test]
    fn a_prefix_of_which_nothing_is_known_is_read_and_not_learnt() {
        let tokenizer = scripted_tokenizer();
        let solutions = [labelled(&[Some(true), None, Some(false)]), labelled(&[None])];
        let set = sorm_set(&tokenizer, &solutions, false, 1, labels_only(&tokenizer));
        let targets: Vec<_> = set.expect("a set").into_iter().map(|one| one.reads).collect();
        assert_eq!(targets.len(), 1, "of the other there is nothing to learn");
        assert_eq!(targets[0].iter().map(|read| read.1).collect::<Vec<_>>(), [0, 1]);
    }
}
