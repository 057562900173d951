//! Checking: what reward models practise before they see the student's samples.
//!
//! Comparing takes layers after those that compute, and seeing at the end of a line that something in
//! it was wrong takes one more; so reward models are some layers deeper than the practised model. The
//! new ones begin as nothing (`Weights::deepened`).
//!
//! After practice a model writes right sums, but its label at the end of a line says nothing of the
//! sum in it: in the fifth run the ORM gave `133 + 18 = 141` and `= 151` the same score, and had
//! only learnt which problems are hard (docs/decisions/0017). So it is taught to compare what it
//! reads with what it would have written, on lines with and without a slip. No sample, no rollout
//! and no problem is looked at; what a wrong step is, labels of the method alone say.

use super::base::worked;
use super::bench::{Bench, Report};
use super::practice::practice_problems;
use crate::lab::LabError;
use crate::lab::problems::Split;
use crate::lab::sets::{Teaching, checks_set};
use crate::lab::train::{Task, train};

/// Folder of the training.
pub const CHECKING: &str = "checking";

/// Lines for each step of the problems that practice uses.
const EACH: usize = 2;

/// Trains the practised model on; nothing where the preset has no steps for it.
///
/// # Errors
/// [`LabError`] from training and files.
pub fn checking(bench: &mut Bench) -> Result<(), LabError> {
    let preset = bench.preset.clone();
    if preset.checking_steps == 0 {
        return Ok(());
    }
    let start = bench.start()?;
    let teaching = Teaching::new(&bench.tokenizer, 0.0)?;
    let set = |problems: &[_], seed| checks_set(&bench.tokenizer, problems, EACH, seed, teaching);
    let examples = set(&practice_problems(&preset), preset.seed)?;
    let held_out = set(&worked(Split::Validation, &preset, preset.held_out_problems), preset.seed)?;
    let task = Task {
        plan: &preset.checking_plan(CHECKING),
        head: teaching.head(),
        examples: &examples,
        held_out: &held_out,
        held_out_head: teaching.head(),
        device: &bench.device.clone(),
        folder: &bench.folder.join(CHECKING),
    };
    let report = &mut bench.report;
    let deeper = start.llama.weights().clone().deepened(preset.reward_layers, preset.seed);
    train(task, deeper, &mut |p| report(Report::Training(p)))?;
    Ok(())
}
