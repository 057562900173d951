//! Stage 2: the reward models read every solution, the ORM as a whole and both step by step.

use futures::future::try_join;
use futures::stream::{FuturesOrdered, TryStreamExt};

use super::PipelineError;
use super::desk::Desk;
use super::reading::Candidate;
use crate::domain::{
    Critique, Probability, Role, ScoredSolution, ScoredStep, Solution, SolutionId,
};

/// Scores candidates, all at once, and tells them in their order; `before` stand before them in the
/// run.
pub(super) async fn all(
    desk: &Desk<'_>,
    before: usize,
    candidates: Vec<Candidate>,
) -> Result<Vec<ScoredSolution>, PipelineError> {
    let mut reading: FuturesOrdered<_> =
        candidates.into_iter().map(|candidate| one(desk, candidate)).collect();
    let mut scored = Vec::new();
    while let Some(solution) = reading.try_next().await? {
        desk.tell_scored(before + scored.len() + 1, &solution);
        scored.push(solution);
    }
    Ok(scored)
}

async fn one(desk: &Desk<'_>, candidate: Candidate) -> Result<ScoredSolution, PipelineError> {
    let solution = &candidate.solution;
    let ((orm_steps, orm), sorm) =
        try_join(outcome(desk, solution), stepwise(desk, solution)).await?;
    let critique = Critique::from_scores(&sorm, &desk.threshold());
    let correct = desk.problem().is_correct(solution.answer().as_ref());
    let steps = candidate.solution.steps.into_iter().enumerate().map(|(i, text)| ScoredStep {
        index: i + 1,
        text,
        sorm: sorm.get(i).copied(),
        orm: orm_steps.get(i).copied(),
    });
    Ok(ScoredSolution {
        id: SolutionId::new(),
        kind: candidate.kind,
        from_step: candidate.from_step,
        steps: steps.collect(),
        answer: candidate.solution.answer_text,
        orm,
        first_error_step: critique.first_error_step,
        correct,
        tokens: candidate.tokens,
        finish: candidate.finish,
        seed: candidate.seed,
        model: candidate.model,
        prompt: candidate.prompt,
    })
}

/// The ORM's score after each step and of the whole; no score for a solution without a line.
async fn outcome(
    desk: &Desk<'_>,
    solution: &Solution,
) -> Result<(Vec<Probability>, Option<Probability>), PipelineError> {
    if solution.steps.is_empty() && solution.answer_text.is_none() {
        return Ok((Vec::new(), None));
    }
    let prompt = desk.layout(Role::Orm).scored(desk.problem().text(), solution)?;
    let steps = prompt.step_ends.len();
    let mut positions = prompt.step_ends;
    if positions.last() != Some(&prompt.end) {
        positions.push(prompt.end);
    }
    let mut scores = desk.read(Role::Orm, prompt.tokens, positions).await?;
    let whole = scores.last().copied();
    scores.truncate(steps);
    Ok((scores, whole))
}

/// The SORM's score after each step.
async fn stepwise(desk: &Desk<'_>, solution: &Solution) -> Result<Vec<Probability>, PipelineError> {
    if solution.steps.is_empty() {
        return Ok(Vec::new());
    }
    let prompt = desk.layout(Role::Sorm).scored(desk.problem().text(), solution)?;
    desk.read(Role::Sorm, prompt.tokens, prompt.step_ends).await
}
