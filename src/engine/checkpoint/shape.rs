//! `config.json`: which architecture, and the tensors it must come with.

use std::path::Path;

use serde::Deserialize;

use super::Fault;

/// Architectures whose tensors are known here and which both engines' library loads.
const KNOWN: [&str; 3] = ["LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM"];

/// One id or several: `config.json` has both forms.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Ids {
    One(u32),
    Many(Vec<u32>),
}

#[derive(Debug, Deserialize)]
struct Raw {
    architectures: Vec<String>,
    vocab_size: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: Option<usize>,
    head_dim: Option<usize>,
    max_position_embeddings: usize,
    #[serde(default)]
    tie_word_embeddings: bool,
    eos_token_id: Option<Ids>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct GenerationConfig {
    pub(super) eos_token_id: Option<Ids>,
}

/// What the rest of the check needs to know.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) vocab_size: usize,
    pub(super) positions: usize,
    pub(super) end_ids: Vec<u32>,
    raw: Raw,
}

impl Shape {
    pub(super) fn read(folder: &Path) -> Result<Self, Fault> {
        let stray = folder.join("params.json");
        if stray.exists() {
            return Err(Fault::new(&stray, "would be read instead of config.json; remove it"));
        }
        let path = folder.join("config.json");
        let raw: Raw = read_json(&path)?.ok_or_else(|| Fault::new(&path, "is missing"))?;
        let [architecture] = raw.architectures.as_slice() else {
            return Err(Fault::new(&path, "must name exactly one architecture"));
        };
        if !KNOWN.contains(&architecture.as_str()) {
            let reason = format!(
                "architecture {architecture} is not supported; known: {}",
                KNOWN.join(", ")
            );
            return Err(Fault::new(&path, reason));
        }
        let (heads, kv_heads) = (raw.num_attention_heads, raw.kv_heads());
        if heads == 0 || kv_heads == 0 || raw.hidden_size == 0 || raw.max_position_embeddings == 0 {
            return Err(Fault::new(&path, "sizes must not be 0"));
        }
        if !heads.is_multiple_of(kv_heads) || !raw.hidden_size.is_multiple_of(heads) {
            let reason = format!(
                "{heads} heads, {kv_heads} key-value heads and hidden size {} do not divide",
                raw.hidden_size
            );
            return Err(Fault::new(&path, reason));
        }
        let generation = folder.join("generation_config.json");
        let generation: GenerationConfig = read_json(&generation)?.unwrap_or_default();
        let end_ids = ids(&generation.eos_token_id).chain(ids(&raw.eos_token_id)).collect();
        let (vocab_size, positions) = (raw.vocab_size, raw.max_position_embeddings);
        Ok(Self { vocab_size, positions, end_ids, raw })
    }

    /// Every tensor that must be there, with its shape.
    pub(super) fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let raw = &self.raw;
        let (hidden, inner) = (raw.hidden_size, raw.intermediate_size);
        let head_dim = raw.head_dim.unwrap_or(hidden / raw.num_attention_heads);
        let (q, kv) = (raw.num_attention_heads * head_dim, raw.kv_heads() * head_dim);
        let mut tensors = vec![
            ("model.embed_tokens.weight".to_owned(), vec![raw.vocab_size, hidden]),
            ("model.norm.weight".to_owned(), vec![hidden]),
        ];
        if !raw.tie_word_embeddings {
            tensors.push(("lm_head.weight".to_owned(), vec![raw.vocab_size, hidden]));
        }
        let biased = raw.architectures[0] == "Qwen2ForCausalLM";
        for layer in 0..raw.num_hidden_layers {
            let mut push = |name: &str, shape: &[usize]| {
                tensors.push((format!("model.layers.{layer}.{name}"), shape.to_vec()));
            };
            push("input_layernorm.weight", &[hidden]);
            push("post_attention_layernorm.weight", &[hidden]);
            push("self_attn.o_proj.weight", &[hidden, q]);
            for (name, rows) in [("q", q), ("k", kv), ("v", kv)] {
                push(&format!("self_attn.{name}_proj.weight"), &[rows, hidden]);
                if biased {
                    push(&format!("self_attn.{name}_proj.bias"), &[rows]);
                }
            }
            push("mlp.gate_proj.weight", &[inner, hidden]);
            push("mlp.up_proj.weight", &[inner, hidden]);
            push("mlp.down_proj.weight", &[hidden, inner]);
        }
        tensors
    }
}

impl Raw {
    fn kv_heads(&self) -> usize {
        self.num_key_value_heads.unwrap_or(self.num_attention_heads)
    }
}

pub(super) fn ids(ids: &Option<Ids>) -> impl Iterator<Item = u32> {
    match ids {
        None => Vec::new(),
        Some(Ids::One(id)) => vec![*id],
        Some(Ids::Many(ids)) => ids.clone(),
    }
    .into_iter()
}

/// `None` when there is no such file.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, Fault> {
    match std::fs::read(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Fault::new(path, e.to_string())),
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|e| Fault::new(path, format!("cannot be understood: {e}"))),
    }
}
