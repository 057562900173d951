//! What every stage needs at hand, and the two ways it talks to a model.

use super::prompt::{Layout, PromptError};
use super::reading::{self, Candidate};
use super::{Order, PipelineError, Settings, Tell};
use crate::domain::{
    Event, Finish, Finished, Probability, Problem, Role, ScoredSolution, SolutionKind, Threshold,
    ThresholdSource,
};
use crate::engine::{
    Cancel, Description, Engine, EngineError, FinishReason, GenerateRequest, LabelPair, Sampling,
    ScoreRequest,
};

/// One order and the means to do it.
pub(super) struct Desk<'a> {
    engine: &'a dyn Engine,
    cancel: &'a Cancel,
    tell: &'a Tell<'a>,
    pub(super) order: &'a Order,
}

/// What is to be generated.
pub(super) struct Writing {
    pub(super) kind: SolutionKind,
    pub(super) prompt: Vec<u32>,
    pub(super) n: usize,
    pub(super) temperature: f32,
    pub(super) max_tokens: usize,
    pub(super) seed: u64,
    /// Steps that the prompt already wrote and the answer goes on from.
    pub(super) kept: Vec<String>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        engine: &'a dyn Engine,
        order: &'a Order,
        cancel: &'a Cancel,
        tell: &'a Tell<'a>,
    ) -> Self {
        Self { engine, order, cancel, tell }
    }

    /// Tells those who watch.
    pub(super) fn tell(&self, event: Event) {
        (self.tell)(event);
    }

    /// Tells what was written in place `solution` of the run. An engine answers with a whole text,
    /// so all its lines are told at once, as soon as it is there.
    pub(super) fn tell_written(&self, solution: usize, candidate: &Candidate) {
        let end = Finished {
            solution,
            kind: candidate.kind,
            from_step: candidate.from_step,
            answer: candidate.solution.answer_text.clone(),
            tokens: candidate.tokens,
            finish: candidate.finish,
        };
        Event::written(end, &candidate.solution).into_iter().for_each(self.tell);
    }

    /// Tells the scores of what stands in place `solution` of the run.
    pub(super) fn tell_scored(&self, solution: usize, scored: &ScoredSolution) {
        Event::scored(solution, scored).into_iter().for_each(self.tell);
    }

    pub(super) fn problem(&self) -> &'a Problem {
        &self.order.problem
    }

    pub(super) fn settings(&self) -> &'a Settings {
        &self.order.settings
    }

    pub(super) fn describe(&self, role: Role) -> &'a Description {
        self.engine.describe(role)
    }

    pub(super) fn layout(&self, role: Role) -> Layout<'a> {
        Layout::of(self.describe(role))
    }

    /// The SORM's threshold, or the middle for want of anything better.
    pub(super) fn threshold(&self) -> Threshold {
        self.describe(Role::Sorm).threshold.unwrap_or_else(|| Threshold {
            sorm: Probability::new(0.5).expect("a half lies between 0 and 1"),
            source: ThresholdSource::Default,
        })
    }

    /// Lets `role` write; one candidate an answer.
    pub(super) async fn write(
        &self,
        role: Role,
        writing: Writing,
    ) -> Result<Vec<Candidate>, PipelineError> {
        self.cancel.check(role)?;
        let model = self.describe(role);
        let recorded = decoded(model.tokenizer.decode_all(&writing.prompt))?;
        let sampling = Sampling {
            temperature: writing.temperature,
            top_p: 1.0,
            max_tokens: writing.max_tokens,
            stop: model.end.clone(),
            seed: writing.seed,
        };
        let request = GenerateRequest { prompt: writing.prompt, sampling, n: writing.n };
        let answers = self.engine.generate(role, request, self.cancel).await?;
        let read = |(k, answer): (usize, crate::engine::Generation)| {
            let text = decoded(model.tokenizer.decode(&answer.tokens))?;
            let cut = answer.finish == FinishReason::Length;
            Ok(Candidate {
                kind: writing.kind,
                from_step: None,
                solution: reading::solution(&writing.kept, &text, cut),
                tokens: answer.tokens.len(),
                finish: if cut { Finish::Length } else { Finish::Stop },
                seed: writing.seed.wrapping_add(k as u64),
                model: model.model_id.clone(),
                prompt: recorded.clone(),
                notes: Vec::new(),
            })
        };
        answers.into_iter().enumerate().map(read).collect()
    }

    /// Lets a reward role read `positions` of a text.
    pub(super) async fn read(
        &self,
        role: Role,
        tokens: Vec<u32>,
        positions: Vec<usize>,
    ) -> Result<Vec<Probability>, PipelineError> {
        self.cancel.check(role)?;
        let request = ScoreRequest { tokens, positions, labels: self.labels(role)? };
        Ok(self.engine.score(role, request, self.cancel).await?)
    }

    fn labels(&self, role: Role) -> Result<LabelPair, EngineError> {
        let reason = || "its model has no pair of label tokens".to_owned();
        let missing = || EngineError::Unavailable { role, reason: reason() };
        self.describe(role).labels.ok_or_else(missing)
    }
}

fn decoded(text: Result<String, crate::engine::ModelError>) -> Result<String, PromptError> {
    text.map_err(|error| PromptError::Tokenizer(error.to_string()))
}
