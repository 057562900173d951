//! What a training reports, and the file it is kept in.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::lab::LabError;

/// What a training reports every few steps.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Progress {
    pub name: String,
    pub step: usize,
    pub steps: usize,
    /// Mean over the last steps, in nats a prediction.
    pub loss: f32,
    /// Only in lines that follow a measurement.
    pub validation_loss: Option<f32>,
    pub rate: f32,
    pub tokens: u64,
    pub tokens_per_second: f64,
    pub seconds_left: f64,
}

/// `metrics.jsonl`: one line a report, appended across resumes.
pub(super) struct Metrics {
    path: PathBuf,
    file: File,
}

impl Metrics {
    pub(super) fn open(folder: &Path) -> Result<Self, LabError> {
        let path = folder.join("metrics.jsonl");
        let file = OpenOptions::new().create(true).append(true).open(&path);
        Ok(Self { file: file.map_err(|e| LabError::io(&path, e))?, path })
    }

    pub(super) fn write(&mut self, progress: &Progress) -> Result<(), LabError> {
        let line = serde_json::to_string(progress)
            .map_err(|e| LabError::unusable(&self.path, e.to_string()))?;
        writeln!(self.file, "{line}").map_err(|e| LabError::io(&self.path, e))
    }
}
