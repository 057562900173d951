//! Items are given to people: one place at a time, for a while.
//!
//! The writer is one connection and every lease is one UPDATE in a transaction that holds the write
//! lock, so that two people never get the same place; the table's UNIQUE constraints say so too.
//! A place whose time is over stays with its person until somebody else takes it.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use super::desk::{in_force, item_in, opened};
use super::queues::{self, Queue};
use super::seat::{free, hold, until};
use super::{Reviews, ms};
use crate::domain::review::{ModelName, Rule, Served, Serving, draw, fraction};
use crate::domain::{ItemId, QueueId, Role, Timestamp};
use crate::store::StoreError;
use crate::store::rows::{to_json, word, write_number};
use crate::store::runs::whole;

/// What came of asking for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Item(ItemId),
    /// Nothing waits for this person.
    Nothing,
    /// There is no such queue, or no such item.
    Missing,
    /// The queue is closed.
    Closed,
}

impl Reviews<'_> {
    /// The item that the person has from this queue, else the next for them: fresh ones by the
    /// queue's weights, then those they put off, in the order in which they did. `models` is what
    /// the engine runs now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(
        &self,
        queue: QueueId,
        person: &str,
        models: &BTreeMap<Role, ModelName>,
        at: Timestamp,
    ) -> Result<Next, StoreError> {
        let mut tx = self.store.write().await?;
        let Some(queue) = queues::one(&mut tx, queue).await? else { return Ok(Next::Missing) };
        if !queue.open {
            return Ok(Next::Closed);
        }
        if let Some(item) = held(&mut tx, &queue, person).await? {
            hold(&mut tx, item, person, at, &queue).await?;
            tx.commit().await?;
            return Ok(Next::Item(item));
        }
        let found = match fresh(&mut tx, &queue, person, at).await? {
            Some((item, rule)) => Some((item, Some(rule))),
            None => put_off(&mut tx, &queue, person, at).await?.map(|item| (item, None)),
        };
        let Some((item, rule)) = found else { return Ok(Next::Nothing) };
        sqlx::query("UPDATE queues SET served = served + 1 WHERE id = ?")
            .bind(queue.id.to_string())
            .execute(&mut *tx)
            .await?;
        open(&mut tx, &queue, item, person, rule, models, at).await?;
        tx.commit().await?;
        Ok(Next::Item(item))
    }

    /// An item asked for by name. Where somebody else has the last place it is opened without one:
    /// whatever the person says there is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(
        &self,
        item: ItemId,
        person: &str,
        models: &BTreeMap<Role, ModelName>,
        at: Timestamp,
    ) -> Result<Next, StoreError> {
        let mut tx = self.store.write().await?;
        let Some(found) = item_in(&mut tx, item).await? else { return Ok(Next::Missing) };
        let Some(queue) = queues::one(&mut tx, found.queue).await? else {
            return Ok(Next::Missing);
        };
        // What is handed in is looked at, not taken again: a page left open may still offer it.
        if in_force(&mut tx, item, person).await?.is_none() {
            hold(&mut tx, item, person, at, &queue).await?;
            open(&mut tx, &queue, item, person, None, models, at).await?;
            tx.commit().await?;
        }
        Ok(Next::Item(item))
    }

    /// The person goes on without the item: it waits for others, and for them at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_off(
        &self,
        item: ItemId,
        person: &str,
        kind: &'static str,
        reason: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.write().await?;
        if opened(&mut tx, item, person).await?.is_none() {
            return Ok(false);
        }
        free(&mut tx, item, person).await?;
        let data = to_json(&serde_json::json!({ "reason": reason }))?;
        record(&mut tx, item, person, at, (kind, None, &data), None).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// More time; whether the person has the item now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(
        &self,
        item: ItemId,
        person: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.write().await?;
        let Some(found) = item_in(&mut tx, item).await? else { return Ok(false) };
        let Some(queue) = queues::one(&mut tx, found.queue).await? else { return Ok(false) };
        let handed_in = in_force(&mut tx, item, person).await?.is_some();
        if handed_in || opened(&mut tx, item, person).await?.is_none() {
            return Ok(false);
        }
        let has = hold(&mut tx, item, person, at, &queue).await?;
        record(&mut tx, item, person, at, ("keep", None, "{}"), None).await?;
        tx.commit().await?;
        Ok(has)
    }
}

/// The item of this queue that the person has, the latest first.
async fn held(
    tx: &mut SqliteConnection,
    queue: &Queue,
    person: &str,
) -> Result<Option<ItemId>, StoreError> {
    let row = sqlx::query(
        "SELECT l.item FROM leases l JOIN items i ON i.id = l.item \
         WHERE l.person = ? AND l.state = 'held' AND i.queue = ? ORDER BY l.leased_at DESC LIMIT 1",
    )
    .bind(person)
    .bind(queue.id.to_string())
    .fetch_optional(tx)
    .await?;
    row.map(|row| word(&row, "item", |text| text.parse().ok())).transpose()
}

