//! Practice: the student, trained on. Refiners and reward models start from what comes of it.
//!
//! A model that slips in a sum cannot tell that slip when it reads it, and repeats it when it tries
//! again. So whoever corrects the student has to compute better than the student
//! (docs/decisions/0014). What it learns are worked solutions of problems that no other stage uses,
//! and sums like theirs; no sample of the student, no label.

use super::base::worked;
use super::bench::{Bench, Report};
use super::preset::Preset;
use crate::domain::Role;
use crate::lab::LabError;
use crate::lab::problems::{Split, WordProblem};
use crate::lab::sets::{solutions, student_set, sums_set};
use crate::lab::train::{Example, Task, train};
use crate::model::Head;

/// Folder of the training.
pub const PRACTICE: &str = "practice";

/// Trains the student on; nothing where the preset has no steps for it.
///
/// # Errors
/// [`LabError`] from training and files.
pub fn practice(bench: &mut Bench) -> Result<(), LabError> {
    let preset = bench.preset.clone();
    if preset.practice_steps == 0 {
        return Ok(());
    }
    let student = bench.model(Role::Policy)?;
    let known = practice_problems(&preset);
    let held_out = worked(Split::Validation, &preset, preset.held_out_problems);
    let tokenizer = &bench.tokenizer;
    let mut examples = student_set(tokenizer, solutions(&known), preset.seed)?;
    examples.extend(sums_set(tokenizer, &known, preset.practice_sums, preset.seed)?);
    let held_out = student_set(tokenizer, solutions(&held_out), preset.seed)?;
    let task = Task {
        plan: &preset.practice_plan(PRACTICE),
        head: Head::Vocabulary,
        examples: &examples,
        held_out: &held_out,
        held_out_head: Head::Vocabulary,
        device: &bench.device.clone(),
        folder: &bench.folder.join(PRACTICE),
    };
    let report = &mut bench.report;
    train(task, student.llama.weights().clone(), &mut |p| report(Report::Training(p)))?;
    Ok(())
}

/// What refiners go on practising: worked solutions. All else they learn to write is the student's, and
/// they would forget how to read a problem better than it does (docs/decisions/0049).
pub(super) fn rehearsal(bench: &Bench) -> Result<Vec<Example>, LabError> {
    let mut known = practice_problems(&bench.preset);
    known.truncate(bench.preset.rehearsed_problems);
    Ok(student_set(&bench.tokenizer, solutions(&known), bench.preset.seed)?)
}

/// Problems that no other stage takes from.
pub(super) fn practice_problems(preset: &Preset) -> Vec<WordProblem> {
    let used = preset.worked_problems
        + preset.expert_problems
        + preset.sample_problems
        + preset.refined_problems;
    worked(Split::Train, preset, used + preset.practice_problems).split_off(used)
}
