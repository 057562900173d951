//! Saved views: a list of runs with its filters, by a name.

use super::rows::write_timestamp;
use super::{Store, StoreError};
use crate::domain::{Timestamp, UserId};

/// Most views of a store.
pub const MAX_VIEWS: usize = 50;

/// The views of a store: everybody sees them all, and who keeps one changes it.
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
    /// The id of the user who keeps it; `None` where there were no users.
    pub kept_by: Option<String>,
}

/// Who keeps or forgets a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeper {
    /// `None` while there are no users.
    pub id: Option<UserId>,
    /// Views of others are theirs to change as well.
    pub admin: bool,
}

impl Keeper {
    /// Whether a view is theirs to change: their own, one that is nobody's, or any for an admin.
    pub fn may_change(&self, view: &SavedView) -> bool {
        self.admin || view.kept_by.is_none() || view.kept_by == self.id.map(|id| id.to_string())
    }
}

/// What became of a view that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewKept {
    Done,
    /// There are [`MAX_VIEWS`] others already.
    TooMany,
    /// Somebody else keeps a view of this name.
    OfAnother,
}

impl Views<'_> {
    /// Keeps a list under a name; a view of the same name is replaced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save(
        &self,
        name: &str,
        query: &str,
        keeper: Keeper,
        now: Timestamp,
    ) -> Result<ViewKept, StoreError> {
        let mut tx = self.store.write().await?;
        let views: Vec<SavedView> = sqlx::query_as("SELECT name, query, kept_by FROM saved_views")
            .fetch_all(&mut *tx)
            .await?;
        let (same, others): (Vec<_>, Vec<_>) = views.iter().partition(|view| view.name == name);
        if !same.iter().all(|view| keeper.may_change(view)) {
            return Ok(ViewKept::OfAnother);
        }
        if others.len() >= MAX_VIEWS {
            return Ok(ViewKept::TooMany);
        }
        sqlx::query(
            "INSERT INTO saved_views (name, query, created_at, kept_by) VALUES (?, ?, ?, ?) \
             ON CONFLICT (name) DO UPDATE SET query = excluded.query, \
             created_at = excluded.created_at, kept_by = excluded.kept_by",
        )
        .bind(name)
        .bind(query)
        .bind(write_timestamp(now)?)
        .bind(keeper.id.map(|id| id.to_string()))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(ViewKept::Done)
    }

    /// Forgets a view; one that is not there changes nothing. `false` when it is somebody else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&self, name: &str, keeper: Keeper) -> Result<bool, StoreError> {
        let mut tx = self.store.write().await?;
        let view: Option<SavedView> =
            sqlx::query_as("SELECT name, query, kept_by FROM saved_views WHERE name = ?")
                .bind(name)
                .fetch_optional(&mut *tx)
                .await?;
        if view.is_some_and(|view| !keeper.may_change(&view)) {
            return Ok(false);
        }
        sqlx::query("DELETE FROM saved_views WHERE name = ?").bind(name).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Every view, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all(&self) -> Result<Vec<SavedView>, StoreError> {
        Ok(sqlx::query_as("SELECT name, query, kept_by FROM saved_views ORDER BY name")
            .fetch_all(self.store.read())
            .await?)
    }
}
