//! Expert Iteration: the student learns from its own right solutions (method, "Student").

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::base::worked;
use super::bench::{Bench, Model, Report};
use super::finish::{MEASURE_VERSION, write_json};
use super::parts::Parts;
use super::samples::sample_set;
use crate::domain::{Answer, Role};
use crate::lab::LabError;
use crate::lab::measure::pass_at;
use crate::lab::problems::Split;
use crate::lab::sampling::{Draw, draw};
use crate::lab::sets::{Sample, student_set};
use crate::lab::train::{Task, train};
use crate::model::Head;
use crate::pipeline::prompt;

/// Samples a problem when pass@k is measured, and the k that are reported.
const DRAWN: usize = 16;
const KS: [usize; 5] = [1, 2, 4, 8, 16];
/// Problems pass@k is measured on.
const MEASURED: usize = 500;

/// How often a student solves a problem in k tries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassAtK {
    /// `base`, `expert-1`, ..., `student`.
    pub model: String,
    /// Validation problems.
    pub problems: usize,
    pub k: Vec<usize>,
    pub rate: Vec<f64>,
}

/// All rounds: sample, keep the right ones, drop duplicates, train from the base again. Writes
/// pass@k of the base and of each round to `pass-at-k.json`.
///
/// # Errors
/// [`LabError`] from models, training and files.
pub fn experts(bench: &mut Bench) -> Result<(), LabError> {
    let preset = bench.preset.clone();
    let base = bench.named("base")?;
    let mut student = base.clone();
    let mut table = vec![measure(bench, "base", &student)?];
    let mut right: Vec<Sample> = Vec::new();
    for round in 1..=preset.expert_rounds {
        let all = worked(Split::Train, &preset, preset.worked_problems + preset.expert_problems);
        let problems = &all[preset.worked_problems..];
        let name = format!("expert-samples-{round}");
        let settings = json!({
            "round": round, "problems": problems.len(), "samples": preset.expert_samples,
            "temperature": preset.sample_temperature, "seed": preset.seed,
        });
        let how = Draw {
            n: preset.expert_samples,
            temperature: preset.sample_temperature,
            seed: preset.seed,
        };
        let drawn = sample_set(bench, &name, settings, &student, problems, how)?;
        let drawn: Vec<Sample> = drawn.read()?;
        right.extend(drawn.into_iter().filter(|sample| sample.correct));
        right.sort_by_key(|s| (s.problem_id, s.solution.join()));
        right.dedup_by(|a, b| (a.problem_id, &a.solution) == (b.problem_id, &b.solution));
        // Sequences hold several solutions one after another: those of one problem must not lie
        // side by side, or the student would learn to copy the one before.
        right.shuffle(&mut ChaCha8Rng::seed_from_u64(preset.seed.wrapping_add(round as u64)));

        let name = expert_name(round, preset.expert_rounds);
        learn(bench, &name, &base, &right)?;
        student = bench.named(&name)?;
        table.push(measure(bench, &name, &student)?);
    }
    write_json(&bench.folder.join("pass-at-k.json"), &table)
}

/// Folder of a round; the last one's is the student's.
fn expert_name(round: usize, rounds: usize) -> String {
    if round == rounds { "student".to_owned() } else { format!("expert-{round}") }
}

fn learn(bench: &mut Bench, name: &str, base: &Model, right: &[Sample]) -> Result<(), LabError> {
    let preset = bench.preset.clone();
    let solved = right.iter().map(|s| (s.problem.as_str(), s.solution.clone()));
    let mut examples = student_set(&bench.tokenizer, solved, preset.seed)?;
    let known = worked(Split::Train, &preset, preset.worked_problems);
    let held_out = worked(Split::Validation, &preset, preset.held_out_problems);
    let set = |problems| student_set(&bench.tokenizer, crate::lab::sets::solutions(problems), 1);
    if examples.is_empty() {
        // A student that never solves anything can only repeat what it was shown.
        examples = set(&known)?;
    }
    let task = Task {
        plan: &preset.fine_tuning_plan(name, preset.expert_steps),
        head: Head::Vocabulary,
        examples: &examples,
        held_out: &set(&held_out)?,
        held_out_head: Head::Vocabulary,
        device: &bench.device.clone(),
        folder: &bench.folder.join(name),
    };
    let report = &mut bench.report;
    train(task, base.llama.weights().clone(), &mut |p| report(Report::Training(p)))?;
    Ok(())
}

/// Measured once; the same model is not measured again.
fn measure(bench: &Bench, name: &str, student: &Model) -> Result<PassAtK, LabError> {
    let settings = json!({
        "version": MEASURE_VERSION, "drawn": DRAWN, "problems": MEASURED, "temperature": bench.preset.sample_temperature,
        "seed": bench.preset.seed,
    });
    let inputs = BTreeMap::from([(name.to_owned(), student.hash.clone())]);
    let parts = Parts::new(&bench.folder, "pass-at-k", &settings, &inputs);
    parts.pass(0, || measure_anew(bench, name, student))
}

fn measure_anew(bench: &Bench, name: &str, student: &Model) -> Result<PassAtK, LabError> {
    let preset = &bench.preset;
    let problems = worked(Split::Validation, preset, MEASURED.min(preset.validation_samples));
    let prompts = problems
        .iter()
        .map(|p| prompt::policy(&bench.tokenizer, &p.text))
        .collect::<Result<Vec<_>, _>>()?;
    let how = Draw { n: DRAWN, temperature: preset.sample_temperature, seed: preset.seed };
    let drawn = draw(&student.llama, Role::Policy, &bench.tokenizer, prompts, how)?;
    let solved = |(problem, solutions): (&crate::lab::problems::WordProblem, &Vec<_>)| {
        let right = Answer::parse(&problem.answer.to_string());
        let is_right = |s: &&crate::domain::Solution| s.answer() == right;
        solutions.iter().filter(is_right).count()
    };
    let solved: Vec<usize> = problems.iter().zip(&drawn.solutions).map(solved).collect();
    Ok(PassAtK {
        model: name.to_owned(),
        problems: problems.len(),
        k: KS.to_vec(),
        rate: KS.iter().map(|&k| pass_at(k, DRAWN, &solved)).collect(),
    })
}
