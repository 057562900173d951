//! Student samples.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::base::worked;
use super::bench::{Bench, Model, set_name};
use super::parts::Parts;
use super::preset::Preset;
use crate::domain::{Answer, Role};
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::problems::{Split, WordProblem};
use crate::lab::sampling::{Draw, draw};
use crate::lab::sets::Sample;
use crate::pipeline::prompt;

/// Problems sampled in one pass, which is what a stop loses at most.
const PROBLEMS_A_PASS: usize = 4_000;
/// Name of the set of greedy drafts.
pub(super) const DRAFTS: &str = "drafts-validation";

/// Distinct samples of the student over problems of a split that it was not trained on.
///
/// # Errors
/// [`LabError`] from the model and files.
pub fn samples(bench: &mut Bench, split: Split) -> Result<SetFile, LabError> {
    let preset = bench.preset.clone();
    let name = set_name("samples", split);
    let problems = sampled(split, &preset);
    let student = bench.model(Role::Policy)?;
    let settings = json!({
        "split": split, "problems": problems.len(), "samples": preset.samples,
        "temperature": preset.sample_temperature, "seed": preset.seed,
    });
    let Preset { samples: n, sample_temperature: temperature, seed, .. } = preset;
    sample_set(bench, &name, settings, &student, &problems, Draw { n, temperature, seed })
}

/// Greedy drafts of the validation problems.
///
/// # Errors
/// [`LabError`] from the model and files.
pub(super) fn drafts(bench: &mut Bench) -> Result<SetFile, LabError> {
    let problems = sampled(Split::Validation, &bench.preset);
    let student = bench.model(Role::Policy)?;
    let settings = json!({
        "split": Split::Validation, "problems": problems.len(), "temperature": 0,
        "seed": bench.preset.seed,
    });
    sample_set(bench, DRAFTS, settings, &student, &problems, Draw::GREEDY)
}

/// The problems of a split that are sampled, by their numbers in the set.
pub(super) fn sampled(split: Split, preset: &Preset) -> Vec<WordProblem> {
    let seen = preset.worked_problems + preset.expert_problems;
    match split {
        Split::Train => worked(split, preset, seen + preset.sample_problems).split_off(seen),
        _ => worked(split, preset, preset.validation_samples),
    }
}

/// The set `name`: distinct samples of a model over problems.
///
/// # Errors
/// [`LabError`] from the model and files.
pub(super) fn sample_set(
    bench: &mut Bench,
    name: &str,
    settings: serde_json::Value,
    student: &Model,
    problems: &[WordProblem],
    how: Draw,
) -> Result<SetFile, LabError> {
    let set = SetFile::new(&bench.folder, name);
    let inputs = BTreeMap::from([("student".to_owned(), student.hash.clone())]);
    if set.is_made_from(&settings, &inputs) {
        return Ok(set);
    }
    let parts = Parts::new(&bench.folder, name, &settings, &inputs);
    let (mut lines, mut drawn_in_all, mut tokens) = (Vec::new(), 0u64, 0);
    for (pass, chunk) in problems.chunks(PROBLEMS_A_PASS).enumerate() {
        bench.say(name, pass * PROBLEMS_A_PASS, problems.len());
        let first = pass * PROBLEMS_A_PASS;
        let how = Draw { seed: how.seed.wrapping_add((pass as u64) << 32), ..how };
        let done = parts.pass(pass, || one_pass(&bench.tokenizer, student, chunk, first, how))?;
        drawn_in_all += done.drawn;
        tokens += done.tokens;
        lines.extend(done.lines);
    }
    let correct = lines.iter().filter(|s| s.correct).count() as u64;
    let counts = BTreeMap::from([
        ("drawn".to_owned(), drawn_in_all),
        ("distinct_correct".to_owned(), correct),
        ("tokens".to_owned(), tokens),
    ]);
    set.write(name, settings, inputs, counts, &lines)?;
    parts.clear();
    Ok(set)
}

/// What one pass drew: the distinct samples, and how many and how long they were in all.
#[derive(Serialize, Deserialize)]
struct Pass {
    lines: Vec<Sample>,
    drawn: u64,
    tokens: u64,
}

/// Samples problems, the first of which is number `first` of its set.
fn one_pass(
    tokenizer: &Tokenizer,
    student: &Model,
    problems: &[WordProblem],
    first: usize,
    how: Draw,
) -> Result<Pass, LabError> {
    let prompts = problems
        .iter()
        .map(|p| prompt::policy(tokenizer, &p.text))
        .collect::<Result<Vec<_>, _>>()?;
    let found = draw(&student.llama, Role::Policy, tokenizer, prompts, how)?;
    let (mut lines, mut drawn) = (Vec::new(), 0);
    for (i, (problem, solutions)) in problems.iter().zip(found.solutions).enumerate() {
        let reference = problem.answer.to_string();
        let right = Answer::parse(&reference);
        let mut seen = BTreeSet::new();
        for (k, solution) in solutions.into_iter().enumerate() {
            drawn += 1;
            if solution.steps.is_empty() || !seen.insert(solution.join()) {
                continue;
            }
            lines.push(Sample {
                problem_id: (first + i) as u64,
                problem: problem.text.clone(),
                reference: reference.clone(),
                sample_id: k as u64,
                model: student.hash.clone(),
                seed: how.seed.wrapping_add(1000 * i as u64 + k as u64),
                correct: solution.answer() == right,
                solution,
            });
        }
    }
    Ok(Pass { lines, drawn, tokens: found.tokens })
}
