//! What the servers answer; only the members that are read. Whatever is missing is an error at its
//! place, and a number that may be null is an option, never a default.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `GET /models`.
#[derive(Debug, Deserialize)]
pub(super) struct ModelList {
    pub(super) data: Vec<ModelCard>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ModelCard {
    pub(super) id: String,
    /// Only vLLM and SGLang tell it.
    pub(super) max_model_len: Option<usize>,
}

/// `POST /completions`.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    pub(super) choices: Vec<Choice>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    pub(super) index: usize,
    pub(super) text: String,
    pub(super) finish_reason: Option<String>,
    pub(super) logprobs: Option<Logprobs>,
    /// vLLM tells it when asked.
    pub(super) token_ids: Option<Vec<u32>>,
    /// vLLM's extension: for each prompt token but the first, the likeliest tokens by id.
    pub(super) prompt_logprobs: Option<Vec<Option<BTreeMap<String, PromptLogprob>>>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Logprobs {
    #[serde(default)]
    pub(super) token_logprobs: Vec<Option<f64>>,
    /// Of each generated token, the likeliest by their text.
    pub(super) top_logprobs: Option<Vec<Option<Likeliest>>>,
}

/// Tokens and their natural log-probabilities; JSON has no number for some of them.
pub(super) type Likeliest = BTreeMap<String, Option<f64>>;

#[derive(Debug, Deserialize)]
pub(super) struct PromptLogprob {
    pub(super) logprob: Option<f64>,
}

/// vLLM's `POST /pooling` with `token_classify`.
#[derive(Debug, Deserialize)]
pub(super) struct Pooling {
    pub(super) data: Vec<Pooled>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Pooled {
    /// A row a token that was read.
    pub(super) data: Vec<Vec<Option<f64>>>,
}
