//! Keeping a run and reading it back exactly as it was.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::rows::{maybe_number, millis, number, priority, probability, timestamp, word};
use super::{Store, StoreError, review, write};
use crate::domain::{
    Finish, Run, RunError, RunId, RunKind, RunProblem, RunStatus, ScoredSolution, ScoredStep,
    SolutionKind, Strategy, Threshold, ThresholdSource, Timings,
};

/// The runs of a store. `page.rs` lists them, `queue.rs` is the waiting line.
#[derive(Debug, Clone, Copy)]
pub struct Runs<'a> {
    pub(super) store: &'a Store,
}

impl Runs<'_> {
    /// Keeps a finished run of which nothing more is known.
    ///
    /// # Errors
    /// When the database fails or the id is taken; nothing is kept then.
    pub async fn insert(&self, run: &Run) -> Result<(), StoreError> {
        self.insert_done(run, None).await
    }

    /// Keeps a run that was done in the foreground, with what it was asked to do.
    ///
    /// # Errors
    /// As [`Runs::insert`].
    pub async fn insert_done(&self, run: &Run, asked: Option<&str>) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        write::insert(&mut tx, run, None).await?;
        if let Some(asked) = asked {
            sqlx::query("UPDATE runs SET asked = ? WHERE id = ?")
                .bind(asked)
                .bind(run.id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        review::enter(&mut tx, run).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps many finished runs in one transaction.
    ///
    /// # Errors
    /// As [`Runs::insert`]; nothing is kept then.
    pub async fn insert_many(&self, runs: &[Run]) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        for run in runs {
            write::insert(&mut tx, run, None).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// What the run was asked to do, where that was kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asked(&self, id: RunId) -> Result<Option<String>, StoreError> {
        let found = sqlx::query_scalar::<_, Option<String>>(
            "SELECT coalesce(work, asked) FROM runs WHERE id = ?",
        )
        .bind(id.to_string())
        .fetch_optional(self.store.read())
        .await?;
        Ok(found.flatten())
    }

    /// Whether there is such a run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exists(&self, id: RunId) -> Result<bool, StoreError> {
        let found = sqlx::query("SELECT 1 FROM runs WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(self.store.read())
            .await?;
        Ok(found.is_some())
    }

    /// The run with this id, whatever its status.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        // One snapshot for all three reads: a run that finishes in between must not be seen half.
        let mut tx = self.store.read().begin().await?;
        whole(&mut tx, id).await
    }
}

/// A run within a transaction of the caller's.
pub(super) async fn whole(tx: &mut SqliteConnection, id: RunId) -> Result<Option<Run>, StoreError> {
    let id = id.to_string();
    let row = sqlx::query(
        "SELECT r.*, r.work IS NOT NULL AS in_line, p.text AS problem_text, p.reference_answer \
         FROM runs r \
         JOIN problems p ON p.id = r.problem_id WHERE r.id = ?",
    )
    .bind(&id)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let solutions = sqlx::query("SELECT * FROM solutions WHERE run_id = ? ORDER BY position")
        .bind(&id)
        .fetch_all(&mut *tx)
        .await?;
    let steps = sqlx::query(
        "SELECT s.* FROM steps s JOIN solutions o ON o.id = s.solution_id \
         WHERE o.run_id = ? ORDER BY s.solution_id, s.step",
    )
    .bind(&id)
    .fetch_all(&mut *tx)
    .await?;
    let mut steps_of: HashMap<String, Vec<ScoredStep>> = HashMap::new();
    for row in &steps {
        steps_of.entry(row.try_get("solution_id")?).or_default().push(read_step(row)?);
    }
    let mut run = read_run(&row)?;
    for row in &solutions {
        let steps = steps_of.remove(row.try_get::<&str, _>("id")?).unwrap_or_default();
        run.solutions.push(read_solution(row, steps)?);
    }
    Ok(Some(run))
}

fn read_run(row: &SqliteRow) -> Result<Run, StoreError> {
    let notes: &str = row.try_get("notes")?;
    let code: Option<String> = row.try_get("error_code")?;
    let detail: Option<String> = row.try_get("error_detail")?;
    let sorm = probability(row, "threshold")?;
    let in_line: bool = row.try_get("in_line")?;
    Ok(Run {
        id: word(row, "id", |text| text.parse().ok())?,
        object: Run::OBJECT.to_owned(),
        kind: word(row, "kind", RunKind::from_word)?,
        strategy: word(row, "strategy", Strategy::from_word)?,
        status: word(row, "status", RunStatus::from_word)?,
        problem: RunProblem {
            id: word(row, "problem_id", |text| text.parse().ok())?,
            text: row.try_get("problem_text")?,
            reference_answer: row.try_get("reference_answer")?,
        },
        solutions: Vec::new(),
        chosen: match row.try_get::<Option<&str>, _>("chosen")? {
            None => None,
            Some(_) => Some(word(row, "chosen", |text| text.parse().ok())?),
        },
        answer: row.try_get("answer")?,
        threshold: Threshold {
            sorm: sorm.ok_or_else(|| StoreError::Unreadable("threshold is missing".to_owned()))?,
            source: word(row, "threshold_source", read_source)?,
        },
        timings_ms: Timings {
            queue: millis(row, "queue_ms")?,
            draft: millis(row, "draft_ms")?,
            score: millis(row, "score_ms")?,
            refine: millis(row, "refine_ms")?,
            rerank: millis(row, "rerank_ms")?,
        },
        notes: serde_json::from_str(notes)
            .map_err(|e| StoreError::Unreadable(format!("notes: {e}")))?,
        error: code.zip(detail).map(|(code, detail)| RunError { code, detail }),
        priority: if in_line { Some(priority(row)?) } else { None },
        created_at: timestamp(row, "created_at")?,
    })
}

fn read_source(text: &str) -> Option<ThresholdSource> {
    ThresholdSource::ALL.into_iter().find(|source| write::source_word(*source) == text)
}

fn read_solution(row: &SqliteRow, steps: Vec<ScoredStep>) -> Result<ScoredSolution, StoreError> {
    Ok(ScoredSolution {
        id: word(row, "id", |text| text.parse().ok())?,
        kind: word(row, "kind", SolutionKind::from_word)?,
        from_step: maybe_number(row, "from_step")?,
        steps,
        answer: row.try_get("answer")?,
        orm: probability(row, "orm")?,
        first_error_step: maybe_number(row, "first_error_step")?,
        correct: row.try_get("correct")?,
        tokens: number(row, "tokens")?,
        finish: word(row, "finish", Finish::from_word)?,
        seed: row.try_get::<i64, _>("seed")?.cast_unsigned(),
        model: row.try_get("model")?,
        prompt: row.try_get("prompt")?,
    })
}

fn read_step(row: &SqliteRow) -> Result<ScoredStep, StoreError> {
    Ok(ScoredStep {
        index: number(row, "step")?,
        text: row.try_get("text")?,
        sorm: probability(row, "sorm")?,
        orm: probability(row, "orm")?,
    })
}
