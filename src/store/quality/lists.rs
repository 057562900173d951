//! Which items people said something of.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Row, SqliteConnection};

use super::Quality;
use super::read::reviewed;
use crate::domain::annotation::Reviewed;
use crate::store::StoreError;

/// A queue and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueName {
    pub id: String,
    pub name: String,
}

/// Items with all that was said of them, and whether there are more.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewedItems {
    pub items: Vec<Reviewed>,
    pub has_more: bool,
}

impl Quality<'_> {
    /// Every queue, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queues(&self) -> Result<Vec<QueueName>, StoreError> {
        let rows = sqlx::query("SELECT id, name FROM queues ORDER BY id")
            .fetch_all(self.store.read())
            .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(QueueName { id: row.try_get("id")?, name: row.try_get("name")? })
        };
        rows.iter().map(read).collect()
    }

    /// One item.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn item(&self, id: &str) -> Result<Option<Reviewed>, StoreError> {
        let mut tx = self.store.read().begin().await?;
        reviewed(&mut tx, id).await
    }

    /// Items after `after` in the order of their ids, of one queue or of all, that somebody handed
    /// in or decided.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn after(
        &self,
        queue: Option<&str>,
        after: &str,
        limit: usize,
    ) -> Result<ReviewedItems, StoreError> {
        let sql = "SELECT i.id FROM items i WHERE i.id > ?1 AND (?2 IS NULL OR i.queue = ?2) AND \
                   (EXISTS (SELECT 1 FROM submissions_in_force s WHERE s.item = i.id) OR \
                    EXISTS (SELECT 1 FROM adjudications a WHERE a.item = i.id)) \
                   ORDER BY i.id LIMIT ?3";
        self.list(sql, after, queue, limit).await
    }

    /// The items of a queue that were handed in, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest(&self, queue: &str, limit: usize) -> Result<ReviewedItems, StoreError> {
        let sql = "SELECT i.id FROM items i WHERE i.id > ?1 AND i.queue = ?2 AND \
                   EXISTS (SELECT 1 FROM submissions_in_force s WHERE s.item = i.id) \
                   ORDER BY i.id DESC LIMIT ?3";
        self.list(sql, "", Some(queue), limit).await
    }

    /// Items that several people handed in and nobody has decided, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undecided(
        &self,
        queue: Option<&str>,
        limit: usize,
    ) -> Result<ReviewedItems, StoreError> {
        let sql = "SELECT i.id FROM items i WHERE i.id > ?1 AND (?2 IS NULL OR i.queue = ?2) AND \
                   i.done > 1 AND NOT EXISTS (SELECT 1 FROM adjudications a WHERE a.item = i.id) \
                   ORDER BY i.id DESC LIMIT ?3";
        self.list(sql, "", queue, limit).await
    }

    /// What people are called, by what rows call them: users by their names, others by the same
    /// word.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names(
        &self,
        people: BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let mut names = BTreeMap::new();
        for person in people {
            let name: Option<String> = sqlx::query_scalar("SELECT name FROM users WHERE id = ?")
                .bind(&person)
                .fetch_optional(self.store.read())
                .await?;
            names.insert(person.clone(), name.unwrap_or(person));
        }
        Ok(names)
    }

    /// How many items of a queue were decided, and how many are gold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decided_and_gold(&self, queue: &str) -> Result<(u64, u64), StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM adjudications_in_force a JOIN items i ON i.id = a.item \
             WHERE i.queue = ?1) AS decided, (SELECT count(*) FROM gold_in_force g \
             JOIN items i ON i.id = g.item WHERE i.queue = ?1) AS gold",
        )
        .bind(queue)
        .fetch_one(self.store.read())
        .await?;
        let count = |column| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
        Ok((count("decided")?, count("gold")?))
    }

    /// The items that a statement of `(after, queue, limit)` names, all at one moment.
    async fn list(
        &self,
        sql: &'static str,
        after: &str,
        queue: Option<&str>,
        limit: usize,
    ) -> Result<ReviewedItems, StoreError> {
        let mut tx = self.store.read().begin().await?;
        let (ids, has_more) = named(&mut tx, sql, after, queue, limit).await?;
        let mut items = Vec::with_capacity(ids.len());
        for id in ids {
            items.extend(reviewed(&mut tx, &id).await?);
        }
        Ok(ReviewedItems { items, has_more })
    }
}

/// The ids that a statement of `(after, queue, limit)` names, and whether there are more.
pub(super) async fn named(
    tx: &mut SqliteConnection,
    sql: &'static str,
    after: &str,
    queue: Option<&str>,
    limit: usize,
) -> Result<(Vec<String>, bool), StoreError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut ids: Vec<String> =
        sqlx::query_scalar(sql).bind(after).bind(queue).bind(wanted).fetch_all(tx).await?;
    let has_more = ids.len() > limit;
    ids.truncate(limit);
    Ok((ids, has_more))
}
