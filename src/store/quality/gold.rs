//! Which labels are gold.

use sqlx::{Row, Sqlite, SqliteConnection, Transaction};

use super::Quality;
use super::decide::millis;
use crate::domain::review::{Detail, Reason};
use crate::domain::{Action, Actor, Probability, Timestamp};
use crate::store::{StoreError, audit};

/// People more than before who are asked to rate an item while it is gold.
const GOLD_PLACES: i64 = 20;

impl Quality<'_> {
    /// Makes the labels of a submission in force or of a decision the gold of its item, or takes the
    /// gold away. Returns whether there is such an item, and such labels of it.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub async fn mark_gold(
        &self,
        item: &str,
        labels: Option<&str>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.write().await?;
        let known: bool = sqlx::query_scalar(
            "SELECT CASE WHEN ?2 IS NULL THEN EXISTS (SELECT 1 FROM items WHERE id = ?1) ELSE \
             EXISTS (SELECT 1 FROM submissions_in_force WHERE item = ?1 AND id = ?2) OR \
             EXISTS (SELECT 1 FROM adjudications WHERE item = ?1 AND id = ?2) END",
        )
        .bind(item)
        .bind(labels)
        .fetch_one(&mut *tx)
        .await?;
        if known {
            mark_by(&mut tx, item, labels, actor, now).await?;
            tx.commit().await?;
        }
        Ok(known)
    }
}

/// Marks, and writes down who did.
pub(super) async fn mark_by(
    tx: &mut Transaction<'_, Sqlite>,
    item: &str,
    labels: Option<&str>,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), StoreError> {
    mark(tx, item, labels, &actor.person(), now).await?;
    let (action, detail) = match labels {
        Some(labels) => (Action::GoldMarked, labels),
        None => (Action::GoldRemoved, ""),
    };
    audit::write(tx, actor, action, item, detail, now).await
}

/// Writes the row and opens or closes the places that gold has beside the usual ones.
pub(super) async fn mark(
    tx: &mut SqliteConnection,
    item: &str,
    labels: Option<&str>,
    person: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "SELECT i.need, q.overlap, q.random_share, \
         (SELECT need_before FROM gold_in_force g WHERE g.item = i.id) AS before \
         FROM items i JOIN queues q ON q.id = i.queue WHERE i.id = ?",
    )
    .bind(item)
    .fetch_one(&mut *tx)
    .await?;
    let before: Option<i64> = row.try_get("before")?;
    // What was usual before it was gold may be so no more: the queue's overlap can be changed.
    let usual: i64 = row.try_get(if before.is_some() { "overlap" } else { "need" })?;
    sqlx::query("INSERT INTO gold (item, labels, person, at, need_before) VALUES (?, ?, ?, ?, ?)")
        .bind(item)
        .bind(labels)
        .bind(person)
        .bind(millis(now))
        .bind(usual)
        .execute(&mut *tx)
        .await?;
    let need = if labels.is_some() { usual + GOLD_PLACES } else { usual };
    sqlx::query(
        "UPDATE items SET need = max(?2, done, 1), open = done < max(?2, done, 1) WHERE id = ?1",
    )
    .bind(item)
    .bind(need)
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM leases WHERE item = ? AND seat > ? AND state = 'free'")
        .bind(item)
        .bind(need)
        .execute(&mut *tx)
        .await?;
    for seat in usual + 1..=need {
        sqlx::query("INSERT INTO leases (item, seat) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(item)
            .bind(seat)
            .execute(&mut *tx)
            .await?;
    }
    if labels.is_some() {
        hide(tx, item, row.try_get("random_share")?).await?;
    }
    Ok(())
}

/// People must not see that it is gold, so that it is served among the items drawn at random. Where
/// nothing is drawn at random it stays among the others: there it would stand out.
async fn hide(tx: &mut SqliteConnection, item: &str, share: f64) -> Result<(), StoreError> {
    let unreadable = |what| StoreError::Unreadable(format!("{what} of {item}"));
    let share = Probability::new(share).ok_or_else(|| unreadable("random_share"))?;
    let strength = Probability::new(lot(item)).ok_or_else(|| unreadable("the lot"))?;
    let reason = Reason { strength, solution: None, detail: Detail::Random { share } };
    let detail = serde_json::to_string(&reason).map_err(|_| unreadable("the reason"))?;
    sqlx::query(
        "INSERT INTO item_reasons (item, rule, queue, open, strength, detail) \
         SELECT id, ?2, queue, open, ?3, ?4 FROM items WHERE id = ?1 \
         AND (?5 > 0 OR NOT EXISTS (SELECT 1 FROM item_reasons WHERE item = ?1)) \
         ON CONFLICT DO NOTHING",
    )
    .bind(item)
    .bind(reason.rule().as_str())
    .bind(strength.get())
    .bind(detail)
    .bind(share.get())
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// A number in `0..1` that looks drawn and is the same for the same item.
fn lot(item: &str) -> f64 {
    crate::domain::review::fraction(&["order of gold items", item])
}
