//! A model on disk, checked before any library opens it, so that what is wrong is said by name.
//!
//! `shape.rs` reads `config.json`; `weights.rs` the safetensors; `gguf.rs` a `.gguf` file;
//! `words.rs` the tokenizer; `vocabulary.rs` what is needed of a model that runs elsewhere. To support an architecture, name it in `shape.rs` with its tensors.

mod gguf;
mod shape;
mod vocabulary;
mod weights;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use vocabulary::Vocabulary;

use super::EngineError;
use crate::domain::Role;
use crate::model::{CARD_FILE, Card, PROMPT_VERSION, Tokenizer};

/// Steps in which mistral.rs grows its key-value cache; it fails when a step goes past the model's
/// positions, so the rest of a model's context under a whole step cannot be used.
const CACHE_STEP: usize = 512;

/// What was found.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The folder, absolute; or the `.gguf` file.
    pub path: PathBuf,
    /// SHA-256 of the weights, hexadecimal.
    pub hash: String,
    pub parameters: usize,
    /// Rows of the embedding: every token id is smaller.
    pub vocab_size: usize,
    /// Most tokens in one sequence that can really be used.
    pub context_length: usize,
    pub tokenizer: Arc<Tokenizer>,
    /// Tokens that the tokenizer puts before every text.
    pub begin: Vec<u32>,
    /// Tokens that end a text.
    pub end: Vec<u32>,
    pub card: Option<Card>,
}

/// What is wrong with which file.
#[derive(Debug)]
struct Fault {
    path: PathBuf,
    reason: String,
}

impl Fault {
    fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }
}

impl Checkpoint {
    /// Reads and checks the model at `path`: a folder in the Hugging Face layout or a `.gguf` file
    /// with a `tokenizer.json` beside it. Weights of up to 1 GiB a file are checked number by
    /// number, larger ones by samples.
    ///
    /// # Errors
    /// [`EngineError::CannotLoad`] with the file and what is wrong with it.
    pub fn open(role: Role, path: &Path) -> Result<Self, EngineError> {
        let opened = if path.extension().is_some_and(|e| e == "gguf") {
            Self::open_gguf(path)
        } else {
            Self::open_folder(path)
        };
        opened.map_err(|Fault { path, reason }| EngineError::CannotLoad { role, path, reason })
    }

    fn open_folder(path: &Path) -> Result<Self, Fault> {
        if !path.is_dir() {
            return Err(Fault::new(path, "there is no such folder"));
        }
        let path = &path.canonicalize().map_err(|e| Fault::new(path, e.to_string()))?;
        let shape = shape::Shape::read(path)?;
        let weights = weights::check(path, &shape)?;
        let card = card(path)?;
        let words = words::Words::read(path, &shape.end_ids, card.is_some())?;
        words.fit(path, shape.vocab_size)?;
        Ok(Self {
            path: path.clone(),
            hash: weights.hash,
            parameters: weights.parameters,
            vocab_size: shape.vocab_size,
            context_length: usable(shape.positions),
            tokenizer: words.tokenizer,
            begin: words.begin,
            end: words.end,
            card,
        })
    }

    fn open_gguf(path: &Path) -> Result<Self, Fault> {
        let header = gguf::Header::read(path)?;
        let path = &path.canonicalize().map_err(|e| Fault::new(path, e.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let words = words::Words::read(folder, &header.end_ids, false)?;
        words.fit(folder, header.vocab_size)?;
        Ok(Self {
            path: path.clone(),
            hash: weights::hash_file(path)?,
            parameters: header.parameters,
            vocab_size: header.vocab_size,
            context_length: usable(header.positions),
            tokenizer: words.tokenizer,
            begin: words.begin,
            end: words.end,
            card: None,
        })
    }
}

/// What the checkpoint says of itself, if anything; the prompts it was trained on must be ours.
fn card(path: &Path) -> Result<Option<Card>, Fault> {
    let card = Card::read(path).map_err(|e| Fault::new(&path.join(CARD_FILE), e.to_string()))?;
    if let Some(card) = card.as_ref().filter(|card| card.prompt_version != PROMPT_VERSION) {
        let reason = format!(
            "was trained on version {} of the prompts, this program asks in version \
             {PROMPT_VERSION}; make it anew with `glore reproduce`",
            card.prompt_version
        );
        return Err(Fault::new(&path.join(CARD_FILE), reason));
    }
    Ok(card)
}

fn usable(positions: usize) -> usize {
    if positions < CACHE_STEP { positions } else { positions - positions % CACHE_STEP }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_used_in_whole_cache_steps() {
        assert_eq!([300, 512, 2000, 4096].map(usable), [300, 512, 1536, 4096]);
    }
}
