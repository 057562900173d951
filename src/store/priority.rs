//! What waits made more or less urgent, and how much waits of each.

use sqlx::SqliteConnection;

use super::rows::{number, priority};
use super::{Batches, Room, Runs, StoreError};
use crate::domain::{BatchId, Priority, RunId};

impl Runs<'_> {
    /// Makes a waiting run more or less urgent; it keeps its age. `false` when it does not wait any
    /// more, `None` when there is no such run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prioritise(
        &self,
        id: RunId,
        priority: Priority,
    ) -> Result<Option<bool>, StoreError> {
        let mut tx = self.store.write().await?;
        let id = id.to_string();
        let changed =
            sqlx::query("UPDATE runs SET priority = ? WHERE id = ? AND status = 'queued'")
                .bind(priority.rank())
                .bind(&id)
                .execute(&mut *tx)
                .await?;
        if changed.rows_affected() > 0 {
            tx.commit().await?;
            return Ok(Some(true));
        }
        let there = sqlx::query("SELECT 1 FROM runs WHERE id = ?").bind(&id);
        Ok(there.fetch_optional(&mut *tx).await?.map(|_| false))
    }

    /// How many runs wait of each priority, the least urgent first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_by_priority(&self) -> Result<[(Priority, usize); 3], StoreError> {
        let rows = sqlx::query(
            "SELECT priority, count(*) AS n FROM runs INDEXED BY runs_waiting \
             WHERE status = 'queued' GROUP BY priority",
        )
        .fetch_all(self.store.read())
        .await?;
        let mut waiting = Priority::ALL.map(|priority| (priority, 0));
        for row in &rows {
            let of = priority(row)?;
            let n = number(row, "n")?;
            waiting.iter_mut().filter(|(priority, _)| *priority == of).for_each(|one| one.1 = n);
        }
        Ok(waiting)
    }
}

impl Batches<'_> {
    /// Makes what still waits of a batch more or less urgent: runs that have not begun, and problems
    /// that are no runs yet. `false` when nothing of it waits any more, `None` when there is no such
    /// batch.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prioritise(
        &self,
        id: BatchId,
        priority: Priority,
    ) -> Result<Option<bool>, StoreError> {
        let mut tx = self.store.write().await?;
        let id = id.to_string();
        let changed = sqlx::query(
            "UPDATE batches SET priority = ? WHERE id = ? AND cancel_requested = 0 AND (fed < total \
             OR EXISTS (SELECT 1 FROM runs WHERE status = 'queued' AND batch_id = batches.id))",
        )
        .bind(priority.rank())
        .bind(&id)
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() == 0 {
            let there = sqlx::query("SELECT 1 FROM batches WHERE id = ?").bind(&id);
            return Ok(there.fetch_optional(&mut *tx).await?.map(|_| false));
        }
        sqlx::query("UPDATE runs SET priority = ? WHERE status = 'queued' AND batch_id = ?")
            .bind(priority.rank())
            .bind(&id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(true))
    }
}

/// Whether one more run of a batch may wait. Few do, since the line is bounded.
pub(super) async fn has_room(
    connection: &mut SqliteConnection,
    priority: Priority,
    room: Room,
) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT count(*) AS every, coalesce(sum(priority <= ?), 0) AS own \
         FROM runs INDEXED BY runs_waiting_of_batches \
         WHERE status = 'queued' AND batch_id IS NOT NULL",
    )
    .bind(priority.rank())
    .fetch_one(connection)
    .await?;
    Ok(number(&row, "every")? < room.all && number(&row, "own")? < room.own)
}
