//! An engine that answers from a script: for tests of everything that stands on an engine.
//!
//! It keeps the engine's promises (prompts that do not fit are refused, NaN is an error, cancelling
//! works), so that a test of a failure tests the real failure.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::{
    Cancel, Control, Description, Engine, EngineError, FinishReason, GenerateRequest, Generation,
    Health, LabelPair, ScoreRequest, Tokenizer,
};
use crate::config::ScoreFormat;
use crate::domain::{Probability, Role, Threshold, ThresholdSource};

type Writer = Box<dyn Fn(&str, usize) -> String + Send + Sync>;
type Scorer = Box<dyn Fn(&str) -> f64 + Send + Sync>;

/// Builds up by chained calls; see the methods. Without a script every generating role writes
/// [`ScriptedEngine::SOLUTION`] and every score is 0.9.
pub struct ScriptedEngine {
    parts: BTreeMap<Role, Part>,
    health: Health,
}

struct Part {
    description: Description,
    write: Writer,
    score: Scorer,
    error: Option<EngineError>,
    delay: Duration,
    /// What was asked, as text with control tokens written out; one entry a call.
    asked: Mutex<Vec<String>>,
    /// Answers given so far, samples counted singly.
    given: Mutex<usize>,
}

impl ScriptedEngine {
    /// What a role without a script writes.
    pub const SOLUTION: &str = "Ann has 2 + 2 = 4 pens.\n#### 4\n";

    /// Every role answers something sensible.
    pub fn new() -> Self {
        let parts = Role::ALL.into_iter().map(|role| (role, Part::new(role))).collect();
        Self { parts, health: Health::Ready }
    }

    /// `role` writes these texts one after the other, then the last one for ever.
    #[must_use]
    pub fn says<T: Into<String>>(self, role: Role, texts: impl IntoIterator<Item = T>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
        self.writes(role, move |_, nth| {
            texts.get(nth).or(texts.last()).cloned().unwrap_or_default()
        })
    }

    /// `role` writes what `write` makes of the prompt, shown as text with control tokens, and of the
    /// number of answers it gave before.
    #[must_use]
    pub fn writes(
        mut self,
        role: Role,
        write: impl Fn(&str, usize) -> String + Send + Sync + 'static,
    ) -> Self {
        self.part(role).write = Box::new(write);
        self
    }

    /// `role` scores each position by the text that ends there, control tokens included. A value
    /// that is not finite stands for a broken model.
    #[must_use]
    pub fn scores(
        mut self,
        role: Role,
        score: impl Fn(&str) -> f64 + Send + Sync + 'static,
    ) -> Self {
        self.part(role).score = Box::new(score);
        self
    }

    /// `role` gives the score of the first entry whose words stand in the last line read, else 0.9.
    #[must_use]
    pub fn scores_lines<T: Into<String>>(
        self,
        role: Role,
        table: impl IntoIterator<Item = (T, f64)>,
    ) -> Self {
        let table: Vec<(String, f64)> = table.into_iter().map(|(t, s)| (t.into(), s)).collect();
        self.scores(role, move |text| {
            let line = text.trim_end().lines().next_back().unwrap_or_default();
            table.iter().find(|(words, _)| line.contains(words)).map_or(0.9, |(_, score)| *score)
        })
    }

    /// Every call of `role` fails.
    #[must_use]
    pub fn fails(mut self, role: Role, error: EngineError) -> Self {
        self.part(role).error = Some(error);
        self
    }

    /// Every call of `role` takes this long, unless it is cancelled.
    #[must_use]
    pub fn delays(mut self, role: Role, delay: Duration) -> Self {
        self.part(role).delay = delay;
        self
    }

    /// Changes what is said of `role`, such as its context length or threshold.
    #[must_use]
    pub fn described(mut self, role: Role, change: impl FnOnce(&mut Description)) -> Self {
        change(&mut self.part(role).description);
        self
    }

    /// What [`Engine::health`] answers.
    #[must_use]
    pub fn healthy(mut self, health: Health) -> Self {
        self.health = health;
        self
    }

    /// Calls of `role` so far.
    pub fn calls(&self, role: Role) -> usize {
        self.asked(role).len()
    }

    /// What `role` was asked, as text with control tokens written out.
    pub fn asked(&self, role: Role) -> Vec<String> {
        lock(&self.parts[&role].asked).clone()
    }

    fn part(&mut self, role: Role) -> &mut Part {
        self.parts.entry(role).or_insert_with(|| Part::new(role))
    }
}

impl Default for ScriptedEngine {
    fn default() -> Self {
        Self::new()
    }
}

