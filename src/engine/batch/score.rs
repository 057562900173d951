//! Step scores of many solutions: sequences packed end to end, and only the asked positions read.

use rayon::prelude::*;

use super::check::{check, stop_if};
use crate::domain::{Probability, Role};
use crate::engine::{Cancel, EngineError, ScoreRequest};
use crate::model::{Llama, Packed, Workspace};

/// Scores every request.
///
/// # Errors
/// As [`super::continue_all`].
pub fn score_all(
    llama: &Llama,
    role: Role,
    requests: &[ScoreRequest],
    cancel: &Cancel,
) -> Result<Vec<Vec<Probability>>, EngineError> {
    for request in requests {
        check(llama, role, &request.tokens, 0)?;
        let last = request.tokens.len() - 1;
        if let Some(position) = request.positions.iter().find(|&&position| position > last) {
            let reason = format!("position {position} lies behind the last token, {last}");
            return Err(EngineError::BadRequest { role, reason });
        }
    }
    const SCORED_TOGETHER: usize = 16;
    let chunks = requests
        .par_chunks(SCORED_TOGETHER)
        .map_init(Workspace::default, |work, chunk| {
            stop_if(cancel, role)?;
            score_chunk(llama, role, chunk, work)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(chunks.into_iter().flatten().collect())
}

fn score_chunk(
    llama: &Llama,
    role: Role,
    chunk: &[ScoreRequest],
    work: &mut Workspace,
) -> Result<Vec<Vec<Probability>>, EngineError> {
    let mut batch = Packed::default();
    for request in chunk {
        let start = batch.push(&request.tokens);
        batch.rows.extend(request.positions.iter().map(|position| (start + position) as u32));
    }
    let states = llama.read(&batch, work);
    let hidden = llama.weights().config.hidden_size;
    let mut states = states.chunks_exact(hidden);
    let mut scores = Vec::with_capacity(chunk.len());
    for request in chunk {
        let mut of_one = Vec::with_capacity(request.positions.len());
        for state in states.by_ref().take(request.positions.len()) {
            let logits = llama.logits_of(state, &[request.labels.good, request.labels.bad]);
            let score = Probability::from_logits(logits[0], logits[1]);
            of_one.push(score.ok_or(EngineError::NonFiniteLogits { role })?);
        }
        scores.push(of_one);
    }
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::LabelPair;
    use crate::model::{LlamaConfig, Weights};

    fn llama() -> Llama {
        Llama::new(Weights::random(&LlamaConfig::small(300, 64, 2, 96), 9))
    }

    #[test]
    fn a_position_behind_the_last_token_is_refused() {
        let labels = LabelPair { good: 1, bad: 2 };
        let behind = ScoreRequest { tokens: vec![1, 2], positions: vec![2], labels };
        let scored = score_all(&llama(), Role::Orm, &[behind], &Cancel::new());
        assert!(matches!(scored, Err(EngineError::BadRequest { .. })));
    }

    #[test]
    fn scores_come_back_in_the_order_asked() {
        let llama = llama();
        let labels = LabelPair { good: 6, bad: 7 };
        let one =
            |positions: Vec<usize>| ScoreRequest { tokens: vec![5, 9, 2, 8], positions, labels };
        let score = |request| {
            score_all(&llama, Role::Sorm, &[request], &Cancel::new()).expect("scored").remove(0)
        };
        let (forward, back) = (score(one(vec![1, 3])), score(one(vec![3, 1])));
        assert_eq!(forward, [back[1], back[0]]);
        assert_ne!(forward[0], forward[1]);
    }
}
