//! Writing a run and everything that belongs to it, inside a transaction of the caller's.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::StoreError;
use super::facts::Facts;
use super::rows::{write_number, write_timestamp};
use crate::domain::{Run, RunProblem, ScoredSolution, ThresholdSource, Timings};

/// The word kept for a threshold's source.
pub(super) fn source_word(source: ThresholdSource) -> &'static str {
    match source {
        ThresholdSource::Validation => "validation",
        ThresholdSource::Training => "training",
        ThresholdSource::Configuration => "configuration",
        ThresholdSource::Default => "default",
    }
}

fn millis(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// A new run; `work` is what the queue needs to do it later.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    run: &Run,
    work: Option<&str>,
) -> Result<(), StoreError> {
    insert_problem(tx, &run.problem).await?;
    sqlx::query(
        "INSERT INTO runs (id, problem_id, kind, strategy, status, threshold, threshold_source, \
         queue_ms, draft_ms, score_ms, refine_ms, rerank_ms, notes, created_at, work, priority) \
         VALUES (?, ?, ?, ?, ?, 0, '', 0, 0, 0, 0, 0, '[]', ?, ?, ?)",
    )
    .bind(run.id.to_string())
    .bind(run.problem.id.to_string())
    .bind(run.kind.as_str())
    .bind(run.strategy.as_str())
    .bind(run.status.as_str())
    .bind(write_timestamp(run.created_at)?)
    .bind(work)
    .bind(run.priority.unwrap_or_default().rank())
    .execute(&mut *tx)
    .await?;
    update(tx, run).await
}

/// The outcome of a run whose row exists.
pub(super) async fn update(tx: &mut SqliteConnection, run: &Run) -> Result<(), StoreError> {
    let Timings { queue, draft, score, refine, rerank } = run.timings_ms;
    let chosen = run.chosen_solution();
    let facts = Facts::of(run);
    let notes = serde_json::to_string(&run.notes)
        .map_err(|e| StoreError::Unreadable(format!("notes: {e}")))?;
    sqlx::query(
        "UPDATE runs SET status = ?, chosen = ?, chosen_kind = ?, chosen_orm = ?, correct = ?, \
         answer = ?, threshold = ?, threshold_source = ?, queue_ms = ?, draft_ms = ?, score_ms = ?, \
         refine_ms = ?, rerank_ms = ?, notes = ?, error_code = ?, error_detail = ?, first_error = ?, \
         lowest = ?, lowest_band = ?, flip = ?, model = ? WHERE id = ?",
    )
    .bind(run.status.as_str())
    .bind(run.chosen.map(|id| id.to_string()))
    .bind(chosen.map(|solution| solution.kind.as_str()))
    .bind(chosen.and_then(|solution| solution.orm).map(f64::from))
    .bind(chosen.and_then(|solution| solution.correct))
    .bind(&run.answer)
    .bind(f64::from(run.threshold.sorm))
    .bind(source_word(run.threshold.source))
    .bind(millis(queue))
    .bind(millis(draft))
    .bind(millis(score))
    .bind(millis(refine))
    .bind(millis(rerank))
    .bind(notes)
    .bind(run.error.as_ref().map(|error| &error.code))
    .bind(run.error.as_ref().map(|error| &error.detail))
    .bind(facts.first_error)
    .bind(facts.lowest)
    .bind(facts.band)
    .bind(facts.flip.map(|flip| flip.as_str()))
    .bind(&facts.model)
    .bind(run.id.to_string())
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM solutions WHERE run_id = ?")
        .bind(run.id.to_string())
        .execute(&mut *tx)
        .await?;
    for (position, solution) in run.solutions.iter().enumerate() {
        insert_solution(tx, &run.id.to_string(), position, solution).await?;
    }
    Ok(())
}

async fn insert_problem(tx: &mut SqliteConnection, problem: &RunProblem) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO problems (id, text, reference_answer) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(problem.id.to_string())
    .bind(&problem.text)
    .bind(&problem.reference_answer)
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_solution(
    tx: &mut SqliteConnection,
    run_id: &str,
    position: usize,
    solution: &ScoredSolution,
) -> Result<(), StoreError> {
    let id = solution.id.to_string();
    sqlx::query(
        "INSERT INTO solutions (id, run_id, position, kind, from_step, answer, orm, \
         first_error_step, correct, tokens, finish, seed, model, prompt) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&id)
    .bind(run_id)
    .bind(write_number(position))
    .bind(solution.kind.as_str())
    .bind(solution.from_step.map(write_number))
    .bind(&solution.answer)
    .bind(solution.orm.map(f64::from))
    .bind(solution.first_error_step.map(write_number))
    .bind(solution.correct)
    .bind(write_number(solution.tokens))
    .bind(solution.finish.as_str())
    .bind(solution.seed.cast_signed())
    .bind(&solution.model)
    .bind(&solution.prompt)
    .execute(&mut *tx)
    .await?;
    if solution.steps.is_empty() {
        return Ok(());
    }
    // One statement for all: a solution has at most a few dozen steps, far from SQLite's limit.
    let mut steps =
        QueryBuilder::<Sqlite>::new("INSERT INTO steps (solution_id, step, text, sorm, orm) ");
    steps.push_values(&solution.steps, |mut row, step| {
        row.push_bind(&id)
            .push_bind(write_number(step.index))
            .push_bind(&step.text)
            .push_bind(step.sorm.map(f64::from))
            .push_bind(step.orm.map(f64::from));
    });
    steps.build().execute(&mut *tx).await?;
    Ok(())
}
