//! Student samples.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::base::worked;
use super::bench::{Bench, Model};
use crate::domain::{Answer, Role};
use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::problems::{Split, WordProblem};
use crate::lab::sampling::{Draw, draw};
use crate::lab::sets::Sample;
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
