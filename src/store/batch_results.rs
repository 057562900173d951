//! What came of the problems of a batch, a row each, in the order they were given in.

use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use utoipa::ToSchema;

use super::rows::{number, probability, word, write_number};
use super::{Batches, StoreError};
use crate::domain::{BatchId, Flip, Probability, RunId, RunStatus, SolutionKind};

/// One problem of a batch and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BatchRow {
    /// From 1, as given.
    pub position: usize,
    pub problem: String,
    #[schema(required = true)]
    pub reference_answer: Option<String>,
    /// Null for a problem that has not become a run.
    #[schema(required = true)]
    pub run: Option<RunId>,
    #[schema(required = true)]
    pub status: Option<RunStatus>,
    /// The chosen solution's final answer.
    #[schema(required = true)]
    pub answer: Option<String>,
    #[schema(required = true)]
    pub correct: Option<bool>,
    /// Kind of the chosen solution.
    #[schema(required = true)]
    pub chosen: Option<SolutionKind>,
    /// The ORM's score of the chosen solution.
    #[schema(required = true)]
    pub orm: Option<Probability>,
    /// The critique of the first solution.
    #[schema(required = true)]
    pub first_error_step: Option<usize>,
    /// Whether the choice turned the first solution's verdict round.
    #[schema(required = true)]
    pub flip: Option<Flip>,
}

impl Batches<'_> {
    /// At most `limit` rows after the position `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn results(
        &self,
        id: BatchId,
        after: usize,
        limit: usize,
    ) -> Result<Vec<BatchRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT i.position, i.problem, i.reference_answer, i.run_id, r.status, r.answer, \
             r.correct, r.chosen_kind, r.chosen_orm, r.first_error, r.flip \
             FROM batch_items i LEFT JOIN runs r ON r.id = i.run_id \
             WHERE i.batch_id = ? AND i.position > ? ORDER BY i.position LIMIT ?",
        )
        .bind(id.to_string())
        .bind(write_number(after))
        .bind(write_number(limit))
        .fetch_all(self.store.read())
        .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &SqliteRow) -> Result<BatchRow, StoreError> {
    let first_error: Option<i64> = row.try_get("first_error")?;
    Ok(BatchRow {
        position: number(row, "position")?,
        problem: row.try_get("problem")?,
        reference_answer: row.try_get("reference_answer")?,
        run: maybe(row, "run_id", |text| text.parse().ok())?,
        status: maybe(row, "status", RunStatus::from_word)?,
        answer: row.try_get("answer")?,
        correct: row.try_get("correct")?,
        chosen: maybe(row, "chosen_kind", SolutionKind::from_word)?,
        orm: probability(row, "chosen_orm")?,
        first_error_step: first_error
            .and_then(|step| usize::try_from(step).ok())
            .filter(|s| *s > 0),
        flip: maybe(row, "flip", Flip::from_word)?,
    })
}

/// A word that may be absent.
fn maybe<T>(
    row: &SqliteRow,
    column: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    match row.try_get::<Option<&str>, _>(column)? {
        None => Ok(None),
        Some(_) => word(row, column, read).map(Some),
    }
}
