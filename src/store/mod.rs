//! What is kept on disk: one SQLite file in the data folder.
//!
//! The only room that names `sqlx`. Values of [`crate::domain`] go in and come out; rows stay
//! private. One connection writes, in transactions that begin with `BEGIN IMMEDIATE` and never wait
//! for anything but the disk; a pool of connections that cannot write reads. `upkeep.rs`, `counts.rs`
//! and `backup.rs` look after the file beside a server that may be at work. `filter.rs`, `condition.rs` and `walk.rs` are how lists are read.
//! To keep something new,
//! add a migration under `migrations/` and one file here with its queries and its row type.

mod backup;
mod batch;
mod batch_results;
mod batches;
mod condition;
mod counts;
mod database;
mod error;
mod facts;
mod filter;
mod idempotency;
mod lock;
mod page;
mod queue;
mod rows;
mod runs;
mod search;
mod tags;
mod upkeep;
mod views;
mod walk;
mod write;

pub use batch::{Batch, BatchItem, BatchStatus, MAX_ITEMS, NewBatch, Waiting};
pub use batch_results::BatchRow;
pub use batches::Batches;
pub use counts::WrongCount;
pub use database::Store;
pub use error::StoreError;
pub use filter::{Band, Day, Filter, FirstError, Known, Sort};
pub use idempotency::{KeptAnswer, Key, Keys};
pub use page::{Counts, Page, RunSummary};
pub use queue::{CancelOutcome, Claimed, MAX_ATTEMPTS};
pub use runs::Runs;
pub use tags::Tags;
pub use upkeep::{Schema, Upkeep};
pub use views::{MAX_VIEWS, SavedView, Views};
