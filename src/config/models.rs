//! `[models.ROLE]`: models of one's own, and how they are run and read.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Numbers a model computes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dtype {
    /// f32 on a CPU, bf16 on a GPU.
    #[default]
    Auto,
    F32,
    F16,
    Bf16,
}

/// Weight quantisation applied while loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantisation {
    Q4k,
    Q5k,
    Q6k,
    Q8_0,
}

/// How step scores are read from a reward model (method: "Models").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScoreFormat {
    /// At the newline that closes the step; ours.
    #[default]
    Newline,
    /// At a tag appended to each step (Math-Shepherd).
    StepTag,
}

/// `[models.ROLE]`: a model of one's own in place of the embedded one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSource {
    /// A folder in the Hugging Face layout, or a `.gguf` file.
    pub path: PathBuf,
    /// `cpu`, or `cuda:N` in a build with the `cuda` feature.
    #[serde(default = "cpu")]
    pub device: String,
    #[serde(default)]
    pub dtype: Dtype,
    #[serde(default)]
    pub quantisation: Option<Quantisation>,
    #[serde(default)]
    pub score_format: ScoreFormat,
    /// Tag of the `step_tag` format.
    #[serde(default)]
    pub step_tag: Option<String>,
    /// The two label tokens as the tokenizer writes them, good first; the checkpoint's own when
    /// absent. SentencePiece vocabularies have the space in them: `["▁+", "▁-"]`.
    #[serde(default)]
    pub labels: Option<[String; 2]>,
    /// SORM threshold; the checkpoint's own when absent.
    #[serde(default)]
    pub threshold: Option<f64>,
}

fn cpu() -> String {
    "cpu".to_owned()
}
