//! Student samples, and the rollouts of their prefixes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::base::worked;
use super::bench::{Bench, Model};
use crate::domain::{Answer, Role, Solution};
use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::labels::{Trace, label};
use crate::lab::problems::{Split, WordProblem};
use crate::lab::sampling::{Draw, draw};
use crate::lab::sets::{Rollouts, Sample};
use crate::pipeline::prompt;

/// Problems sampled in one pass; a stop loses at most so much work.
const PROBLEMS_A_PASS: usize = 4_000;

/// Distinct samples of the student over problems of a split that it was not trained on.
///
/// # Errors
/// [`LabError`] from the model and files.
pub fn samples(bench: &mut Bench, split: Split) -> Result<SetFile, LabError> {
    let preset = bench.preset.clone();
    let (name, problems) = match split {
        Split::Train => {
            let seen = preset.worked_problems + preset.expert_problems;
            let all = worked(split, &preset, seen + preset.sample_problems);
            ("samples", all[seen..].to_vec())
        }
        _ => ("samples-validation", worked(split, &preset, preset.validation_samples)),
    };
    let student = bench.model(Role::Policy)?;
    let settings = json!({
        "split": split, "problems": problems.len(), "samples": preset.samples,
        "temperature": preset.sample_temperature, "seed": preset.seed,
    });
    sample_set(bench, name, settings, &student, &problems, preset.samples)
}

/// The set `name`: distinct samples of a model over problems, `n` drawn a problem.
///
/// # Errors
/// [`LabError`] from the model and files.
pub(super) fn sample_set(
    bench: &mut Bench,
    name: &str,
    settings: serde_json::Value,
    student: &Model,
    problems: &[WordProblem],
    n: usize,
) -> Result<SetFile, LabError> {
    let (temperature, seed) = (bench.preset.sample_temperature, bench.preset.seed);
    let set = SetFile::new(&bench.folder, name);
    let inputs = BTreeMap::from([("student".to_owned(), student.hash.clone())]);
    if set.is_made_from(&settings, &inputs) {
        return Ok(set);
    }
    let (mut lines, mut drawn_in_all, mut tokens) = (Vec::new(), 0u64, 0);
    for (pass, chunk) in problems.chunks(PROBLEMS_A_PASS).enumerate() {
        bench.say(name, pass * PROBLEMS_A_PASS, problems.len());
        let prompts = chunk
            .iter()
            .map(|p| prompt::policy(&bench.tokenizer, &p.text))
            .collect::<Result<Vec<_>, _>>()?;
        let seed = seed.wrapping_add((pass as u64) << 32);
        let how = Draw { n, temperature, seed };
        let drawn = draw(&student.llama, Role::Policy, &bench.tokenizer, prompts, how)?;
        tokens += drawn.tokens;
        for (i, (problem, solutions)) in chunk.iter().zip(drawn.solutions).enumerate() {
            let reference = problem.answer.to_string();
            let right = Answer::parse(&reference);
            let mut seen = BTreeSet::new();
            for (k, solution) in solutions.into_iter().enumerate() {
                drawn_in_all += 1;
                if solution.steps.is_empty() || !seen.insert(solution.join()) {
                    continue;
                }
                lines.push(Sample {
                    problem_id: (pass * PROBLEMS_A_PASS + i) as u64,
                    problem: problem.text.clone(),
                    reference: reference.clone(),
                    sample_id: k as u64,
                    model: student.hash.clone(),
                    seed: seed.wrapping_add(1000 * i as u64 + k as u64),
                    correct: solution.answer() == right,
                    solution,
                });
            }
        }
    }
    let correct = lines.iter().filter(|s| s.correct).count() as u64;
    let counts = BTreeMap::from([
        ("drawn".to_owned(), drawn_in_all),
        ("distinct_correct".to_owned(), correct),
        ("tokens".to_owned(), tokens),
    ]);
    set.write(name, settings, inputs, counts, &lines)?;
    Ok(set)
}

