//! The places of an item: how one is taken, kept and given back.

use sqlx::SqliteConnection;

use super::ms;
use super::queues::Queue;
use crate::domain::{ItemId, Timestamp};
use crate::store::StoreError;
use crate::store::rows::write_number;

/// Extends the person's place, or takes one that is free; whether they have one now.
pub(super) async fn hold(
    tx: &mut SqliteConnection,
    item: ItemId,
    person: &str,
    at: Timestamp,
    queue: &Queue,
) -> Result<bool, StoreError> {
    let extended = sqlx::query(
        "UPDATE leases SET expires_at = max(expires_at, ?) WHERE item = ? AND person = ? AND state = 'held'",
    )
    .bind(until(at, queue))
    .bind(item.to_string())
    .bind(person)
    .execute(&mut *tx)
    .await?;
    if extended.rows_affected() > 0 {
        return Ok(true);
    }
    let taken = sqlx::query(
        "UPDATE leases SET state = 'held', person = ?1, leased_at = ?2, expires_at = ?3 \
         WHERE (item, seat) = (SELECT item, seat FROM leases WHERE item = ?4 \
           AND (state = 'free' OR (state = 'held' AND expires_at <= ?2)) \
           AND NOT EXISTS (SELECT 1 FROM leases WHERE item = ?4 AND person = ?1) \
           ORDER BY seat LIMIT 1) RETURNING seat",
    )
    .bind(person)
    .bind(ms(at))
    .bind(until(at, queue))
    .bind(item.to_string())
    .fetch_optional(tx)
    .await?;
    Ok(taken.is_some())
}

/// Gives the person's place back.
pub(super) async fn free(
    tx: &mut SqliteConnection,
    item: ItemId,
    person: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE leases SET state = 'free', person = NULL, leased_at = NULL, expires_at = NULL \
         WHERE item = ? AND person = ? AND state = 'held'",
    )
    .bind(item.to_string())
    .bind(person)
    .execute(tx)
    .await?;
    Ok(())
}

/// When a lease taken now ends, in milliseconds since 1970.
pub(super) fn until(at: Timestamp, queue: &Queue) -> i64 {
    ms(at).saturating_add(write_number(queue.settings.lease_minutes).saturating_mul(60_000))
}
