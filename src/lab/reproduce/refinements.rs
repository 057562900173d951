//! What the refiners make of drafts: the distribution the ORM will have to judge.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::base::worked;
use super::bench::Bench;
use super::parts::Parts;
use super::thresholds::{THRESHOLD_SETS, threshold_rollouts, tuned_on};
use crate::domain::{Answer, Role, Solution};
use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::measure::tune_one;
use crate::lab::problems::{Split, WordProblem};
use crate::lab::sampling::{Draw, draw, score};
use crate::lab::sets::Sample;
use crate::pipeline::prompt;

/// Problems refined in one pass, which is what a stop loses at most.
const PROBLEMS_A_PASS: usize = 2_000;

/// Drafts, global and local refinements of problems that no other set of the run has, each judged
/// by its answer; the same solution of a problem is kept once. Local refinements start at the first
/// step under the SORM's validation threshold, as they do when solving.
///
/// # Errors
/// [`LabError`] from models and files.
pub fn refinements(bench: &mut Bench, split: Split) -> Result<SetFile, LabError> {
    let preset = bench.preset.clone();
    let (name, problems) = match split {
        Split::Train => {
            let seen = preset.worked_problems + preset.expert_problems + preset.sample_problems;
            let all = worked(split, &preset, seen + preset.refined_problems);
            ("refinements", all[seen..].to_vec())
        }
        _ => ("refinements-validation", worked(split, &preset, preset.validation_samples)),
    };
    let set = SetFile::new(&bench.folder, name);
    let mut inputs = BTreeMap::new();
    for role in [Role::Policy, Role::Sorm, Role::Global, Role::Local] {
        inputs.insert(role.as_str().to_owned(), bench.model(role)?.hash.clone());
    }
    // The threshold is tuned on these.
    for (name, of) in THRESHOLD_SETS.into_iter().zip(threshold_rollouts(bench)?) {
        inputs.insert(name.to_owned(), of.manifest().map(|m| m.sha256).unwrap_or_default());
    }
    let settings = json!({"split": split, "problems": problems.len(), "seed": preset.seed});
    if set.is_made_from(&settings, &inputs) {
        return Ok(set);
    }
    let on = tuned_on(bench)?;
    let sorm = bench.model(Role::Sorm)?;
    let threshold = tune_one(&sorm.llama, Role::Sorm, &bench.tokenizer, &on)?;
    let parts = Parts::new(&bench.folder, name, &settings, &inputs);
    let mut lines = Vec::new();
    for (pass, chunk) in problems.chunks(PROBLEMS_A_PASS).enumerate() {
        bench.say(name, pass * PROBLEMS_A_PASS, problems.len());
        let done = parts.pass(pass, || refined(bench, chunk, threshold))?;
        for (i, solutions) in done.into_iter().enumerate() {
            let problem = &chunk[i];
            let reference = problem.answer.to_string();
            let right = Answer::parse(&reference);
            let mut seen = BTreeSet::new();
            for (k, (role, solution)) in solutions.into_iter().enumerate() {
                if solution.steps.is_empty() || !seen.insert(solution.join()) {
                    continue;
                }
                lines.push(Sample {
                    problem_id: (pass * PROBLEMS_A_PASS + i) as u64,
                    problem: problem.text.clone(),
                    reference: reference.clone(),
                    sample_id: k as u64,
                    model: inputs[role.as_str()].clone(),
                    seed: preset.seed,
                    correct: solution.answer() == right,
                    solution,
                });
            }
        }
    }
    let correct = lines.iter().filter(|s| s.correct).count() as u64;
    let counts = BTreeMap::from([("distinct_correct".to_owned(), correct)]);
    set.write(name, settings, inputs, counts, &lines)?;
    parts.clear();
    Ok(set)
}

/// Draft, global and, where a step is flagged, local refinement of each problem, all greedy.
fn refined(
    bench: &mut Bench,
    problems: &[WordProblem],
    threshold: f64,
) -> Result<Vec<Vec<(Role, Solution)>>, LabError> {
    let tokenizer = bench.tokenizer.clone();
    let prompts = problems.iter().map(|p| prompt::policy(&tokenizer, &p.text));
    let drafts = write(bench, Role::Policy, prompts.collect::<Result<_, _>>()?)?;
    let both = || problems.iter().zip(&drafts);
    let prompts = both().map(|(p, draft)| prompt::global(&tokenizer, &p.text, draft));
    let globals = write(bench, Role::Global, prompts.collect::<Result<_, _>>()?)?;

    let items: Vec<_> = both().map(|(p, draft)| (p.text.as_str(), draft)).collect();
    let scores = score(&bench.model(Role::Sorm)?.llama, Role::Sorm, &tokenizer, &items)?;
    let first = |steps: &[f64]| steps.iter().position(|&score| score < threshold);
    let found = scores.iter().enumerate();
    let flagged: Vec<(usize, usize)> =
        found.filter_map(|(i, s)| first(&s.steps).map(|step| (i, step + 1))).collect();
    let prompts = flagged
        .iter()
        .map(|&(i, step)| prompt::local(&tokenizer, &problems[i].text, &drafts[i], step));
    let rests = write(bench, Role::Local, prompts.collect::<Result<_, _>>()?)?;

    let mut locals = vec![None; problems.len()];
    for (&(i, step), rest) in flagged.iter().zip(rests) {
        let steps = drafts[i].prefix(step - 1).iter().cloned().chain(rest.steps).collect();
        locals[i] = Some((Role::Local, Solution { steps, answer_text: rest.answer_text }));
    }
    let each = drafts.into_iter().zip(globals).zip(locals);
    Ok(each
        .map(|((draft, global), local)| {
            [(Role::Policy, draft), (Role::Global, global)].into_iter().chain(local).collect()
        })
        .collect())
}

/// What a role writes after prompts, greedily.
fn write(bench: &mut Bench, role: Role, prompts: Vec<Vec<u32>>) -> Result<Vec<Solution>, LabError> {
    let model = bench.model(role)?;
    let drawn = draw(&model.llama, role, &bench.tokenizer, prompts, Draw::GREEDY)?;
    Ok(drawn.solutions.into_iter().flatten().collect())
}