/// A tiny tokenizer with all control tokens, trained once a process.
pub fn tokenizer() -> Arc<Tokenizer> {
    static TOKENIZER: OnceLock<Arc<Tokenizer>> = OnceLock::new();
    let train = || {
        let texts = ["Ann has 2 + 2 = 4 pens.", "Ben has 14 - 9 = 5 apples.", "They have 23."];
        let tokenizer = Tokenizer::train(texts.into_iter(), 320);
        Arc::new(tokenizer.expect("training on constant texts cannot fail"))
    };
    Arc::clone(TOKENIZER.get_or_init(train))
}

impl Part {
    fn new(role: Role) -> Self {
        Self {
            description: description(role),
            write: Box::new(|_, _| ScriptedEngine::SOLUTION.to_owned()),
            score: Box::new(|_| 0.9),
            error: None,
            delay: Duration::ZERO,
            asked: Mutex::default(),
            given: Mutex::default(),
        }
    }

    async fn begin(&self, tokens: &[u32], new: usize, cancel: &Cancel) -> Result<(), EngineError> {
        let Description { role, context_length, tokenizer, .. } = &self.description;
        let asked = tokenizer.decode_all(tokens).unwrap_or_else(|e| e.to_string());
        lock(&self.asked).push(asked);
        if tokens.len() + new > *context_length {
            return Err(EngineError::TooLong {
                role: *role,
                prompt: tokens.len(),
                max_tokens: new,
                context: *context_length,
            });
        }
        cancel.check(*role)?;
        if !self.delay.is_zero() {
            tokio::select! {
                reason = cancel.stopped(*role) => return Err(reason),
                () = tokio::time::sleep(self.delay) => {}
            }
        }
        self.error.clone().map_or(Ok(()), Err)
    }

    fn answer(&self, prompt: &str, sampling: &super::Sampling) -> Result<Generation, EngineError> {
        let nth = {
            let mut given = lock(&self.given);
            *given += 1;
            *given - 1
        };
        let role = self.description.role;
        let bad =
            |e: crate::model::ModelError| EngineError::BadRequest { role, reason: e.to_string() };
        let mut tokens =
            self.description.tokenizer.encode(&(self.write)(prompt, nth)).map_err(bad)?;
        // The end token takes a place too.
        let finish = match tokens.len() < sampling.max_tokens {
            true => FinishReason::Stop,
            false => FinishReason::Length,
        };
        tokens.truncate(sampling.max_tokens);
        Ok(Generation { ln_probs: vec![-0.1; tokens.len()], tokens, finish })
    }

    fn read(&self, request: &ScoreRequest) -> Result<Vec<Probability>, EngineError> {
        let Description { role, tokenizer, .. } = &self.description;
        let score = |&position: &usize| {
            let read = request.tokens.get(..=position).ok_or_else(|| EngineError::BadRequest {
                role: *role,
                reason: format!("no token at position {position}"),
            })?;
            let text = tokenizer.decode_all(read).unwrap_or_default();
            Probability::new((self.score)(&text))
                .ok_or(EngineError::NonFiniteLogits { role: *role })
        };
        request.positions.iter().map(score).collect()
    }
}

impl Engine for ScriptedEngine {
    fn generate<'a>(
        &'a self,
        role: Role,
        request: GenerateRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Generation>, EngineError>> {
        async move {
            let part = &self.parts[&role];
            part.begin(&request.prompt, request.sampling.max_tokens, cancel).await?;
            let prompt = part.description.tokenizer.decode_all(&request.prompt).unwrap_or_default();
            (0..request.n).map(|_| part.answer(&prompt, &request.sampling)).collect()
        }
        .boxed()
    }

    fn score<'a>(
        &'a self,
        role: Role,
        request: ScoreRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Probability>, EngineError>> {
        async move {
            let part = &self.parts[&role];
            part.begin(&request.tokens, 0, cancel).await?;
            part.read(&request)
        }
        .boxed()
    }

    fn describe(&self, role: Role) -> &Description {
        &self.parts[&role].description
    }

    fn health(&self) -> Health {
        self.health.clone()
    }
}

fn description(role: Role) -> Description {
    let tokenizer = tokenizer();
    let control = |control| tokenizer.control(control).unwrap_or_default();
    let labels = LabelPair { good: control(Control::Good), bad: control(Control::Bad) };
    let threshold = Probability::new(0.5)
        .map(|sorm| Threshold { sorm, source: ThresholdSource::Validation })
        .filter(|_| role == Role::Sorm);
    Description {
        role,
        model_id: format!("scripted-{role}"),
        hash: "0".repeat(64),
        context_length: 2048,
        device: "cpu".to_owned(),
        score_format: ScoreFormat::Newline,
        labels: role.is_reward().then_some(labels),
        threshold,
        parameters: None,
        begin: Vec::new(),
        end: vec![control(Control::End)],
        step_tag: None,
        tokenizer,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
