//! One role, played elsewhere.

use futures::future::try_join_all;

use super::address::Url;
use super::fault::Fault;
use super::pool::Pool;
use super::words::{Prompts, prompt};
use super::{generate, pooling, score};
use crate::config::ScoreVia;
use crate::domain::Probability;
use crate::engine::{
    Cancel, Description, EngineError, GenerateRequest, Generation, LabelPair, ScoreRequest,
};

/// What plays a role, and how it is asked.
pub(super) struct Player {
    pub(super) about: Description,
    pub(super) vocab_size: usize,
    /// The name under which the server knows the model.
    pub(super) model: String,
    pub(super) prompts: Prompts,
    pub(super) score_via: ScoreVia,
    pub(super) pool: Pool,
}

impl Player {
    pub(super) async fn generate(
        &self,
        request: GenerateRequest,
        cancel: &Cancel,
    ) -> Result<Vec<Generation>, EngineError> {
        self.about.check_generate(&request, self.vocab_size)?;
        if request.n == 0 {
            return Ok(Vec::new());
        }
        self.unless_stopped(self.continue_prompt(&request), cancel).await
    }

    pub(super) async fn score(
        &self,
        request: ScoreRequest,
        cancel: &Cancel,
    ) -> Result<Vec<Probability>, EngineError> {
        self.about.check_score(&request, self.vocab_size)?;
        if request.positions.is_empty() {
            return Ok(Vec::new());
        }
        self.unless_stopped(self.read_labels(&request), cancel).await
    }

    /// A request that nobody waits for any more is dropped, which closes its connection, and the
    /// server stops.
    async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, Fault>>,
        cancel: &Cancel,
    ) -> Result<T, EngineError> {
        let role = self.about.role;
        tokio::select! {
            biased;
            stopped = cancel.stopped(role) => Err(stopped),
            answer = work => answer.map_err(|fault| fault.of_role(role)),
        }
    }

    pub(super) async fn continue_prompt(
        &self,
        request: &GenerateRequest,
    ) -> Result<Vec<Generation>, Fault> {
        let body = generate::body(&self.model, &self.about, self.prompts, request)?;
        let read = |answer| generate::read(&self.about, self.vocab_size, request, answer);
        self.pool.ask(Url::completions, &body, read).await
    }

    pub(super) async fn read_labels(
        &self,
        request: &ScoreRequest,
    ) -> Result<Vec<Probability>, Fault> {
        let ScoreRequest { tokens, positions, labels } = request;
        match self.score_via {
            ScoreVia::PromptLogprobs => self.read_prompt(tokens, positions, *labels).await,
            ScoreVia::NextToken => {
                let next = |position: &usize| self.read_next(&tokens[..=*position], *labels);
                try_join_all(positions.iter().map(next)).await
            }
            ScoreVia::Pooling => {
                let body = pooling::body(&self.model, tokens);
                let read = |answer| pooling::read(answer, tokens, positions);
                self.pool.ask(Url::pooling, &body, read).await
            }
        }
    }

    async fn read_prompt(
        &self,
        tokens: &[u32],
        positions: &[usize],
        labels: LabelPair,
    ) -> Result<Vec<Probability>, Fault> {
        // Something must stand after the last position, or nothing is expected there.
        let whole = [tokens, &[labels.good]].concat();
        let body = score::prompt_body(&self.model, &whole, score::LIKELIEST);
        let read = |answer| score::prompt_pairs(answer, positions, labels);
        let pairs = self.pool.ask(Url::completions, &body, read).await?;
        let fill = |(position, [good, bad]): (&usize, score::Pair)| {
            let read = &tokens[..=*position];
            async move {
                let good = self.told_or_forced(good, read, labels.good).await?;
                let bad = self.told_or_forced(bad, read, labels.bad).await?;
                score::probability([Some(good), Some(bad)])
            }
        };
        try_join_all(positions.iter().zip(pairs).map(fill)).await
    }

    /// The log-probability of `label` after `read`, asked for by itself if it was not told.
    async fn told_or_forced(
        &self,
        told: Option<f64>,
        read: &[u32],
        label: u32,
    ) -> Result<f64, Fault> {
        if let Some(told) = told {
            return Ok(told);
        }
        let forced = [read, &[label]].concat();
        let body = score::prompt_body(&self.model, &forced, 1);
        let both = LabelPair { good: label, bad: label };
        let last = [read.len() - 1];
        let pair = |answer| {
            let pairs = score::prompt_pairs(answer, &last, both)?;
            pairs.first().and_then(|pair| pair[0]).ok_or_else(|| {
                Fault::Broken("a token of the prompt has no log-probability".to_owned())
            })
        };
        self.pool.ask(Url::completions, &body, pair).await
    }

    async fn read_next(&self, read: &[u32], labels: LabelPair) -> Result<Probability, Fault> {
        let prompt = prompt(&self.about.tokenizer, self.prompts, read)?;
        let body = score::next_body(&self.model, prompt, labels);
        let read = |answer| {
            score::next_pair(answer, labels, &self.about.tokenizer).and_then(score::probability)
        };
        self.pool.ask(Url::completions, &body, read).await
    }
}
