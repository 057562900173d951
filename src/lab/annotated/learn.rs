//! Fine-tuning a SORM on what people said, and how much that helped.

use std::path::Path;

use candle_core::Device;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::examples::annotated_set;
use super::located::{Located, located, scores, threshold};
use super::merge::{MergeCounts, merge};
use super::split::{Part, part};
use crate::domain::{Probability, Role, Threshold, ThresholdSource};
use crate::engine::{Control, Tokenizer};
use crate::lab::LabError;
use crate::lab::formats::Stepwise;
use crate::lab::labels::Rules;
use crate::lab::measure::Figure;
use crate::lab::sets::{Rollouts, Teaching};
use crate::lab::train::{Plan, Progress, Task, train};
use crate::model::{AdamSettings, Card, Llama, PROMPT_VERSION, Precision, Weights};

/// How it is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct How {
    /// Optimiser steps at most; a validation loss that no longer falls ends it sooner.
    pub steps: usize,
    pub tokens_per_step: usize,
    /// Highest learning rate. Lower than that of a first training: what is known should stay.
    pub rate: f32,
    /// Weight of the wording of right solutions, where rollouts say which are.
    pub language: f32,
    pub seed: u64,
}

impl How {
    fn plan(&self, name: &str) -> Plan {
        Plan {
            name: name.to_owned(),
            steps: self.steps,
            tokens_per_step: self.tokens_per_step,
            rate: self.rate,
            warm_up: (self.steps / 20).clamp(1, 100),
            validate_every: (self.steps / 10).max(1),
            patience: 4,
            seed: self.seed,
            adam: AdamSettings::default(),
        }
    }
}

/// What a fine-tuning starts from and lies in.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub start: &'a Weights,
    pub tokenizer: &'a Tokenizer,
    pub device: &'a Device,
    /// For its state and metrics.
    pub folder: &'a Path,
}

/// A SORM that learned.
pub struct Learned {
    pub llama: Llama,
    /// Tuned on the labels it learned from: those that validate are too few.
    pub threshold: f64,
    pub counts: MergeCounts,
    pub steps: usize,
}

/// Learns from people's labels and, beside them, from rollouts.
///
/// # Errors
/// [`LabError::Nothing`] when there is nothing to learn from or to validate on; errors of files and
/// models.
pub fn learn(
    place: Place<'_>,
    rollouts: &[Rollouts],
    learned_from: &[Stepwise],
    validation: &[Stepwise],
    how: &How,
    report: &mut dyn FnMut(&Progress),
) -> Result<Learned, LabError> {
    let Place { start, tokenizer, device, folder } = place;
    let rules = Rules::default();
    let language = if rollouts.is_empty() { 0.0 } else { how.language };
    let teaching = Teaching::new(tokenizer, language)?;
    let merged = merge(rollouts, rules, learned_from);
    let examples = annotated_set(tokenizer, &merged.set, rules.balance, how.seed, teaching)?;
    let held_out = merge(&[], rules, validation);
    let labels_only = teaching.labels_only();
    let held_out = annotated_set(tokenizer, &held_out.set, false, how.seed, labels_only)?;
    let plan = how.plan("sorm-annotated");
    let task = Task {
        plan: &plan,
        head: teaching.head(),
        examples: &examples,
        held_out: &held_out,
        held_out_head: labels_only.head(),
        device,
        folder,
    };
    let trained = train(task, start.clone(), report)?;
    let llama = Llama::new(trained.weights);
    let scored = scores(&llama, tokenizer, learned_from)?;
    let threshold = threshold(&scored, learned_from);
    Ok(Learned { llama, threshold, counts: merged.counts, steps: trained.steps })
}

/// Before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tuned {
    /// Human-labelled solutions of each part; no problem is in two.
    pub train: usize,
    pub validation: usize,
    pub test: usize,
    pub merged: MergeCounts,
    /// The SORM it started from, at the threshold it is used with.
    pub as_shipped: Located,
    /// The same at the threshold that people's training labels ask for: what is gained without any
    /// training.
    pub before: Located,
    pub after: Located,
    /// `after` minus `before`, of the same solutions.
    pub gain: Figure,
    /// Optimiser steps taken.
    pub steps: usize,
}

/// Fine-tunes a SORM on the training part of people's labels, writes it as a checkpoint into
/// `checkpoint`, and measures both on the test part. Rollouts of tested problems are left out.
///
/// # Errors
/// [`LabError::Nothing`] when a part is empty; errors of files and models.
pub fn tune_sorm(
    place: Place<'_>,
    shipped_threshold: f64,
    rollouts: Vec<Rollouts>,
    human: &[Stepwise],
    how: &How,
    checkpoint: &Path,
    report: &mut dyn FnMut(&Progress),
) -> Result<Tuned, LabError> {
    let of = |wanted| -> Vec<Stepwise> {
        human.iter().filter(|r| part(&r.problem, how.seed) == wanted).cloned().collect()
    };
    let (training, validation, test) = (of(Part::Train), of(Part::Validation), of(Part::Test));
    if test.is_empty() || training.is_empty() || validation.is_empty() {
        let (a, b, c) = (training.len(), validation.len(), test.len());
        let reason = format!(
            "of {} human-labelled solutions {a} are to learn from, {b} to validate and {c} to test \
             on; each part needs at least one",
            human.len()
        );
        return Err(LabError::Nothing { stage: "train sorm --with-annotations", reason });
    }
    let mut rollouts = rollouts;
    rollouts.retain(|r| part(&r.sample.problem, how.seed) == Part::Train);
    let old = Llama::new(place.start.clone());
    let old_scores = scores(&old, place.tokenizer, &training)?;
    let old_threshold = threshold(&old_scores, &training);
    let measure = |llama: &Llama, cut| located(llama, place.tokenizer, &test, cut);
    let (as_shipped, before) = (measure(&old, shipped_threshold)?, measure(&old, old_threshold)?);
    let learned = learn(place, &rollouts, &training, &validation, how, report)?;
    let after = measure(&learned.llama, learned.threshold)?;
    let tuned = Tuned {
        train: training.len(),
        validation: validation.len(),
        test: test.len(),
        merged: learned.counts,
        gain: before.gain(&after, how.seed),
        as_shipped,
        before,
        after,
        steps: learned.steps,
    };
    write(&learned, place.tokenizer, how, &tuned, checkpoint)?;
    Ok(tuned)
}

/// Half-precision weights, tokenizer and card.
fn write(
    learned: &Learned,
    tokenizer: &Tokenizer,
    how: &How,
    tuned: &Tuned,
    folder: &Path,
) -> Result<(), LabError> {
    std::fs::create_dir_all(folder).map_err(|e| LabError::io(folder, e))?;
    learned.llama.weights().save(folder, Precision::F16)?;
    tokenizer.save(&folder.join("tokenizer.json"))?;
    let sorm = Probability::new(learned.threshold);
    let card = Card {
        role: Role::Sorm,
        prompt_version: PROMPT_VERSION,
        parameters: learned.llama.weights().parameters(),
        labels: Some([Control::Good, Control::Bad].map(|label| label.as_str().to_owned())),
        threshold: sorm.map(|sorm| Threshold { sorm, source: ThresholdSource::Training }),
        made: json!({ "how": how, "annotations": tuned }),
    };
    Ok(card.write(folder)?)
}
