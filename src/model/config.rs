//! The shape of a Llama, read and written as Hugging Face's `config.json`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ModelError;
use super::kernels::AttentionShape;

/// The fields of `config.json` that matter here; others are kept out of what we write and ignored
/// in what we read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LlamaConfig {
    pub architectures: Vec<String>,
    pub model_type: String,
    pub hidden_act: String,
    pub vocab_size: usize,
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub num_key_value_heads: usize,
    pub rms_norm_eps: f64,
    pub rope_theta: f32,
    /// Most positions; a multiple of 512, because mistral.rs grows its cache in such steps.
    pub max_position_embeddings: usize,
    /// The output head is the embedding, transposed.
    #[serde(default)]
    pub tie_word_embeddings: bool,
}

impl LlamaConfig {
    /// A small Llama with tied embeddings. `width` is the hidden size; heads are 32 wide.
    pub fn small(vocab_size: usize, width: usize, layers: usize, feed_forward: usize) -> Self {
        const HEAD_DIM: usize = 32;
        Self {
            architectures: vec!["LlamaForCausalLM".to_owned()],
            model_type: "llama".to_owned(),
            hidden_act: "silu".to_owned(),
            vocab_size,
            hidden_size: width,
            intermediate_size: feed_forward,
            num_hidden_layers: layers,
            num_attention_heads: width / HEAD_DIM,
            num_key_value_heads: width / HEAD_DIM,
            rms_norm_eps: 1e-5,
            rope_theta: 10_000.0,
            max_position_embeddings: 1024,
            tie_word_embeddings: true,
        }
    }

    /// Reads and checks `config.json` of a folder.
    ///
    /// # Errors
    /// [`ModelError::Unusable`] for another architecture or shapes that cannot be.
    pub fn read(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join("config.json");
        let bytes = std::fs::read(&path).map_err(|e| ModelError::io(&path, e))?;
        let config: Self = serde_json::from_slice(&bytes)
            .map_err(|e| ModelError::unusable(&path, format!("is not a Llama config: {e}")))?;
        config.check().map_err(|reason| ModelError::unusable(&path, reason))?;
        Ok(config)
    }

    /// Writes `config.json` into a folder.
    ///
    /// # Errors
    /// [`ModelError::Io`] when it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), ModelError> {
        let path = folder.join("config.json");
        let json = serde_json::to_vec_pretty(self)
            .map_err(|e| ModelError::unusable(&path, e.to_string()))?;
        std::fs::write(&path, json).map_err(|e| ModelError::io(&path, e))
    }

    fn check(&self) -> Result<(), String> {
        if self.model_type != "llama" || self.hidden_act != "silu" {
            return Err(format!("{} with {} is not a Llama", self.model_type, self.hidden_act));
        }
        let sizes = [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("intermediate_size", self.intermediate_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("num_key_value_heads", self.num_key_value_heads),
            ("max_position_embeddings", self.max_position_embeddings),
        ];
        if let Some((name, size)) = sizes.iter().find(|(_, size)| *size == 0 || *size > 1 << 20) {
            return Err(format!("{name} = {size} is out of range"));
        }
        if !self.hidden_size.is_multiple_of(2 * self.num_attention_heads)
            || !self.num_attention_heads.is_multiple_of(self.num_key_value_heads)
        {
            return Err("heads do not divide the hidden size".to_owned());
        }
        if !self.tie_word_embeddings {
            return Err("only tied embeddings are supported here".to_owned());
        }
        Ok(())
    }

    /// Width of one attention head.
    pub fn head_dim(&self) -> usize {
        self.hidden_size / self.num_attention_heads
    }

    /// How heads lie in a row.
    pub(super) fn attention(&self) -> AttentionShape {
        AttentionShape {
            heads: self.num_attention_heads,
            kv_heads: self.num_key_value_heads,
            head_dim: self.head_dim(),
        }
    }
}
