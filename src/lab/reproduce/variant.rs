//! One model trained otherwise, in a finished run: for ablations that need a training.

use std::path::PathBuf;

use super::bench::Bench;
use super::finish::checkpoint;
use super::recipe::{Recipe, Source};
use super::roles::fine_tune;
use super::rollouts::full_rollouts;
use super::thresholds::tuned_on;
use crate::lab::LabError;
use crate::lab::measure::{Thresholds, tune_one};

/// Trains a recipe beside the models of a run and writes it as a checkpoint; a reward model's threshold
/// is tuned on rollouts of validation drafts, as the usual one's is. Returns the checkpoint's folder, which
/// can play its role in an evaluation.
///
/// # Errors
/// [`LabError`] when the run lacks the sets, from training and from files.
pub fn variant(bench: &mut Bench, recipe: &Recipe) -> Result<PathBuf, LabError> {
    if recipe.source == Source::FullSearch {
        full_rollouts(bench)?;
    }
    fine_tune(bench, recipe)?;
    let model = bench.named(&recipe.name)?;
    let role = recipe.course.role();
    // A card holds the threshold of its own role and no other.
    let mut thresholds = Thresholds { sorm: 0.5, orm: 0.5 };
    if role.is_reward() {
        let on = tuned_on(bench)?;
        let tuned = tune_one(&model.llama, role, &bench.tokenizer, &on)?;
        thresholds = Thresholds { sorm: tuned, orm: tuned };
    }
    let folder = bench.folder.join("variants").join(&recipe.name);
    checkpoint(bench, role, &model, &thresholds, &folder)?;
    Ok(folder)
}
