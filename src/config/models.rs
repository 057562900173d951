//! `[models.ROLE]`: models of one's own, and how they are run and read.

use std::path::{Path, PathBuf};

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

/// How the scores of a reward model that is served elsewhere are asked for (docs/remote.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreVia {
    /// The log-probabilities of the prompt's own tokens (vLLM).
    #[default]
    PromptLogprobs,
    /// One token after each position, with the likeliest tokens there (SGLang and others).
    NextToken,
    /// Token classification of a process reward model (vLLM with `--runner pooling`).
    Pooling,
}

/// `[models.ROLE]`: a model of one's own in place of the embedded one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSource {
    /// A folder in the Hugging Face layout, or a `.gguf` file. With `urls`, a folder with the served
    /// model's tokenizer.json and config.json; no weights are needed.
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
    /// Addresses of an OpenAI-compatible server that plays the role, such as `http://host:8000/v1`;
    /// none = the model is loaded here.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Name under which the server knows the model; may be left out when it serves only one.
    #[serde(default)]
    pub remote_model: Option<String>,
    #[serde(default)]
    pub score_via: ScoreVia,
    /// Environment variable that holds the server's API key; none = no key is sent.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// Longest time that one request to the server may take, in seconds.
    #[serde(default = "timeout_s")]
    pub timeout_s: u64,
    /// Most requests on their way to the servers of this role at once.
    #[serde(default = "max_concurrency")]
    pub max_concurrency: usize,
}

impl ModelSource {
    /// A model of which only the place is known, on the CPU.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            device: cpu(),
            dtype: Dtype::Auto,
            quantisation: None,
            score_format: ScoreFormat::Newline,
            step_tag: None,
            labels: None,
            threshold: None,
            urls: Vec::new(),
            remote_model: None,
            score_via: ScoreVia::default(),
            api_key_env: None,
            timeout_s: timeout_s(),
            max_concurrency: max_concurrency(),
        }
    }

    /// Whether it is served elsewhere.
    pub fn is_remote(&self) -> bool {
        !self.urls.is_empty()
    }
}

fn cpu() -> String {
    "cpu".to_owned()
}

fn timeout_s() -> u64 {
    60
}

fn max_concurrency() -> usize {
    16
}
