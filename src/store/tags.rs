//! Tags of runs: put on, taken off, listed.

use super::{Store, StoreError};
use crate::domain::{MAX_TAGS, RunId, Tag};

/// The tags of a store.
#[derive(Debug, Clone, Copy)]
pub struct Tags<'a> {
    pub(super) store: &'a Store,
}

impl Tags<'_> {
    /// Puts a tag on a run that exists; again changes nothing. `false` when the run has
    /// [`MAX_TAGS`] others already.
    ///
    /// # Errors
    /// When the database fails, or there is no such run.
    pub async fn add(&self, run: RunId, tag: &Tag) -> Result<bool, StoreError> {
        let mut tx = self.store.write().await?;
        let others: i64 =
            sqlx::query_scalar("SELECT count(*) FROM run_tags WHERE run_id = ? AND tag <> ?")
                .bind(run.to_string())
                .bind(tag.as_str())
                .fetch_one(&mut *tx)
                .await?;
        if usize::try_from(others).unwrap_or(MAX_TAGS) >= MAX_TAGS {
            return Ok(false);
        }
        sqlx::query("INSERT INTO run_tags (tag, run_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(tag.as_str())
            .bind(run.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Takes a tag off a run; one that is not there changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove(&self, run: RunId, tag: &Tag) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM run_tags WHERE tag = ? AND run_id = ?")
            .bind(tag.as_str())
            .bind(run.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The tags of a run, in the order of the alphabet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(&self, run: RunId) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT tag FROM run_tags WHERE run_id = ? ORDER BY tag")
            .bind(run.to_string())
            .fetch_all(self.store.read())
            .await?)
    }
}
