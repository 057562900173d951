//! The tokenizer beside the weights, and what it says about the ends of texts.

use std::path::Path;
use std::sync::Arc;

use super::Fault;
use crate::model::{Control, Tokenizer};

const FILE: &str = "tokenizer.json";

pub(super) struct Words {
    pub(super) tokenizer: Arc<Tokenizer>,
    pub(super) begin: Vec<u32>,
    pub(super) end: Vec<u32>,
}

impl Words {
    /// `ours`: the model was trained on our prompts and must know all control tokens.
    pub(super) fn read(folder: &Path, end_ids: &[u32], ours: bool) -> Result<Self, Fault> {
        let path = &folder.join(FILE);
        if !path.is_file() {
            return Err(Fault::new(path, "is missing"));
        }
        let tokenizer = Tokenizer::from_file(path).map_err(|e| Fault::new(path, e.to_string()))?;
        let missing = Control::ALL.into_iter().find(|&c| tokenizer.control(c).is_none());
        if let Some(control) = missing.filter(|_| ours) {
            let reason = format!("has no control token {}", control.as_str());
            return Err(Fault::new(path, reason));
        }
        let (begin, end) = match (missing, tokenizer.control(Control::End)) {
            (None, Some(end)) => (Vec::new(), vec![end]),
            _ => (begin(path)?, distinct(end_ids)),
        };
        if end.is_empty() {
            let reason = "no eos_token_id in config.json or generation_config.json: the model could \
                          not end a text";
            return Err(Fault::new(folder, reason));
        }
        Ok(Self { tokenizer: Arc::new(tokenizer), begin, end })
    }

    /// Every token must have a row in the embedding.
    pub(super) fn fit(&self, folder: &Path, vocab_size: usize) -> Result<(), Fault> {
        let tokens = self.tokenizer.vocab_size();
        let last = self.end.iter().chain(&self.begin).max().map_or(0, |&id| id as usize + 1);
        if tokens.max(last) > vocab_size {
            let reason = format!("has {} tokens, the model only {vocab_size}", tokens.max(last));
            return Err(Fault::new(&folder.join(FILE), reason));
        }
        Ok(())
    }
}

/// What the tokenizer's own template puts before a text, such as `<s>`; none for many models.
fn begin(path: &Path) -> Result<Vec<u32>, Fault> {
    let fault = |e: tokenizers::Error| Fault::new(path, e.to_string());
    let tokenizer = tokenizers::Tokenizer::from_file(path).map_err(fault)?;
    let ids = |special| tokenizer.encode_fast("a", special).map(|e| e.get_ids().to_vec());
    let (with, without) = (ids(true).map_err(fault)?, ids(false).map_err(fault)?);
    let at = with.windows(without.len().max(1)).position(|window| window == without);
    Ok(with[..at.unwrap_or(0)].to_vec())
}

fn distinct(ids: &[u32]) -> Vec<u32> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}
