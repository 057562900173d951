//! How it is told: OpenAI's form, with vLLM's members for prompts and token ids.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::request::Asked;
use crate::domain::Probability;
use crate::engine::{Description, FinishReason, Generation, LabelPair};

/// What the model wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextCompletion {
    id: String,
    /// Always `text_completion`.
    object: &'static str,
    /// Seconds since 1970.
    created: i64,
    model: &'static str,
    choices: Vec<Choice>,
    usage: Usage,
}

#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = TextChoice)]
struct Choice {
    index: usize,
    text: String,
    /// `stop` or `length`.
    finish_reason: &'static str,
    #[schema(required = true)]
    logprobs: Option<Logprobs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_ids: Option<Vec<u32>>,
    /// After each token of the prompt but the last, both labels by id; the first row is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_logprobs: Option<Vec<Option<BTreeMap<String, PromptLogprob>>>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TextLogprobs)]
struct Logprobs {
    tokens: Vec<String>,
    token_logprobs: Vec<Option<f64>>,
    /// Both labels, where a reward model was asked.
    #[schema(required = true)]
    top_logprobs: Option<Vec<BTreeMap<String, f64>>>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct PromptLogprob {
    logprob: f64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TextUsage)]
struct Usage {
    prompt_tokens: usize,
    completion_tokens: usize,
    total_tokens: usize,
}

impl TextCompletion {
    fn new(asked: &Asked, choices: Vec<Choice>, written: usize) -> Self {
        let prompt_tokens = asked.prompt.len();
        Self {
            id: format!("cmpl-{}", uuid::Uuid::now_v7()),
            object: "text_completion",
            created: 0,
            model: asked.role.as_str(),
            choices,
            usage: Usage {
                prompt_tokens,
                completion_tokens: written,
                total_tokens: prompt_tokens + written,
            },
        }
    }

    /// The same, made at this second.
    pub(super) fn at(self, created: i64) -> Self {
        Self { created, ..self }
    }
}

/// A token's name where names are told.
fn name(about: &Description, asked: &Asked, id: u32) -> String {
    if asked.tokens_as_ids {
        return format!("token_id:{id}");
    }
    about.tokenizer.decode_all(&[id]).unwrap_or_default()
}

/// What a policy or a refiner wrote.
pub(super) fn written(
    about: &Description,
    asked: &Asked,
    generations: Vec<Generation>,
) -> TextCompletion {
    let tokens = generations.iter().map(|one| one.tokens.len()).sum();
    let choice = |(index, one): (usize, Generation)| Choice {
        index,
        text: about.tokenizer.decode(&one.tokens).unwrap_or_default(),
        finish_reason: match one.finish {
            FinishReason::Stop => "stop",
            FinishReason::Length => "length",
        },
        logprobs: asked.logprobs.then(|| Logprobs {
            tokens: one.tokens.iter().map(|&id| name(about, asked, id)).collect(),
            // JSON has no number for what a server further on did not tell.
            token_logprobs: one
                .ln_probs
                .iter()
                .map(|&ln| ln.is_finite().then_some(f64::from(ln)))
                .collect(),
            top_logprobs: None,
        }),
        token_ids: asked.token_ids.then_some(one.tokens),
        prompt_logprobs: None,
    };
    let choices = generations.into_iter().enumerate().map(choice).collect();
    TextCompletion::new(asked, choices, tokens)
}

/// What a reward model says: of the two labels the likelier is the token that it writes.
pub(super) fn scored(about: &Description, asked: &Asked, scores: &[Probability]) -> TextCompletion {
    // A reward model has labels, or there would be no scores.
    let labels = about.labels.unwrap_or(LabelPair { good: 0, bad: 0 });
    let pair = |score: Probability| {
        let good = score.get();
        // The logarithm of nothing is no number of JSON; what is told is small enough.
        [(labels.good, good), (labels.bad, 1.0 - good)]
            .map(|(id, share)| (id, share.max(f64::MIN_POSITIVE).ln()))
    };
    let last = scores.last().copied().map(pair).unwrap_or_default();
    let [good, bad] = last;
    let (token, ln) = if good.1 >= bad.1 { good } else { bad };
    let row = |pair: [(u32, f64); 2]| {
        Some(
            pair.into_iter()
                .map(|(id, logprob)| (id.to_string(), PromptLogprob { logprob }))
                .collect(),
        )
    };
    let before = scores.len().saturating_sub(1);
    let choice = Choice {
        index: 0,
        text: about.tokenizer.decode_all(&[token]).unwrap_or_default(),
        finish_reason: "length",
        logprobs: asked.logprobs.then(|| Logprobs {
            tokens: vec![name(about, asked, token)],
            token_logprobs: vec![Some(ln)],
            top_logprobs: Some(vec![
                last.into_iter().map(|(id, ln)| (name(about, asked, id), ln)).collect(),
            ]),
        }),
        token_ids: asked.token_ids.then(|| vec![token]),
        prompt_logprobs: asked.prompt_logprobs.then(|| {
            std::iter::once(None)
                .chain(scores[..before].iter().map(|&score| row(pair(score))))
                .collect()
        }),
    };
    TextCompletion::new(asked, vec![choice], 1)
}
