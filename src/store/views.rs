//! Saved views: a list of runs with its filters, by a name.

use super::rows::write_timestamp;
use super::{Store, StoreError};
use crate::domain::Timestamp;

/// Most views of a store.
pub const MAX_VIEWS: usize = 50;

/// The views of a store; everybody's.
#[derive(Debug, Clone, Copy)]
pub struct Views<'a> {
    pub(super) store: &'a Store,
}

/// A name for a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedView {
    pub name: String,
    /// The part of the address after `/runs`: empty, or from the `?` on.
    pub query: String,
}

impl Views<'_> {
    /// Keeps a view; a view of the same name is replaced. `false` when there are [`MAX_VIEWS`]
    /// others already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save(&self, view: &SavedView, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.store.write().await?;
        let others: i64 = sqlx::query_scalar("SELECT count(*) FROM saved_views WHERE name <> ?")
            .bind(&view.name)
            .fetch_one(&mut *tx)
            .await?;
        if usize::try_from(others).unwrap_or(MAX_VIEWS) >= MAX_VIEWS {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO saved_views (name, query, created_at) VALUES (?, ?, ?) \
             ON CONFLICT (name) DO UPDATE SET query = excluded.query, created_at = excluded.created_at",
        )
        .bind(&view.name)
        .bind(&view.query)
        .bind(write_timestamp(now)?)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets a view; one that is not there changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&self, name: &str) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM saved_views WHERE name = ?").bind(name).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Every view, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all(&self) -> Result<Vec<SavedView>, StoreError> {
        Ok(sqlx::query_as("SELECT name, query FROM saved_views ORDER BY name")
            .fetch_all(self.store.read())
            .await?)
    }
}
