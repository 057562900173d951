//! What may be asked of a role.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::config::Limits;
use crate::domain::{Invalid, Role};
use crate::engine::{Description, Engine, GenerateRequest, LabelPair, Sampling, ScoreRequest};

/// Tokens written when the request does not say; OpenAI's default.
const DEFAULT_TOKENS: usize = 16;
const MAX_TEMPERATURE: f32 = 2.0;

/// What a client sends. Fields that are not named here are let through and mean nothing.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CompletionRequest {
    /// A role: `policy`, `global` or `local`, which write, or `orm` or `sorm`, which tell labels.
    #[schema(example = "policy")]
    model: String,
    prompt: Prompt,
    /// 1 and nothing else for a reward model.
    #[schema(minimum = 1)]
    max_tokens: Option<usize>,
    /// 1 unless said otherwise, as in OpenAI's API; 0 takes the likeliest token.
    #[schema(minimum = 0, maximum = 2)]
    temperature: Option<f32>,
    #[schema(minimum = 0, maximum = 1)]
    top_p: Option<f32>,
    /// The same seed gives the same tokens.
    seed: Option<u64>,
    #[schema(minimum = 1)]
    n: Option<usize>,
    /// Tokens by how they are written; the model's own end ends it anyway.
    #[serde(default)]
    stop: Vec<String>,
    #[serde(default)]
    stop_token_ids: Vec<u32>,
    /// More than 0: tell log-probabilities.
    logprobs: Option<u32>,
    /// Reward models only: tell both labels after each token of the prompt.
    prompt_logprobs: Option<u32>,
    return_token_ids: Option<bool>,
    return_tokens_as_token_ids: Option<bool>,
    /// Not offered.
    stream: Option<bool>,
}

/// A text has no control tokens, however it is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = CompletionPrompt)]
enum Prompt {
    Ids(Vec<u32>),
    Text(String),
}

/// A request that can be done.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub role: Role,
    pub prompt: Vec<u32>,
    pub work: Work,
    pub logprobs: bool,
    pub prompt_logprobs: bool,
    pub token_ids: bool,
    pub tokens_as_ids: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Work {
    Write(GenerateRequest),
    Score(ScoreRequest),
}

impl CompletionRequest {
    /// # Errors
    /// Each field that cannot be used, by name.
    pub(super) fn read(&self, engine: &dyn Engine, limits: &Limits) -> Result<Asked, Vec<Invalid>> {
        let Ok(role) = self.model.parse::<Role>() else {
            let names = Role::ALL.map(Role::as_str).join(", ");
            let detail = format!("must be a role: {names}");
            return Err(vec![Invalid::new("/model", "unknown_value", detail)]);
        };
        let about = engine.describe(role);
        let mut refused = Vec::new();
        let mut refuse = |pointer, code, detail: String| {
            refused.push(Invalid::new(pointer, code, detail));
        };
        let most_tokens = if role.is_reward() { 1 } else { limits.max_tokens };
        let max_tokens = self.max_tokens.unwrap_or(DEFAULT_TOKENS.min(most_tokens));
        let n = self.n.unwrap_or(1);
        let most_n = if role.is_reward() { 1 } else { limits.max_samples };
        for (pointer, value, most) in [("/max_tokens", max_tokens, most_tokens), ("/n", n, most_n)]
        {
            if !(1..=most).contains(&value) {
                let detail = format!("must lie between 1 and {most}, {value} was given");
                refuse(pointer, "out_of_range", detail);
            }
        }
        let (temperature, top_p) = (self.temperature.unwrap_or(1.0), self.top_p.unwrap_or(1.0));
        for (pointer, value, most) in
            [("/temperature", temperature, MAX_TEMPERATURE), ("/top_p", top_p, 1.0)]
        {
            if !(0.0..=most).contains(&value) {
                let detail = format!("must lie between 0 and {most}, {value} was given");
                refuse(pointer, "out_of_range", detail);
            }
        }
        if self.stream == Some(true) {
            refuse("/stream", "unknown_value", "must be false: answers come whole".to_owned());
        }
        if self.prompt_logprobs.is_some() && !role.is_reward() {
            let detail = "only reward models tell labels of the prompt".to_owned();
            refuse("/prompt_logprobs", "exclusive", detail);
        }
        let prompt = self.prompt.ids(about).unwrap_or_else(|detail| {
            refuse("/prompt", "unusable", detail);
            Vec::new()
        });
        let mut stop = about.end.clone();
        for text in &self.stop {
            match about.tokenizer.id(text) {
                Some(id) => stop.push(id),
                None => {
                    refuse("/stop", "unknown_value", "only single tokens can end it".to_owned())
                }
            }
        }
        stop.extend(&self.stop_token_ids);
        if !refused.is_empty() {
            return Err(refused);
        }
        let seed = self.seed.unwrap_or(0);
        let sampling = Sampling { temperature, top_p, max_tokens, stop, seed };
        let work = match about.labels {
            None => Work::Write(GenerateRequest { prompt: prompt.clone(), sampling, n }),
            Some(labels) => Work::Score(self.score(&prompt, labels)),
        };
        Ok(Asked {
            role,
            prompt,
            work,
            logprobs: self.logprobs.is_some_and(|n| n > 0),
            prompt_logprobs: self.prompt_logprobs.is_some(),
            token_ids: self.return_token_ids == Some(true),
            tokens_as_ids: self.return_tokens_as_token_ids == Some(true),
        })
    }

    /// The last token always, the others where they are asked for.
    fn score(&self, prompt: &[u32], labels: LabelPair) -> ScoreRequest {
        let last = prompt.len().saturating_sub(1);
        let first = if self.prompt_logprobs.is_some() { 0 } else { last };
        ScoreRequest { tokens: prompt.to_vec(), positions: (first..=last).collect(), labels }
    }
}

impl Prompt {
    fn ids(&self, about: &Description) -> Result<Vec<u32>, String> {
        let ids = match self {
            Prompt::Ids(ids) => ids.clone(),
            Prompt::Text(text) => about.tokenizer.encode(text).map_err(|e| e.to_string())?,
        };
        let size = about.tokenizer.vocab_size();
        if ids.is_empty() {
            return Err("has no token".to_owned());
        }
        match ids.iter().find(|id| **id as usize >= size) {
            Some(id) => Err(format!("token {id} is outside the vocabulary of {size}")),
            None => Ok(ids),
        }
    }
}
