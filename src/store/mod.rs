//! What is kept on disk: one SQLite file in the data folder.
//!
//! The only room that names `sqlx`. Values of [`crate::domain`] go in and come out; rows stay
//! private. One connection writes, in transactions that begin with `BEGIN IMMEDIATE` and never wait
//! for anything but the disk; a pool of connections that cannot write reads. `upkeep.rs`, `counts.rs`
//! and `backup.rs` look after the file beside a server that may be at work. `filter.rs`, `condition.rs` and
//! `walk.rs` are how lists are read. To keep something new, add a migration under `migrations/` and one file here with its queries and its row type.

mod audit;
mod backup;
mod batch;
mod batch_results;
mod batches;
mod best_effort;
mod claim;
mod condition;
mod counts;
mod database;
mod error;
mod facts;
mod filter;
mod idempotency;
mod lock;

mod page;
#[cfg(test)]
mod people_tests;
mod priority;
mod quality;
mod queue;
mod review;
mod rows;
mod runs;
mod sessions;
mod tokens;
mod turns;
mod upkeep;
mod users;
mod write;

pub use audit::Audit;
mod search;
mod tags;
mod views;
mod walk;

pub use batch::{Batch, BatchItem, BatchStatus, MAX_ITEMS, NewBatch, Room, Waiting};
pub use batch_results::BatchRow;
pub use batches::Batches;
pub use claim::Claimed;
pub use counts::WrongCount;
pub use database::Store;
pub use error::StoreError;
pub use filter::{Band, Day, Filter, FirstError, Known, Sort};
pub use idempotency::{KeptAnswer, Key, Keys};
pub use page::{Counts, Page, RunSummary};
pub use quality::{
    ActionPage, Decided, DecidedLabel, Export, NewDecision, Quality, QueueName, ReviewedItems,
};
pub use queue::{CancelOutcome, MAX_ATTEMPTS};
pub use review::{
    Acted, Desk, Filled, Flagged, Guidelines, Item, ItemRow, Mine, Next, Queue, Reviews, Saved,
    Submitted, Withdrawn,
};
pub use runs::Runs;
pub use sessions::Sessions;
pub use tags::Tags;
pub use tokens::Tokens;
pub use upkeep::{Schema, Upkeep};
pub use users::Users;
pub use views::{Keeper, MAX_VIEWS, SavedView, ViewKept, Views};
