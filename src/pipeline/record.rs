//! What a run leaves behind, gathered while it goes on.

use std::time::Instant;

use super::reading::Candidate;
use super::{Order, PipelineError, rerank};
use crate::domain::{Run, RunProblem, RunStatus, ScoredSolution, Threshold, Timestamp, Timings};

/// A run in the making.
pub(super) struct Record<'a> {
    order: &'a Order,
    threshold: Threshold,
    timings: Timings,
    notes: Vec<String>,
    solutions: Vec<ScoredSolution>,
}

impl<'a> Record<'a> {
    pub(super) fn begin(order: &'a Order, threshold: Threshold) -> Self {
        let (notes, solutions) = (Vec::new(), Vec::new());
        Self { order, threshold, timings: Timings::default(), notes, solutions }
    }

    /// Adds the wall-clock time of `work` to the stage that `stage` picks.
    pub(super) async fn timed<T>(
        &mut self,
        stage: impl FnOnce(&mut Timings) -> &mut u64,
        work: impl Future<Output = Result<T, PipelineError>>,
    ) -> Result<T, PipelineError> {
        let begun = Instant::now();
        let result = work.await;
        *stage(&mut self.timings) += u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        result
    }

    /// What was skipped and why.
    pub(super) fn notes(&mut self) -> &mut Vec<String> {
        &mut self.notes
    }

    /// Takes over what the candidates have to say.
    pub(super) fn note(&mut self, candidates: &[Candidate]) {
        self.notes.extend(candidates.iter().flat_map(|candidate| candidate.notes.iter().cloned()));
    }

    pub(super) fn add(&mut self, solutions: Vec<ScoredSolution>) {
        self.solutions.extend(solutions);
    }

    /// How many solutions there are so far.
    pub(super) fn len(&self) -> usize {
        self.solutions.len()
    }

    /// The draft, or what stands for it.
    pub(super) fn first(&self) -> Option<ScoredSolution> {
        self.solutions.first().cloned()
    }

    /// Chooses, and makes the run.
    pub(super) fn close(self, created_at: Timestamp) -> Run {
        let chosen = rerank::choose(self.solutions.iter().map(|solution| solution.orm))
            .and_then(|index| self.solutions.get(index));
        Run {
            id: self.order.id,
            object: Run::OBJECT.to_owned(),
            kind: self.order.ask.kind(),
            strategy: self.order.ask.strategy(),
            status: RunStatus::Completed,
            problem: RunProblem::from(&self.order.problem),
            chosen: chosen.map(|solution| solution.id),
            answer: chosen.and_then(|solution| solution.answer.clone()),
            threshold: self.threshold,
            timings_ms: self.timings,
            notes: self.notes,
            error: None,
            priority: None,
            created_at,
            solutions: self.solutions,
        }
    }
}
