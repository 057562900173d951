//! Overviews: the items of a queue, and what a person has done.

use sqlx::Row;

use super::desk::{Item, read_item};
use super::{Reviews, json, ms};
use crate::domain::review::Reason;
use crate::domain::{ItemId, QueueId, Timestamp};
use crate::store::rows::{number, write_number};
use crate::store::{Page, StoreError};

/// An item as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemRow {
    pub item: Item,
    pub problem: String,
    pub open: bool,
    /// Somebody has it at this moment.
    pub held: bool,
}

/// What a person has handed in at a queue and not taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mine {
    pub all: usize,
    /// Since a moment of the caller's choice.
    pub since: usize,
}

impl Reviews<'_> {
    /// At most `limit` items of a queue that were there before `after`, newest first; those that
    /// are done with `open` off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn items(
        &self,
        queue: QueueId,
        open: bool,
        after: Option<ItemId>,
        limit: usize,
        at: Timestamp,
    ) -> Result<Page<ItemRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT i.*, p.text, (SELECT json_group_array(json(detail)) FROM item_reasons \
             WHERE item = i.id) AS reasons, EXISTS (SELECT 1 FROM leases l WHERE l.item = i.id \
             AND l.state = 'held' AND l.expires_at > ?) AS held \
             FROM items i JOIN runs r ON r.id = i.run JOIN problems p ON p.id = r.problem_id \
             WHERE i.queue = ? AND i.open = ? AND i.id < ? ORDER BY i.id DESC LIMIT ?",
        )
        .bind(ms(at))
        .bind(queue.to_string())
        .bind(open)
        // Every id of an item sorts before this.
        .bind(after.map_or_else(|| "itm_~".to_owned(), |id| id.to_string()))
        .bind(write_number(limit.saturating_add(1)))
        .fetch_all(self.store.read())
        .await?;
        let has_more = rows.len() > limit;
        let mut data = Vec::with_capacity(rows.len().min(limit));
        for row in rows.iter().take(limit) {
            let mut item = read_item(row)?;
            item.reasons = json(row, "reasons")?;
            item.reasons.sort_by_key(Reason::rule);
            let (problem, held) = (row.try_get("text")?, row.try_get("held")?);
            data.push(ItemRow { item, problem, open, held });
        }
        let next = data.last().filter(|_| has_more).map(|last| last.item.id.to_string());
        Ok(Page { data, has_more, next })
    }

    /// What the person has handed in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mine(
        &self,
        queue: QueueId,
        person: &str,
        since: Timestamp,
    ) -> Result<Mine, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) AS n, coalesce(sum(submitted_at >= ?), 0) AS since \
             FROM submissions_in_force WHERE queue = ? AND person = ?",
        )
        .bind(ms(since))
        .bind(queue.to_string())
        .bind(person)
        .fetch_one(self.store.read())
        .await?;
        Ok(Mine { all: number(&row, "n")?, since: number(&row, "since")? })
    }
}