/// Draws rules until one has an item that this person has not seen, and takes its strongest.
async fn fresh(
    tx: &mut SqliteConnection,
    queue: &Queue,
    person: &str,
    at: Timestamp,
) -> Result<Option<(ItemId, Rule)>, StoreError> {
    let served: i64 = sqlx::query_scalar("SELECT served FROM queues WHERE id = ?")
        .bind(queue.id.to_string())
        .fetch_one(&mut *tx)
        .await?;
    let lot = fraction(&["serve", &queue.id.to_string(), &served.to_string()]);
    let (weights, share) = (&queue.settings.weights, queue.settings.random_share);
    let mut rules = Rule::ALL.to_vec();
    while let Some(rule) = draw(lot, share, weights, &rules) {
        let row = sqlx::query(
            "UPDATE leases SET state = 'held', person = ?1, leased_at = ?2, expires_at = ?3 \
             WHERE (item, seat) = (SELECT l.item, l.seat FROM item_reasons r \
               JOIN leases l ON l.item = r.item \
               AND (l.state = 'free' OR (l.state = 'held' AND l.expires_at <= ?2)) \
               WHERE r.queue = ?4 AND r.open = 1 AND r.rule = ?5 \
               AND NOT EXISTS (SELECT 1 FROM actions a WHERE a.item = r.item AND a.person = ?1) \
               ORDER BY r.strength DESC, r.item, l.seat LIMIT 1) RETURNING item",
        )
        .bind(person)
        .bind(ms(at))
        .bind(until(at, queue))
        .bind(queue.id.to_string())
        .bind(rule.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        match row {
            Some(row) => return Ok(Some((word(&row, "item", |text| text.parse().ok())?, rule))),
            None => rules.retain(|left| *left != rule),
        }
    }
    Ok(None)
}

/// What the person has seen and not handed in, the longest ago first.
async fn put_off(
    tx: &mut SqliteConnection,
    queue: &Queue,
    person: &str,
    at: Timestamp,
) -> Result<Option<ItemId>, StoreError> {
    let row = sqlx::query(
        "UPDATE leases SET state = 'held', person = ?1, leased_at = ?2, expires_at = ?3 \
         WHERE (item, seat) = (SELECT l.item, l.seat FROM items i JOIN leases l ON l.item = i.id \
           AND (l.state = 'free' OR (l.state = 'held' AND l.expires_at <= ?2)) \
           JOIN (SELECT item, max(id) AS last FROM actions WHERE person = ?1 \
                 AND kind IN ('open', 'skip', 'leave') GROUP BY item) a ON a.item = i.id \
           WHERE i.queue = ?4 AND i.open = 1 \
           AND NOT EXISTS (SELECT 1 FROM submissions_in_force s WHERE s.item = i.id AND s.person = ?1) \
           ORDER BY a.last, l.seat LIMIT 1) RETURNING item",
    )
    .bind(person)
    .bind(ms(at))
    .bind(until(at, queue))
    .bind(queue.id.to_string())
    .fetch_optional(tx)
    .await?;
    row.map(|row| word(&row, "item", |text| text.parse().ok())).transpose()
}

/// Writes down how the item is served. One that was served before keeps its rule.
async fn open(
    tx: &mut SqliteConnection,
    queue: &Queue,
    item: ItemId,
    person: &str,
    rule: Option<Rule>,
    models: &BTreeMap<Role, ModelName>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let found = item_in(tx, item).await?;
    let unreadable = || StoreError::Unreadable(format!("the item {item} has no run"));
    let found = found.ok_or_else(unreadable)?;
    let run = whole(&mut *tx, found.run).await?.ok_or_else(unreadable)?;
    let before = opened(&mut *tx, item, person).await?;
    let serving = Serving::of(
        &run,
        Served {
            item,
            person,
            rule: rule.or(before.and_then(|serving| serving.rule)),
            reasons: found.reasons,
            settings: &queue.settings,
            guidelines: queue.guidelines.version,
            models: models.clone(),
        },
    );
    record(tx, item, person, at, ("open", None, &to_json(&serving)?), None).await
}

/// Adds a row to the log: kind, step and the rest. `press` is what its client calls it.
pub(super) async fn record(
    tx: &mut SqliteConnection,
    item: ItemId,
    person: &str,
    at: Timestamp,
    (kind, step, data): (&str, Option<usize>, &str),
    press: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO actions (item, person, at, kind, step, data, press) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(item.to_string())
    .bind(person)
    .bind(ms(at))
    .bind(kind)
    .bind(step.map(write_number))
    .bind(data)
    .bind(press)
    .execute(tx)
    .await?;
    Ok(())
}
