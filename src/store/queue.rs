//! The waiting line: runs that are done later, by a worker, one claim each (`claim.rs`).
//!
//! The server has the data folder to itself, so a run found `running` at start belongs to a process
//! that is gone: it is requeued without asking a clock. Which of several runs took that process down
//! cannot be known, so those that were at work then are done again one at a time: the guilty one
//! comes to its last attempt alone, and the others live.

use sqlx::{Row, SqliteConnection};

use super::rows::{word, write_number};
use super::{KeptAnswer, Runs, StoreError, audit, idempotency, review, write};
use crate::domain::{Action, Actor, Run, RunId, RunStatus, Timestamp};

/// Starts a run gets before it is given up: work that takes the process down with it must not do
/// so forever.
pub const MAX_ATTEMPTS: i64 = 3;

/// What a request to cancel met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It waited; it is cancelled now.
    Cancelled,
    /// A worker has it and has been asked to stop.
    Requested,
    /// It had ended before, in this way.
    AlreadyEnded(RunStatus),
}

impl Runs<'_> {
    /// Puts a run in the line with its priority, unless `limit` runs are waiting. When this returns, it is on disk.
    ///
    /// # Errors
    /// [`StoreError::QueueFull`], or the database fails.
    pub async fn insert_queued(
        &self,
        run: &Run,
        work: &str,
        limit: usize,
    ) -> Result<(), StoreError> {
        self.insert_answered(run, work, limit, None).await
    }

    /// The same together with the answer to the request, if it came with a key: the key and where the
    /// run can be read. A crash leaves both or neither, so that the request sent again does not make a
    /// second run.
    ///
    /// # Errors
    /// As [`Runs::insert_queued`].
    pub async fn insert_answered(
        &self,
        run: &Run,
        work: &str,
        limit: usize,
        key: Option<(i64, String)>,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        if waiting(&mut tx).await? >= write_number(limit) {
            return Err(StoreError::QueueFull { limit });
        }
        if let Some((key, location)) = key {
            let answer = KeptAnswer::accepted(location, run)?;
            idempotency::settle(&mut tx, key, &answer).await?;
        }
        write::insert(&mut tx, run, Some(work)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How many runs wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting(&self) -> Result<usize, StoreError> {
        let mut connection = self.store.read().acquire().await.map_err(StoreError::from)?;
        Ok(usize::try_from(waiting(&mut connection).await?).unwrap_or(0))
    }

    /// Writes the outcome of a claimed run.
    ///
    /// # Errors
    /// When the database fails; the run stays `running` and is requeued at the next start.
    pub async fn finish(&self, run: &Run) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        write::update(&mut tx, run).await?;
        review::enter(&mut tx, run).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts a claimed run back in the line as if it had not been started: the server stops in good
    /// order, and that is not the run's fault.
    ///
    /// # Errors
    /// When the database fails; the run stays `running` and is requeued at the next start.
    pub async fn give_back(&self, id: RunId) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        sqlx::query(
            "UPDATE runs SET status = 'queued', attempts = max(attempts - 1, 0) \
             WHERE id = ? AND status = 'running'",
        )
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Asks for an end. `None` when there is no such run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request_cancel(
        &self,
        id: RunId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<CancelOutcome>, StoreError> {
        let mut tx = self.store.write().await?;
        let row = sqlx::query("SELECT status, cancel_requested FROM runs WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let asked_before: bool = row.try_get("cancel_requested")?;
        let outcome = match word(&row, "status", RunStatus::from_word)? {
            RunStatus::Queued => CancelOutcome::Cancelled,
            RunStatus::Running => CancelOutcome::Requested,
            ended => return Ok(Some(CancelOutcome::AlreadyEnded(ended))),
        };
        sqlx::query(
            "UPDATE runs SET cancel_requested = 1, \
             status = iif(status = 'queued', 'cancelled', status) WHERE id = ?",
        )
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        if !asked_before {
            audit::write(&mut tx, actor, Action::RunCancelled, &id.to_string(), "", now).await?;
        }
        tx.commit().await?;
        Ok(Some(outcome))
    }

    /// Whether somebody asked for an end. A worker looks after it has made itself known, so that a
    /// request between claim and start is not lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_requested(&self, id: RunId) -> Result<bool, StoreError> {
        let asked = sqlx::query_scalar("SELECT cancel_requested FROM runs WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(self.store.read())
            .await?;
        Ok(asked.unwrap_or(false))
    }

    /// Puts what a former process left `running` back in the line; ends what cannot go back.
    /// Returns how many wait again. Called once, before the first claim.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn requeue_interrupted(&self) -> Result<usize, StoreError> {
        let mut tx = self.store.write().await?;
        sqlx::query(
            "UPDATE runs SET status = 'cancelled' WHERE status = 'running' AND cancel_requested = 1",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE runs SET status = 'failed', error_code = 'interrupted', error_detail = \
             iif(work IS NULL, 'the server stopped while the run was at work', \
                 'the server ended unexpectedly ' || attempts || ' times while the run was at work') \
             WHERE status = 'running' AND (work IS NULL OR attempts >= ?)",
        )
        .bind(MAX_ATTEMPTS)
        .execute(&mut *tx)
        .await?;
        let requeued = sqlx::query("UPDATE runs SET status = 'queued' WHERE status = 'running'")
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(usize::try_from(requeued.rows_affected()).unwrap_or(usize::MAX))
    }
}

pub(super) async fn waiting(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let n =
        sqlx::query_scalar("SELECT n FROM run_counts WHERE facet = 'status' AND value = 'queued'")
            .fetch_optional(connection)
            .await?;
    Ok(n.unwrap_or(0))
}
