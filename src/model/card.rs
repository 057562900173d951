//! `glore.json`: what a checkpoint is for, beside the files every Hugging Face folder has.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ModelError;
use crate::domain::{Role, Threshold};

/// Version of the layout that the tagged prompts have (`pipeline/prompt/tagged.rs`). A checkpoint that
/// was trained on another one would be asked in a language it does not know.
pub const PROMPT_VERSION: u32 = 2;

/// Name of the file.
pub const CARD_FILE: &str = "glore.json";

/// What the lab says of a checkpoint it made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The role it was trained for.
    pub role: Role,
    /// Version of the prompt layout it was trained on.
    pub prompt_version: u32,
    /// Number of parameters.
    pub parameters: usize,
    /// The two label tokens, good first; reward roles only.
    #[serde(default)]
    pub labels: Option<[String; 2]>,
    /// Threshold tuned on validation; the SORM only.
    #[serde(default)]
    pub threshold: Option<Threshold>,
    /// How it was made: preset, seed, tokens seen, losses.
    #[serde(default)]
    pub made: serde_json::Value,
}

impl Card {
    /// Reads the card of a folder; `None` when the folder has none.
    ///
    /// # Errors
    /// [`ModelError::Unusable`] when the file is there but does not hold a card.
    pub fn read(folder: &Path) -> Result<Option<Self>, ModelError> {
        let path = folder.join(CARD_FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(ModelError::io(&path, e)),
        };
        let card = serde_json::from_slice(&bytes)
            .map_err(|e| ModelError::unusable(&path, format!("is not a model card: {e}")))?;
        Ok(Some(card))
    }

    /// Writes the card into a folder.
    ///
    /// # Errors
    /// [`ModelError::Io`] when the file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), ModelError> {
        let path = folder.join(CARD_FILE);
        let json = serde_json::to_vec_pretty(self)
            .map_err(|e| ModelError::unusable(&path, e.to_string()))?;
        std::fs::write(&path, json).map_err(|e| ModelError::io(&path, e))
    }
}
