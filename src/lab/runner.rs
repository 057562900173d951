//! Who runs the models for the lab: its own engine, many sequences at once, or the engine that
//! serves, one request after the other, so that what is measured is what users get.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};

use crate::domain::{Probability, Role};
use crate::engine::batch::{continue_all, score_all};
use crate::engine::{Cancel, Engine, EngineError, GenerateRequest, Generation, ScoreRequest};
use crate::model::Llama;

/// Answers many requests to the model of one role.
pub trait Runner: Send + Sync {
    /// `out[i][k]` is the k-th sample of request i.
    ///
    /// # Errors
    /// [`EngineError`] of the first request that fails.
    fn generate_all(
        &self,
        role: Role,
        requests: &[GenerateRequest],
    ) -> Result<Vec<Vec<Generation>>, EngineError>;

    /// One probability for each position of each request.
    ///
    /// # Errors
    /// [`EngineError`] of the first request that fails.
    fn score_all(
        &self,
        role: Role,
        requests: &[ScoreRequest],
    ) -> Result<Vec<Vec<Probability>>, EngineError>;
}

impl Runner for Llama {
    fn generate_all(
        &self,
        role: Role,
        requests: &[GenerateRequest],
    ) -> Result<Vec<Vec<Generation>>, EngineError> {
        continue_all(self, role, requests, &Cancel::new())
    }

    fn score_all(
        &self,
        role: Role,
        requests: &[ScoreRequest],
    ) -> Result<Vec<Vec<Probability>>, EngineError> {
        score_all(self, role, requests, &Cancel::new())
    }
}

/// Requests of one call under way at once; the engine queues what its replicas cannot take.
const UNDER_WAY: usize = 8;

/// An [`Engine`] asked from outside its runtime.
#[derive(Clone)]
pub struct Served {
    engine: Arc<dyn Engine>,
    runtime: Arc<tokio::runtime::Runtime>,
}

impl Served {
    /// `runtime` must be the one the engine was made on, and calls must come from outside it.
    pub fn new(engine: Arc<dyn Engine>, runtime: Arc<tokio::runtime::Runtime>) -> Self {
        Self { engine, runtime }
    }
}

impl Runner for Served {
    fn generate_all(
        &self,
        role: Role,
        requests: &[GenerateRequest],
    ) -> Result<Vec<Vec<Generation>>, EngineError> {
        let cancel = Cancel::new();
        let ask = |request: &GenerateRequest| self.engine.generate(role, request.clone(), &cancel);
        self.runtime
            .block_on(stream::iter(requests.iter().map(ask)).buffered(UNDER_WAY).try_collect())
    }

    fn score_all(
        &self,
        role: Role,
        requests: &[ScoreRequest],
    ) -> Result<Vec<Vec<Probability>>, EngineError> {
        let cancel = Cancel::new();
        let ask = |request: &ScoreRequest| self.engine.score(role, request.clone(), &cancel);
        self.runtime
            .block_on(stream::iter(requests.iter().map(ask)).buffered(UNDER_WAY).try_collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::batch::BatchEngine;
    use crate::engine::{Description, Sampling, scripted_tokenizer};
    use crate::model::{LlamaConfig, Weights};

    #[test]
    fn asking_one_by_one_gives_what_asking_all_at_once_gives() {
        let tokenizer = scripted_tokenizer();
        let config = LlamaConfig::small(tokenizer.vocab_size(), 32, 1, 64);
        let llama = Llama::new(Weights::random(&config, 4));
        let about = |role| Description {
            role,
            model_id: "small".into(),
            hash: String::new(),
            context_length: 512,
            tokenizer: tokenizer.clone(),
            device: "cpu".into(),
            score_format: crate::engine::ScoreFormat::Newline,
            labels: None,
            threshold: None,
            parameters: None,
            begin: Vec::new(),
            end: Vec::new(),
            step_tag: None,
        };
        let models = Role::ALL.map(|role| (llama.clone(), about(role))).to_vec();
        let runtime = Arc::new(tokio::runtime::Runtime::new().expect("a runtime"));
        let served = Served::new(Arc::new(BatchEngine::new(models).expect("all roles")), runtime);
        let requests: Vec<_> = (0..20u32)
            .map(|i| GenerateRequest {
                prompt: vec![1 + i % 5, 2],
                sampling: Sampling {
                    temperature: 1.0,
                    top_p: 1.0,
                    max_tokens: 6,
                    stop: vec![0],
                    seed: u64::from(i),
                },
                n: 1 + i as usize % 2,
            })
            .collect();
        let tokens = |all: Vec<Vec<Generation>>| -> Vec<Vec<Vec<u32>>> {
            all.into_iter().map(|of| of.into_iter().map(|g| g.tokens).collect()).collect()
        };
        let one_by_one = tokens(served.generate_all(Role::Policy, &requests).expect("generated"));
        assert_eq!(one_by_one, tokens(llama.generate_all(Role::Policy, &requests).expect("again")));
        assert!(one_by_one.iter().flatten().any(|answer| !answer.is_empty()));
    }
}
