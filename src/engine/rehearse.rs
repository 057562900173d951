//! A first question to each model: files that look whole may still be of a model that cannot answer.

use super::{Cancel, Engine, EngineError, GenerateRequest, Sampling, ScoreRequest};
use crate::domain::Role;

/// Has every model compute once: who writes, one token; who judges, one score.
///
/// # Errors
/// What the first model that cannot do it says; [`EngineError::NonFiniteLogits`] for one whose
/// numbers run over.
pub async fn rehearse(engine: &dyn Engine) -> Result<(), EngineError> {
    let cancel = Cancel::new();
    for role in Role::ALL {
        let description = engine.describe(role);
        let mut tokens = description.begin.clone();
        tokens.extend(description.tokenizer.encode("1 + 1 = 2\n").map_err(|e| {
            EngineError::BadRequest { role, reason: format!("its tokenizer fails: {e}") }
        })?);
        if let Some(labels) = description.labels {
            let positions = vec![tokens.len().saturating_sub(1)];
            engine.score(role, ScoreRequest { tokens, positions, labels }, &cancel).await?;
        } else {
            let sampling = Sampling {
                temperature: 0.0,
                top_p: 1.0,
                max_tokens: 1,
                stop: description.end.clone(),
                seed: 1,
            };
            engine
                .generate(role, GenerateRequest { prompt: tokens, sampling, n: 1 }, &cancel)
                .await?;
        }
    }
    Ok(())
}
