//! Review on disk: queues and their guidelines, items and why they are there, leases, the log of
//! what people did, and what they handed in.
//!
//! `queues.rs` keeps how a queue works; `enter.rs` puts runs into queues; `lease.rs` gives items to
//! people, in the places of `seat.rs`; `desk.rs` reads what one person sees of an item; `act.rs` writes their changes;
//! `submit.rs` takes their work and gives it back; `list.rs` is for overviews,
//! `summary.rs` puts settings into words for the audit log. Rules and the
//! meaning of the log are in `domain::review`. What people did is only ever added to.

mod act;
mod desk;
mod enter;
mod labels;
mod lease;
mod list;
mod queues;
mod seat;
mod submit;
mod summary;

pub use act::Acted;
pub use desk::{Desk, Item};
pub use enter::{Filled, Flagged};
pub use lease::Next;
pub use list::{ItemRow, Mine};
pub use queues::{Guidelines, Queue, Saved};
pub use submit::{Submitted, Withdrawn};

pub(super) use enter::enter;

use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use time::OffsetDateTime;

use super::{Store, StoreError};
use crate::domain::Timestamp;

/// Review in a store.
#[derive(Debug, Clone, Copy)]
pub struct Reviews<'a> {
    pub(super) store: &'a Store,
}

/// A moment as the review tables have it.
fn ms(at: Timestamp) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// Reads such a moment back.
fn moment(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>, StoreError> {
    let Some(ms) = row.try_get::<Option<i64>, _>(column)? else { return Ok(None) };
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .map(Some)
        .map_err(|_| StoreError::Unreadable(format!("{column} = {ms}")))
}

fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|e| StoreError::Unreadable(format!("{column}: {e}")))
}
