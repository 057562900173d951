//! What is needed of a model that runs elsewhere: its tokenizer and its sizes, without its weights.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::shape::{GenerationConfig, Ids, ids, read_json};
use super::words::Words;
use super::{Fault, card};
use crate::domain::Role;
use crate::engine::EngineError;
use crate::model::{Card, Tokenizer};

/// Of any architecture: what the server makes of it is its own affair.
#[derive(Debug, Deserialize)]
struct Raw {
    vocab_size: usize,
    max_position_embeddings: usize,
    eos_token_id: Option<Ids>,
}

/// The words of a model.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Vocabulary {
    /// Every token id is smaller.
    pub vocab_size: usize,
    /// Most tokens in one sequence, if the server allows them.
    pub positions: usize,
    pub tokenizer: Arc<Tokenizer>,
    /// Tokens that the tokenizer puts before every text.
    pub begin: Vec<u32>,
    /// Tokens that end a text.
    pub end: Vec<u32>,
    pub card: Option<Card>,
}

impl Vocabulary {
    /// Reads a folder with tokenizer.json and config.json.
    ///
    /// # Errors
    /// [`EngineError::CannotLoad`] with the file and what is wrong with it.
    pub(in crate::engine) fn open(role: Role, path: &Path) -> Result<Self, EngineError> {
        let read = Self::read(path);
        read.map_err(|Fault { path, reason }| EngineError::CannotLoad { role, path, reason })
    }

    fn read(folder: &Path) -> Result<Self, Fault> {
        if !folder.is_dir() {
            return Err(Fault::new(folder, "there is no such folder"));
        }
        let path = folder.join("config.json");
        let raw: Raw = read_json(&path)?.ok_or_else(|| Fault::new(&path, "is missing"))?;
        if raw.max_position_embeddings == 0 {
            return Err(Fault::new(&path, "max_position_embeddings must not be 0"));
        }
        let generation = folder.join("generation_config.json");
        let generation: GenerationConfig = read_json(&generation)?.unwrap_or_default();
        let ends: Vec<u32> = ids(&generation.eos_token_id).chain(ids(&raw.eos_token_id)).collect();
        let card = card(folder)?;
        let words = Words::read(folder, &ends, card.is_some())?;
        words.fit(folder, raw.vocab_size)?;
        Ok(Self {
            vocab_size: raw.vocab_size,
            positions: raw.max_position_embeddings,
            tokenizer: words.tokenizer,
            begin: words.begin,
            end: words.end,
            card,
        })
    }
}
