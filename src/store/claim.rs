//! Taking a run from the line.

use sqlx::Row;

use super::rows::{priority, timestamp, word};
use super::{Runs, StoreError, turns};
use crate::domain::{Priority, ProblemId, RunId, Timestamp};

/// A run taken from the line. Whoever claimed it must `finish` it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub id: RunId,
    /// Keeps its id when the finished run is written back.
    pub problem_id: ProblemId,
    /// What `insert_queued` was given.
    pub work: String,
    pub priority: Priority,
    pub created_at: Timestamp,
}

/// A waiting run that may be taken, by an index and its order. One that was at work in a crash is
/// passed over while another such run is at work.
macro_rules! first {
    ($index:literal, $order:literal) => {
        concat!(
            "(SELECT id FROM runs INDEXED BY ",
            $index,
            " WHERE status = 'queued' AND (attempts = 0 OR NOT EXISTS \
             (SELECT 1 FROM runs WHERE status = 'running' AND attempts > 1)) ORDER BY ",
            $order,
            " LIMIT 1)"
        )
    };
}

/// The run that has waited longest, the most urgent one, and what their line remembers.
pub(super) const NEXT: &str = concat!(
    "SELECT ",
    first!("runs_by_status", "id"),
    " AS oldest, ",
    first!("runs_waiting", "priority DESC, id"),
    " AS urgent, (SELECT overtaken FROM turns WHERE line = 'runs') AS overtaken"
);

impl Runs<'_> {
    /// Takes the run whose turn it is: the most urgent one, and among equals the one that came first;
    /// but the one that has waited longest when it was overtaken too often
    /// ([`Overtaken`](crate::domain::Overtaken)). Two short walks, however many wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_next(&self) -> Result<Option<Claimed>, StoreError> {
        let mut tx = self.store.write().await?;
        let row = sqlx::query(NEXT).fetch_one(&mut *tx).await?;
        let Some(line) = turns::read(&row)? else { return Ok(None) };
        let (id, overtaken) = line.next();
        turns::remember(&mut tx, "runs", overtaken).await?;
        let row = sqlx::query(
            "UPDATE runs SET status = 'running', attempts = attempts + 1 WHERE id = ? \
             RETURNING id, problem_id, coalesce(work, '') AS work, priority, created_at",
        )
        .bind(id)
        .fetch_one(&mut *tx)
        .await?;
        let claimed = Claimed {
            id: word(&row, "id", |text| text.parse().ok())?,
            problem_id: word(&row, "problem_id", |text| text.parse().ok())?,
            work: row.try_get("work")?,
            priority: priority(&row)?,
            created_at: timestamp(&row, "created_at")?,
        };
        tx.commit().await?;
        Ok(Some(claimed))
    }
}
