//! A batch as it is kept and shown.

use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use utoipa::ToSchema;

use super::StoreError;
use super::rows::{number, priority, timestamp, word};
use crate::domain::{BatchId, Overtaken, Priority, Timestamp};

/// Most problems of a batch.
pub const MAX_ITEMS: usize = 5_000;

/// One problem of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchItem {
    pub problem: String,
    pub reference_answer: Option<String>,
}

/// A batch to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBatch {
    pub id: BatchId,
    pub name: String,
    /// What each run is asked to do, for whoever feeds the queue.
    pub work: String,
    pub priority: Priority,
    /// At least one.
    pub items: Vec<BatchItem>,
    pub created_at: Timestamp,
}

/// Where a batch is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    /// Some of its problems wait or are at work.
    Running,
    /// Somebody asked for its end; what is at work has not stopped yet.
    Cancelling,
    /// Every problem has been tried.
    Completed,
    /// Ended before every problem was tried.
    Cancelled,
}

/// A batch as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Batch {
    pub id: BatchId,
    /// Always `batch`.
    pub object: &'static str,
    pub name: String,
    pub status: BatchStatus,
    /// How urgent its runs are that have not begun.
    pub priority: Priority,
    /// Problems.
    pub total: usize,
    /// Problems that are runs by now.
    pub begun: usize,
    /// Runs that completed.
    pub completed: usize,
    /// Runs that failed.
    pub failed: usize,
    /// Runs that were cancelled.
    pub cancelled: usize,
    /// Chosen answers that match their reference answer.
    pub right: usize,
    /// Chosen answers that do not.
    pub wrong: usize,
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl Batch {
    /// Runs that have ended, however.
    pub fn ended(&self) -> usize {
        self.completed + self.failed + self.cancelled
    }
}

/// Most runs of batches that may wait, with one more among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Of its priority and lower ones: more urgent ones do not take its room.
    pub own: usize,
    /// Of all.
    pub all: usize,
}

/// The problem that is to become a run next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub batch: BatchId,
    /// From 1.
    pub position: usize,
    pub work: String,
    pub item: BatchItem,
    pub priority: Priority,
    pub(super) room: Room,
    /// What the line of batches remembers once it is a run.
    pub(super) overtaken: Overtaken,
}

pub(super) fn read(row: &SqliteRow) -> Result<Batch, StoreError> {
    let cancel: bool = row.try_get("cancel_requested")?;
    let mut batch = Batch {
        id: word(row, "id", |text| text.parse().ok())?,
        object: "batch",
        name: row.try_get("name")?,
        status: BatchStatus::Running,
        priority: priority(row)?,
        total: number(row, "total")?,
        begun: number(row, "fed")?,
        completed: number(row, "completed")?,
        failed: number(row, "failed")?,
        cancelled: number(row, "cancelled")?,
        right: number(row, "right_answers")?,
        wrong: number(row, "wrong_answers")?,
        created_at: timestamp(row, "created_at")?,
    };
    batch.status = match cancel {
        true if batch.ended() < batch.begun => BatchStatus::Cancelling,
        true => BatchStatus::Cancelled,
        false if batch.ended() == batch.total => BatchStatus::Completed,
        false => BatchStatus::Running,
    };
    Ok(batch)
}
