//! First stages: the tokenizer, then the base on worked solutions.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::Device;
use serde_json::json;

use super::finish::write_json;
use super::preset::Preset;
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::files::{Manifest, hash_file};
use crate::lab::problems::{Difficulty, Split, WordProblem, problems};
use crate::lab::sets::{solutions, student_set};
use crate::lab::train::{Progress, Task, Trained, train};
use crate::model::{Head, LlamaConfig, Weights};

/// Files of the tokenizer, and of what it was made from.
const TOKENIZER: &str = "tokenizer.json";
const SOURCE: &str = "tokenizer.source.json";

/// The tokenizer of all five models, learnt from training problems; read back when it is there and
/// was made from the same settings.
///
/// # Errors
/// [`LabError`] when it cannot be learnt, read or written.
pub fn tokenizer(preset: &Preset, folder: &Path) -> Result<Tokenizer, LabError> {
    let path = folder.join(TOKENIZER);
    let made_from = folder.join(SOURCE);
    let settings = settings(preset);
    let known = || serde_json::from_slice::<Manifest>(&std::fs::read(&made_from).ok()?).ok();
    if let Some(known) = known()
        && known.settings == settings
        && hash_file(&path).is_ok_and(|hash| hash == known.sha256)
    {
        return Ok(Tokenizer::from_file(&path)?);
    }
    // Lines begin with a space, as they do in every prompt.
    let texts: Vec<String> = worked(Split::Train, preset, preset.tokenizer_problems)
        .into_iter()
        .flat_map(|p| [p.solution_text(), p.text])
        .flat_map(|text| text.lines().map(|line| format!(" {line}")).collect::<Vec<_>>())
        .collect();
    let tokenizer = Tokenizer::train(texts.iter().map(String::as_str), preset.vocabulary)?;
    keep(preset, folder, &tokenizer)?;
    Ok(tokenizer)
}

/// What decides a tokenizer.
fn settings(preset: &Preset) -> serde_json::Value {
    json!({
        "problems": preset.tokenizer_problems, "vocabulary": preset.vocabulary,
        "seed": preset.seed,
    })
}

/// Writes a tokenizer as the one of a run.
///
/// # Errors
/// [`LabError`] when it cannot be written.
pub(super) fn keep(preset: &Preset, folder: &Path, tokenizer: &Tokenizer) -> Result<(), LabError> {
    std::fs::create_dir_all(folder).map_err(|e| LabError::io(folder, e))?;
    let path = folder.join(TOKENIZER);
    // Whole or not at all: the manifest comes last, and holds the hash of the whole file.
    tokenizer.save(&path)?;
    let manifest = Manifest {
        stage: "tokenizer".to_owned(),
        settings: settings(preset),
        inputs: BTreeMap::new(),
        counts: BTreeMap::from([("tokens".to_owned(), tokenizer.vocab_size() as u64)]),
        sha256: hash_file(&path)?,
    };
    write_json(&folder.join(SOURCE), &manifest)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tokenizer_of_other_settings_is_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let preset = Preset { tokenizer_problems: 60, vocabulary: 300, ..Preset::smoke() };
        let first = tokenizer(&preset, folder.path()).expect("made");
        assert_eq!(first.vocab_size(), 300);
        let path = folder.path().join("tokenizer.json");
        let made = std::fs::metadata(&path).and_then(|m| m.modified()).expect("there");
        tokenizer(&preset, folder.path()).expect("read");
        assert_eq!(std::fs::metadata(&path).and_then(|m| m.modified()).expect("there"), made);

        let larger = Preset { vocabulary: 320, ..preset.clone() };
        assert_eq!(tokenizer(&larger, folder.path()).expect("made").vocab_size(), 320);
        std::fs::write(&path, "{").expect("cut off");
        assert_eq!(tokenizer(&larger, folder.path()).expect("made again").vocab_size(), 320);
    }
}
