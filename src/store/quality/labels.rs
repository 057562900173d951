//! The labels of submissions in force, as rows have them.

use serde_json::{Value, json};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::Quality;
use super::lists::named;
use crate::store::StoreError;

/// A submission's labels, each as JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labelled {
    pub id: String,
    pub labels: Vec<Value>,
}

/// A piece of all of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LabelPage {
    pub submissions: Vec<Labelled>,
    pub has_more: bool,
}

impl Quality<'_> {
    /// Submissions after `after` in the order of their ids, of one queue or of all.
    pub(super) async fn labels(
        &self,
        queue: Option<&str>,
        after: &str,
        limit: usize,
    ) -> Result<LabelPage, StoreError> {
        let mut tx = self.store.read().begin().await?;
        let sql = "SELECT id FROM submissions_in_force \
                   WHERE id > ?1 AND (?2 IS NULL OR queue = ?2) ORDER BY id LIMIT ?3";
        let (ids, has_more) = named(&mut tx, sql, after, queue, limit).await?;
        let mut submissions = Vec::with_capacity(ids.len());
        for id in ids {
            let rows = sqlx::query(
                "SELECT s.id, s.item, s.queue, s.run, s.solution, s.person, s.outcome, \
                 s.submitted_at, l.* FROM labels l JOIN submissions s ON s.id = l.submission \
                 WHERE l.submission = ? ORDER BY l.step",
            )
            .bind(&id)
            .fetch_all(&mut *tx)
            .await?;
            let labels = rows.iter().map(label).collect::<Result<_, _>>()?;
            submissions.push(Labelled { id, labels });
        }
        Ok(LabelPage { submissions, has_more })
    }
}

fn label(row: &SqliteRow) -> Result<Value, StoreError> {
    let text = |column: &str| row.try_get::<&str, _>(column);
    let maybe = |column: &str| row.try_get::<Option<&str>, _>(column);
    Ok(json!({
        "submission": text("id")?,
        "item": text("item")?,
        "queue": text("queue")?,
        "run": text("run")?,
        "solution": text("solution")?,
        "person": text("person")?,
        "outcome": text("outcome")?,
        "submitted_at_ms": row.try_get::<i64, _>("submitted_at")?,
        "step": row.try_get::<i64, _>("step")?,
        // Null: not rated, which is never zero.
        "value": row.try_get::<Option<i64>, _>("value")?,
        "unsure": row.try_get::<bool, _>("unsure")?,
        "critique": maybe("critique")?,
        "correction": maybe("correction")?,
        "sorm": row.try_get::<Option<f64>, _>("sorm")?,
        "shown": text("shown")?,
        "accepted": row.try_get::<bool, _>("accepted")?,
    }))
}