/// Rollouts of the prefixes of some samples, half of them wrong ones where there are enough, with
/// the labels they give. Problems that no sample and no rollout from the start solved are set
/// aside: there every label would be 0 because the student is weak, not because a step is wrong.
///
/// # Errors
/// [`LabError`] from the model and files.
pub fn rollouts(bench: &mut Bench, split: Split) -> Result<SetFile, LabError> {
    let preset = bench.preset.clone();
    let (from, name, wanted) = match split {
        Split::Train => ("samples", "rollouts", preset.rollout_samples),
        _ => ("samples-validation", "rollouts-validation", preset.validation_rollouts),
    };
    let source = SetFile::new(&bench.folder, from);
    let student = bench.model(Role::Policy)?;
    let set = SetFile::new(&bench.folder, name);
    let settings = json!({
        "samples": wanted, "rollouts": preset.rollouts,
        "temperature": preset.sample_temperature, "seed": preset.seed,
    });
    let made_of = source.manifest().map(|m| m.sha256).unwrap_or_default();
    let inputs =
        BTreeMap::from([("student".to_owned(), student.hash.clone()), (from.to_owned(), made_of)]);
    if set.is_made_from(&settings, &inputs) {
        return Ok(set);
    }
    let all: Vec<Sample> = source.read()?;
    let solved: BTreeSet<u64> = all.iter().filter(|s| s.correct).map(|s| s.problem_id).collect();
    let (known, unsolved): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|s| solved.contains(&s.problem_id));
    let set_aside: BTreeSet<u64> = unsolved.iter().map(|s| s.problem_id).collect();
    let chosen = half_wrong(known, wanted);

    let mut lines = Vec::with_capacity(chosen.len());
    let mut tokens = 0;
    const SAMPLES_A_PASS: usize = 500;
    for (pass, chunk) in chosen.chunks(SAMPLES_A_PASS).enumerate() {
        bench.say(name, pass * SAMPLES_A_PASS, chosen.len());
        let mut prompts = Vec::new();
        for sample in chunk {
            for i in 1..sample.solution.steps.len() {
                let prefix = sample.solution.prefix(i);
                prompts.push(prompt::continuation(&bench.tokenizer, &sample.problem, prefix)?);
            }
        }
        let seed = preset.seed.wrapping_add((pass as u64 + 1) << 40);
        let how = Draw { n: preset.rollouts, temperature: preset.sample_temperature, seed };
        let drawn = draw(&student.llama, Role::Policy, &bench.tokenizer, prompts, how)?;
        tokens += drawn.tokens;
        let mut drawn = drawn.solutions.into_iter();
        for sample in chunk {
            let prefixes = sample.solution.steps.len() - 1;
            let as_traces = |rests: Vec<Solution>| -> Vec<Trace> {
                rests.into_iter().map(|rest| Trace { rest }).collect()
            };
            let traces: Vec<Vec<Trace>> = drawn.by_ref().take(prefixes).map(as_traces).collect();
            let Some(right) = sample.right() else { continue };
            let labels = label(&sample.solution, &right, &traces);
            lines.push(Rollouts { sample: sample.clone(), traces, labels });
        }
    }
    let mut counts = BTreeMap::from([
        ("problems_set_aside".to_owned(), set_aside.len() as u64),
        ("samples_set_aside".to_owned(), unsolved.len() as u64),
        ("tokens".to_owned(), tokens),
    ]);
    count_labels(&mut counts, &lines);
    set.write(name, settings, inputs, counts, &lines)?;
    Ok(set)
}

/// The first `wanted` samples, every second one wrong while there are wrong ones.
fn half_wrong(samples: Vec<Sample>, wanted: usize) -> Vec<Sample> {
    let (right, wrong): (Vec<_>, Vec<_>) = samples.into_iter().partition(|s| s.correct);
    let n = wanted / 2;
    let wrong: Vec<_> = wrong.into_iter().take(n).collect();
    let rest = wanted.saturating_sub(wrong.len());
    let mut chosen: Vec<_> = wrong.into_iter().chain(right.into_iter().take(rest)).collect();
    chosen.sort_by_key(|s| (s.problem_id, s.sample_id));
    chosen
}

/// Positive labels before and after each rule.
fn count_labels(counts: &mut BTreeMap<String, u64>, lines: &[Rollouts]) {
    let mut add = |name: &str, labels: &[bool]| {
        let positive = labels.iter().filter(|&&label| label).count() as u64;
        *counts.entry(format!("positive_{name}")).or_default() += positive;
        *counts.entry("prefixes".to_owned()).or_default() +=
            if name == "any_of_k" { labels.len() as u64 } else { 0 };
    };
    for line in lines {
        add("any_of_k", &line.labels.any_of_k);
        add("consistent", &line.labels.consistent);
        add("propagated", &line.labels.propagated);
    }
}
