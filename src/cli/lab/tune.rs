//! `glore train sorm --with-annotations`: fine-tuning on what people said.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use candle_core::Device;

use super::labelled::labelled;
use super::watch::Watch;
use super::{annotations, dataset};
use crate::cli::print;
use crate::config::Config;
use crate::domain::Role;
use crate::engine::{Tokenizer, plan};
use crate::lab::annotated::{How, Located, Place, Tuned, tune_sorm};
use crate::lab::files::SetFile;
use crate::lab::measure::Figure;
use crate::lab::reproduce::{Preset, Report};
use crate::lab::sets::Rollouts;
use crate::model::{Card, Weights};

/// Stands for the SORM in use in the place of a folder.
const SHIPPED: &str = "shipped";
/// A SORM is fine-tuned at so much of the rate it was trained with, and for so much of its steps.
const RATE: f32 = 0.2;
const STEPS: f64 = 0.25;

/// What is asked for.
pub(super) struct Ask<'a> {
    /// A file, or `store`.
    pub annotations: &'a str,
    pub resolve: &'a str,
    /// `shipped`, or the folder of a checkpoint.
    pub from: &'a str,
    pub name: &'a str,
    pub steps: Option<usize>,
    pub rate: Option<f32>,
    pub preset: Preset,
    pub run: &'a Path,
}

/// Fine-tunes, writes the checkpoint and prints what that changed.
pub(super) fn tune(ask: &Ask<'_>, config: &Config) -> anyhow::Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    ensure!(
        !ask.name.is_empty() && ask.name.chars().all(plain),
        "--name {}: letters, digits and hyphens",
        ask.name
    );
    let (start, tokenizer, threshold) = begin(ask.from, config)?;
    let human = annotations::read(ask.annotations, ask.resolve, config)?;
    let context = start.config.max_position_embeddings;
    let human = annotations::fitting(human, &tokenizer, context)?;
    let rollouts = rollouts(ask, &tokenizer)?;
    let how = How {
        steps: ask.steps.unwrap_or((ask.preset.sorm_steps as f64 * STEPS).ceil() as usize),
        tokens_per_step: ask.preset.tokens_per_step,
        rate: ask.rate.unwrap_or(ask.preset.fine_tuning_rate * RATE),
        language: ask.preset.language_weight,
        seed: ask.preset.seed,
    };
    let checkpoint = ask.run.join("variants").join(ask.name);
    let training = checkpoint.join("training");
    std::fs::create_dir_all(&training).with_context(|| training.display().to_string())?;
    let place =
        Place { start: &start, tokenizer: &tokenizer, device: &Device::Cpu, folder: &training };
    let tuned = {
        let mut watch = Watch::new();
        let mut see = |progress: &_| watch.see(Report::Training(progress));
        tune_sorm(place, threshold, rollouts, &human, &how, &checkpoint, &mut see)?
    };
    let found = ask.run.join("annotated.json");
    std::fs::write(&found, serde_json::to_vec_pretty(&tuned)?)
        .with_context(|| found.display().to_string())?;
    print(&table(&tuned))?;
    print(&format!("glore eval --with sorm={}\n", checkpoint.display()))
}

/// Weights, tokenizer and threshold to start from.
fn begin(from: &str, config: &Config) -> anyhow::Result<(Weights, Tokenizer, f64)> {
    if from == SHIPPED {
        let plans = plan(config)?;
        let sorm = plans.iter().find(|plan| plan.description.role == Role::Sorm);
        let sorm = sorm.context("no model plays the SORM; --from takes a folder as well")?;
        let threshold = sorm.description.threshold.map_or(0.5, |threshold| threshold.sorm.get());
        let weights = Weights::load(&sorm.checkpoint.path)?;
        return Ok((weights, (*sorm.checkpoint.tokenizer).clone(), threshold));
    }
    let folder = PathBuf::from(from);
    let weights = Weights::load(&folder).with_context(|| format!("--from {from}"))?;
    let tokenizer = Tokenizer::from_file(&folder.join("tokenizer.json"))?;
    let card = Card::read(&folder)?;
    if let Some(card) = &card {
        ensure!(card.role == Role::Sorm, "--from {from}: it is a model for the role {}", card.role);
    }
    let threshold = card.and_then(|card| card.threshold).map_or(0.5, |t| t.sorm.get());
    Ok((weights, tokenizer, threshold))
}

/// The rollouts of the run, if it has any: what the SORM knows should not be forgotten.
fn rollouts(ask: &Ask<'_>, tokenizer: &Tokenizer) -> anyhow::Result<Vec<Rollouts>> {
    let set = SetFile::new(ask.run, "rollouts");
    if set.manifest().is_none() {
        eprintln!(
            "{} has no finished set `rollouts`: only people's labels are learned from",
            ask.run.display()
        );
        return Ok(Vec::new());
    }
    let own = ask.run.join("tokenizer.json");
    let same = Tokenizer::from_file(&own)?.vocab_size() == tokenizer.vocab_size();
    ensure!(same, "{}: its vocabulary is another one than the SORM's", own.display());
    Ok(labelled(ask.run)?)
}

/// Before and after, in lines for people.
fn table(tuned: &Tuned) -> String {
    let percent = |figure: &Figure| match (figure.value, figure.low, figure.high) {
        (Some(v), Some(low), Some(high)) => {
            format!(
                "{:5.1} % ({:.1} to {:.1}), n {}",
                100.0 * v,
                100.0 * low,
                100.0 * high,
                figure.n
            )
        }
        _ => "nothing to measure on".to_owned(),
    };
    let rows = |name: &str, found: &Located| {
        format!(
            "{name}, threshold {:.2}\n  first error told exactly  {}\n  where there is one        {}\n  \
             where there is none       {}\n",
            found.threshold,
            percent(&found.accuracy),
            percent(&found.erroneous),
            percent(&found.correct)
        )
    };
    let mut text = dataset::table(&tuned.merged);
    text += &format!(
        "{} solutions learned from, {} to validate, {} held out to test; no problem is in two\n",
        tuned.train, tuned.validation, tuned.test
    );
    text += &rows("before", &tuned.as_shipped);
    text += &rows("before, threshold tuned on people's labels", &tuned.before);
    text += &rows("after", &tuned.after);
    text += &match (tuned.gain.value, tuned.gain.low, tuned.gain.high) {
        (Some(v), Some(low), Some(high)) => format!(
            "gain of the training {:+.1} points ({:+.1} to {:+.1})\n",
            100.0 * v,
            100.0 * low,
            100.0 * high
        ),
        _ => String::new(),
    };
    text
}
