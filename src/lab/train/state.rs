//! What a training needs to go on after a stop: weights, the optimiser's moments, and where it was.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::example::Example;
use super::schedule::Plan;
use crate::lab::LabError;
use crate::lab::files::hexadecimal;
use crate::model::{AdamW, Head, Precision, Weights};

const PROGRESS_FILE: &str = "progress.json";
const MOMENTS_FILE: &str = "moments.bin";

/// Where a training stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    /// The plan it belongs to, and a hash of the weights it started from, of what it learns from
    /// and of what decides which weights are kept: another plan, or other inputs, start anew.
    pub plan: Plan,
    pub inputs: String,
    /// Steps done.
    pub step: usize,
    /// Optimiser steps, for bias correction.
    pub adam_steps: i32,
    /// Best validation loss so far, and the measurements since.
    pub best: Option<f32>,
    pub since_best: usize,
    /// Tokens read so far.
    pub tokens: u64,
}

/// A hash of what a training starts from, learns from and is measured on, each with its head.
pub(super) fn inputs(start: &Weights, sets: [(&[Example], Head); 2]) -> String {
    let mut hash = Sha256::new();
    let tables = [&start.embedding, &start.norm];
    for table in tables.into_iter().chain(&start.blocks) {
        table.iter().for_each(|value| hash.update(value.to_le_bytes()));
    }
    for (examples, head) in sets {
        hash.update(format!("{head:?} {}", examples.len()));
        for example in examples {
            example.tokens.iter().for_each(|token| hash.update(token.to_le_bytes()));
            for (row, target, weight) in &example.reads {
                hash.update((*row as u64).to_le_bytes());
                hash.update(target.to_le_bytes());
                hash.update(weight.to_le_bytes());
            }
        }
    }
    hexadecimal(&hash.finalize())
}

/// Writes a state; the progress file last, so that a half-written state is not taken for one.
pub(super) fn save(
    folder: &Path,
    position: &Position,
    weights: &Weights,
    moments: &[f32],
) -> Result<(), LabError> {
    std::fs::create_dir_all(folder).map_err(|e| LabError::io(folder, e))?;
    let progress = folder.join(PROGRESS_FILE);
    if progress.exists() {
        std::fs::remove_file(&progress).map_err(|e| LabError::io(&progress, e))?;
    }
    weights.save(folder, Precision::F32)?;
    let path = folder.join(MOMENTS_FILE);
    let bytes: Vec<u8> = moments.iter().flat_map(|m| m.to_le_bytes()).collect();
    std::fs::write(&path, bytes).map_err(|e| LabError::io(&path, e))?;
    let json = serde_json::to_vec_pretty(position)
        .map_err(|e| LabError::unusable(&progress, e.to_string()))?;
    std::fs::write(&progress, json).map_err(|e| LabError::io(&progress, e))
}

/// Reads the state of `plan` on `inputs` back; `None` when there is none or it belongs to others.
pub(super) fn load(
    folder: &Path,
    plan: &Plan,
    inputs: &str,
) -> Result<Option<(Position, Weights, AdamW)>, LabError> {
    let progress = folder.join(PROGRESS_FILE);
    let Ok(json) = std::fs::read(&progress) else { return Ok(None) };
    let Ok(position) = serde_json::from_slice::<Position>(&json) else { return Ok(None) };
    if position.plan != *plan || position.inputs != inputs {
        return Ok(None);
    }
    let weights = Weights::load(folder)?;
    let path = folder.join(MOMENTS_FILE);
    let bytes = std::fs::read(&path).map_err(|e| LabError::io(&path, e))?;
    let moments: Vec<f32> =
        bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
    let adam = AdamW::restore(&weights, plan.adam, position.adam_steps, &moments)
        .ok_or_else(|| LabError::unusable(&path, "belongs to a model of another size"))?;
    Ok(Some((position, weights, adam)))
}
