//! Last stages: thresholds, checkpoints to ship, evaluation on the test split.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::base::worked;
use super::bench::{Bench, Model};
use super::course::Course;
use super::parts::Parts;
use super::preset::Preset;
use super::thresholds::tuned_on;
use crate::domain::{Probability, Role, Threshold, ThresholdSource};
use crate::lab::LabError;
use crate::lab::files::hash_file;
use crate::lab::measure::{
    Ablation, Evaluation, Item, LabelTable, Models, Thresholds, ablate, attempt, best_margin,
    compare_models, evaluate, label_table, solves_alone, tune, with_margin,
};
use crate::lab::problems::{Difficulty, Split, problems};
use crate::lab::runner::Runner;
use crate::lab::sampling::Draw;
use crate::model::{Card, Control, PROMPT_VERSION, Precision, WEIGHTS_FILE, Weights};

/// Samples a problem for best-of-3 and majority-of-3.
const SAMPLES: usize = 3;
/// Raised whenever measuring the same models would give other figures: what was measured before is
/// measured anew then.
pub(super) const MEASURE_VERSION: u32 = 3;
/// Samples are drawn with these seeds.
const SEEDS: [u64; 3] = [1, 2, 3];
/// Problems are drawn with this one, whatever seed a run was made with, so that what different runs
/// made can be compared.
const MEASURED_SEED: u64 = 1;

/// The five trained models, as they will be shipped: rounded to half precision.
///
/// # Errors
/// [`LabError`] when a role has not been trained.
pub fn shipped_models(folder: &Path) -> Result<Models, LabError> {
    let mut models = BTreeMap::new();
    for role in Role::ALL {
        let weights = Weights::load(&checkpoint_folder(folder, role))?;
        let runner: Arc<dyn Runner> = Arc::new(crate::model::Llama::new(weights));
        models.insert(role, runner);
    }
    Ok(Models(models))
}

/// Writes the five checkpoints in half precision with tokenizer and card, tunes the thresholds on
/// them, and a manifest with hashes beside them.
///
/// # Errors
/// [`LabError`] from models and files.
pub fn ship(bench: &mut Bench) -> Result<Thresholds, LabError> {
    let root = bench.folder.join("checkpoints");
    for role in Role::ALL {
        let model = bench.model(role)?;
        weights_and_words(bench, &model, &checkpoint_folder(&root, role))?;
    }
    let models = shipped_models(&root)?;
    let on = tuned_on(bench)?;
    let thresholds = tune(&models, &bench.tokenizer, &on)?;
    let mut hashes = BTreeMap::new();
    for role in Role::ALL {
        let folder = checkpoint_folder(&root, role);
        let parameters = bench.model(role)?.llama.weights().parameters();
        card(bench, role, parameters, &thresholds).write(&folder)?;
        hashes.insert(role, hash_file(&folder.join(WEIGHTS_FILE))?);
    }
    let manifest = json!({
        "preset": bench.preset, "prompt_version": PROMPT_VERSION,
        "thresholds": thresholds, "sha256": hashes,
    });
    write_json(&root.join("manifest.json"), &manifest)?;
    Ok(thresholds)
}

/// Writes one model as a checkpoint: half-precision weights, tokenizer and card.
pub(super) fn checkpoint(
    bench: &Bench,
    role: Role,
    model: &Model,
    thresholds: &Thresholds,
    folder: &Path,
) -> Result<(), LabError> {
    weights_and_words(bench, model, folder)?;
    Ok(card(bench, role, model.llama.weights().parameters(), thresholds).write(folder)?)
}

fn weights_and_words(bench: &Bench, model: &Model, folder: &Path) -> Result<(), LabError> {
    std::fs::create_dir_all(folder).map_err(|e| LabError::io(folder, e))?;
    model.llama.weights().save(folder, Precision::F16)?;
    Ok(bench.tokenizer.save(&folder.join("tokenizer.json"))?)
}

fn card(bench: &Bench, role: Role, parameters: usize, thresholds: &Thresholds) -> Card {
    let labels = [Control::Good, Control::Bad].map(|label| label.as_str().to_owned());
    let sorm = Probability::new(thresholds.sorm);
    let threshold = sorm.map(|sorm| Threshold { sorm, source: ThresholdSource::Validation });
    Card {
        role,
        prompt_version: PROMPT_VERSION,
        parameters,
        labels: role.is_reward().then_some(labels),
        threshold: threshold.filter(|_| role == Role::Sorm),
        made: json!({
            "preset": bench.preset.name,
            "seed": bench.preset.seed,
            "step_threshold": (role == Role::Orm).then_some(thresholds.orm),
        }),
    }
}

