//! First stages: the tokenizer, then the base on worked solutions.

use std::path::Path;

use candle_core::Device;

use super::preset::Preset;
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::problems::{Difficulty, Split, WordProblem, problems};
use crate::lab::sets::{solutions, student_set};
use crate::lab::train::{Progress, Task, Trained, train};
use crate::model::{Head, LlamaConfig, Weights};

/// The tokenizer of all five models, learnt from training problems; read back when already there.
///
/// # Errors
/// [`LabError`] when it cannot be learnt, read or written.
pub fn tokenizer(preset: &Preset, folder: &Path) -> Result<Tokenizer, LabError> {
    let path = folder.join("tokenizer.json");
    if path.exists() {
        return Ok(Tokenizer::from_file(&path)?);
    }
    std::fs::create_dir_all(folder).map_err(|e| LabError::io(folder, e))?;
    // Lines begin with a space, as they do in every prompt.
    let texts: Vec<String> = worked(Split::Train, preset, preset.tokenizer_problems)
        .into_iter()
        .flat_map(|p| [p.solution_text(), p.text])
        .flat_map(|text| text.lines().map(|line| format!(" {line}")).collect::<Vec<_>>())
        .collect();
    let tokenizer = Tokenizer::train(texts.iter().map(String::as_str), preset.vocabulary)?;
    tokenizer.save(&path)?;
    Ok(tokenizer)
}

/// The base: a model from nothing, trained on worked solutions of training problems.
///
/// # Errors
/// [`LabError`] from training and files.
pub fn base(
    preset: &Preset,
    tokenizer: &Tokenizer,
    device: &Device,
    folder: &Path,
    report: &mut dyn FnMut(&Progress),
) -> Result<Trained, LabError> {
    let to_learn = worked(Split::Train, preset, preset.worked_problems);
    let held_out = worked(Split::Validation, preset, preset.held_out_problems);
    let to_learn = student_set(tokenizer, solutions(&to_learn), preset.seed)?;
    let held_out = student_set(tokenizer, solutions(&held_out), preset.seed)?;
    let vocabulary = tokenizer.vocab_size();
    let config = LlamaConfig::small(vocabulary, preset.width, preset.layers, preset.feed_forward);
    let start = Weights::random(&config, preset.seed);
    let task = Task {
        plan: &preset.base_plan(),
        head: Head::Vocabulary,
        examples: &to_learn,
        held_out: &held_out,
        held_out_head: Head::Vocabulary,
        device,
        folder: &folder.join("base"),
    };
    train(task, start, report)
}

/// The first `count` problems of a split.
pub(super) fn worked(split: Split, preset: &Preset, count: usize) -> Vec<WordProblem> {
    problems(split, preset.seed, Difficulty::default()).take(count).collect()
}
