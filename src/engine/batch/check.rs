//! What is checked before, and while, the models run.

use crate::domain::Role;
use crate::engine::{Cancel, EngineError};
use crate::model::Llama;

pub(super) fn check(
    llama: &Llama,
    role: Role,
    prompt: &[u32],
    max_tokens: usize,
) -> Result<(), EngineError> {
    let config = &llama.weights().config;
    let context = config.max_position_embeddings;
    if prompt.len() + max_tokens > context {
        return Err(EngineError::TooLong { role, prompt: prompt.len(), max_tokens, context });
    }
    let bad = |reason: String| Err(EngineError::BadRequest { role, reason });
    if prompt.is_empty() {
        return bad("an empty prompt".to_owned());
    }
    match prompt.iter().find(|&&id| id as usize >= config.vocab_size) {
        Some(id) => bad(format!("token {id} is outside the vocabulary of {}", config.vocab_size)),
        None => Ok(()),
    }
}

pub(super) fn stop_if(cancel: &Cancel, role: Role) -> Result<(), EngineError> {
    if cancel.is_cancelled() {
        return Err(EngineError::Cancelled);
    }
    if cancel.is_late() {
        return Err(EngineError::DeadlineExceeded { role });
    }
    Ok(())
}
