//! The log of everything people did, in order.

use serde_json::{Value, json};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::Quality;
use crate::store::StoreError;

/// A piece of the log: each entry's number and JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionPage {
    pub entries: Vec<(i64, Value)>,
    pub has_more: bool,
}

impl Quality<'_> {
    /// Entries after number `after`, of one queue or of all. Each says what was done, to what, and
    /// how the item had been served to the person by then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn actions(
        &self,
        queue: Option<&str>,
        after: i64,
        limit: usize,
    ) -> Result<ActionPage, StoreError> {
        let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let rows = sqlx::query(
            "SELECT a.id, a.at, a.item, a.person, a.kind, a.step, a.data, i.queue, i.run, \
             i.solution, s.sorm, \
             (SELECT o.data FROM actions o WHERE o.item = a.item AND o.person = a.person AND \
              o.kind = 'open' AND o.id <= a.id ORDER BY o.id DESC LIMIT 1) AS served, \
             (SELECT o.at FROM actions o WHERE o.item = a.item AND o.person = a.person AND \
              o.id < a.id ORDER BY o.id DESC LIMIT 1) AS before \
             FROM actions a JOIN items i ON i.id = a.item \
             LEFT JOIN steps s ON s.solution_id = i.solution AND s.step = a.step \
             WHERE a.id > ?1 AND (?2 IS NULL OR i.queue = ?2) ORDER BY a.id LIMIT ?3",
        )
        .bind(after)
        .bind(queue)
        .bind(wanted)
        .fetch_all(self.store.read())
        .await?;
        let entries: Result<Vec<_>, StoreError> = rows.iter().take(limit).map(entry).collect();
        Ok(ActionPage { entries: entries?, has_more: rows.len() > limit })
    }
}

fn entry(row: &SqliteRow) -> Result<(i64, Value), StoreError> {
    let id: i64 = row.try_get("id")?;
    let at: i64 = row.try_get("at")?;
    let parse = |column: &str| -> Result<Value, StoreError> {
        let text: Option<&str> = row.try_get(column)?;
        let value = text.map(serde_json::from_str).transpose();
        let value = value.map_err(|e| StoreError::Unreadable(format!("{column} of {id}: {e}")))?;
        Ok(value.unwrap_or(Value::Null))
    };
    let text = |column: &str| row.try_get::<&str, _>(column);
    let before: Option<i64> = row.try_get("before")?;
    let value = json!({
        "id": id,
        "at_ms": at,
        "queue": text("queue")?,
        "item": text("item")?,
        "run": text("run")?,
        "solution": text("solution")?,
        "person": text("person")?,
        "kind": text("kind")?,
        "step": row.try_get::<Option<i64>, _>("step")?,
        "data": parse("data")?,
        // Since the same person's entry before it.
        "duration_ms": before.map(|before| at - before),
        "sorm": row.try_get::<Option<f64>, _>("sorm")?,
        "served": parse("served")?,
    });
    Ok((id, value))
}