/// Evaluates shipped models on a split and writes `evaluation-SPLIT.json`; on the test split also
/// `ablations.json`, and `labels.json` from validation problems. What was measured on the same
/// checkpoints before is not measured again.
///
/// # Errors
/// [`LabError`] from models and files.
pub fn measure(
    bench: &mut Bench,
    split: Split,
    thresholds: Thresholds,
) -> Result<Evaluation, LabError> {
    let root = bench.folder.join("checkpoints");
    let name = format!("{split:?}").to_lowercase();
    let settings = json!({
        "version": MEASURE_VERSION, "problems": measured_problems(&bench.preset, split), "label_problems": bench.preset.label_problems,
        "margin_problems": bench.preset.validation_samples,
        "samples": SAMPLES, "seeds": SEEDS, "seed": MEASURED_SEED, "thresholds": thresholds,
        "temperature": bench.preset.sample_temperature,
    });
    let mut inputs = BTreeMap::new();
    for role in Role::ALL {
        let hash = hash_file(&checkpoint_folder(&root, role).join(WEIGHTS_FILE))?;
        inputs.insert(role.as_str().to_owned(), hash);
    }
    // Ablations look at models that are not shipped.
    inputs.insert("start".to_owned(), bench.start()?.hash.clone());
    let other = Course::OrmOfStudent.name();
    inputs.insert(other.to_owned(), bench.named(other)?.hash.clone());
    let parts = Parts::new(&bench.folder, &format!("evaluation-{name}"), &settings, &inputs);
    let measured = parts.pass(0, || measure_anew(bench, split, &name, thresholds))?;
    write_json(&bench.folder.join(format!("evaluation-{name}.json")), &measured.evaluation)?;
    if let Some((ablations, labels)) = &measured.besides {
        write_json(&bench.folder.join("ablations.json"), ablations)?;
        write_json(&bench.folder.join("labels.json"), labels)?;
    }
    Ok(measured.evaluation)
}

/// What is measured on a split; ablations and labels on the test split alone.
#[derive(Serialize, Deserialize)]
struct Measured {
    evaluation: Evaluation,
    besides: Option<(Vec<Ablation>, LabelTable)>,
}

fn measure_anew(
    bench: &mut Bench,
    split: Split,
    name: &str,
    thresholds: Thresholds,
) -> Result<Measured, LabError> {
    let mut models = shipped_models(&bench.folder.join("checkpoints"))?;
    let preset = Preset { seed: MEASURED_SEED, ..bench.preset.clone() };
    let n = measured_problems(&preset, split);
    let problems = match split {
        Split::Harder => problems(split, preset.seed, Difficulty::harder()).take(n).collect(),
        _ => worked(split, &preset, n),
    };
    let items: Vec<Item> = problems.iter().map(Item::from).collect();
    let samples = Draw { n: SAMPLES, temperature: preset.sample_temperature, seed: preset.seed };
    let tried = attempt(&models, &bench.tokenizer, &items, thresholds, samples, &SEEDS)?;
    let data = format!("{name} split, seed {}", preset.seed);
    let evaluation = evaluate(&tried, &data, &SEEDS);
    if split != Split::Test {
        return Ok(Measured { evaluation, besides: None });
    }
    let mut ablations = ablate(&models, &bench.tokenizer, &items, &tried, preset.seed)?;
    let known = worked(Split::Validation, &preset, preset.validation_samples);
    let known: Vec<Item> = known.iter().map(Item::from).collect();
    let elsewhere = attempt(&models, &bench.tokenizer, &known, thresholds, samples, &[])?;
    let margin = best_margin(&elsewhere.attempts);
    let name = format!(
        "a margin of {margin:.2} for the draft, tuned on {} validation problems",
        known.len()
    );
    ablations.push(with_margin(&name, margin, &tried, preset.seed));
    if bench.practises() {
        let start: Arc<dyn Runner> = Arc::new(bench.start()?.llama.clone());
        let mut alone = models.clone();
        alone.0.insert(Role::Policy, start);
        let name = "no refinement: the model that refiners start from solves alone";
        ablations.push(solves_alone(name, &alone, &bench.tokenizer, &items, &tried, preset.seed)?);
    }
    if Course::shipped_orm(&preset) == Course::Orm {
        let other = bench.named(Course::OrmOfStudent.name())?;
        models.0.insert(Role::Orm, Arc::new(other.llama.clone()));
        let with_other = attempt(&models, &bench.tokenizer, &items, thresholds, samples, &[])?;
        let name = match preset.further {
            true => "the ORM that the run began with, which has not read these refinements",
            false => "an ORM that saw student samples only",
        };
        ablations.push(compare_models(name, &tried, &with_other, preset.seed));
    }

    let student = bench.model(Role::Policy)?;
    let known = worked(Split::Validation, &preset, preset.label_problems);
    let how = Draw { n: preset.samples, ..samples };
    let labels = label_table(&student.llama, &bench.tokenizer, &known, how)?;
    Ok(Measured { evaluation, besides: Some((ablations, labels)) })
}

fn measured_problems(preset: &Preset, split: Split) -> usize {
    match split {
        Split::Test => preset.test_problems,
        _ => preset.other_problems,
    }
}

fn checkpoint_folder(root: &Path, role: Role) -> PathBuf {
    root.join(role.as_str())
}

pub(super) fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), LabError> {
    let json =
        serde_json::to_vec_pretty(value).map_err(|e| LabError::unusable(path, e.to_string()))?;
    std::fs::write(path, json).map_err(|e| LabError::io(path, e))
}
