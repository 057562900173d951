//! Reading columns into words of the domain.

use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::StoreError;
use crate::domain::{Priority, Probability, Timestamp};

fn unreadable(column: &str, value: impl std::fmt::Debug) -> StoreError {
    StoreError::Unreadable(format!("{column} = {value:?}"))
}

/// What a column of JSON holds.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Unreadable(format!("JSON: {e}")))
}

/// A column of one of the fixed words, or an id.
pub(super) fn word<T>(
    row: &SqliteRow,
    column: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    read(text).ok_or_else(|| unreadable(column, text))
}

/// Such a column that may be NULL.
pub(super) fn maybe_word<T>(
    row: &SqliteRow,
    column: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    let Some(text) = row.try_get::<Option<&str>, _>(column)? else { return Ok(None) };
    read(text).map(Some).ok_or_else(|| unreadable(column, text))
}

/// A score.
pub(super) fn probability(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<Probability>, StoreError> {
    let Some(value) = row.try_get::<Option<f64>, _>(column)? else { return Ok(None) };
    Probability::new(value).map(Some).ok_or_else(|| unreadable(column, value))
}

/// A rank of the line.
pub(super) fn priority(row: &SqliteRow) -> Result<Priority, StoreError> {
    let rank: i64 = row.try_get("priority")?;
    Priority::from_rank(rank).ok_or_else(|| unreadable("priority", rank))
}

/// A number that is never negative.
pub(super) fn number(row: &SqliteRow, column: &str) -> Result<usize, StoreError> {
    let value: i64 = row.try_get(column)?;
    usize::try_from(value).map_err(|_| unreadable(column, value))
}

/// Such a number that may be absent.
pub(super) fn maybe_number(row: &SqliteRow, column: &str) -> Result<Option<usize>, StoreError> {
    let Some(value) = row.try_get::<Option<i64>, _>(column)? else { return Ok(None) };
    usize::try_from(value).map(Some).map_err(|_| unreadable(column, value))
}

/// Milliseconds.
pub(super) fn millis(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| unreadable(column, value))
}

/// A moment.
pub(super) fn timestamp(row: &SqliteRow, column: &str) -> Result<Timestamp, StoreError> {
    let text: &str = row.try_get(column)?;
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| unreadable(column, text))
}

/// A moment that is kept as seconds since 1970.
pub(super) fn moment(row: &SqliteRow, column: &str) -> Result<Timestamp, StoreError> {
    let seconds: i64 = row.try_get(column)?;
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| unreadable(column, seconds))
}

/// Such a moment that may be absent.
pub(super) fn maybe_moment(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>, StoreError> {
    let Some(seconds) = row.try_get::<Option<i64>, _>(column)? else { return Ok(None) };
    let at = OffsetDateTime::from_unix_timestamp(seconds);
    at.map(Some).map_err(|_| unreadable(column, seconds))
}

/// How a moment is written.
pub(super) fn write_timestamp(at: Timestamp) -> Result<String, StoreError> {
    at.format(&Rfc3339).map_err(|e| StoreError::Unreadable(format!("{at}: {e}")))
}

/// How a count is written; more than 2^63 of anything is a bug elsewhere and is kept as the most.
pub(super) fn write_number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
