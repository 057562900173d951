//! What is kept on disk: one SQLite file in the data folder.
//!
//! The only room that names `sqlx`. Values of [`crate::domain`] go in and come out; rows stay
//! private. One connection writes, in transactions that begin with `BEGIN IMMEDIATE` and never wait
//! for anything but the disk; a pool of connections that cannot write reads. To keep something new,
//! add a migration under `migrations/` and one file here with its queries and its row type.

mod database;
mod error;
mod idempotency;
mod page;
mod queue;
mod rows;
mod runs;
mod write;

pub use database::Store;
pub use error::StoreError;
pub use idempotency::{KeptAnswer, Key, Keys};
pub use page::{Counts, Filter, Page, RunSummary};
pub use queue::{CancelOutcome, Claimed};
pub use runs::Runs;
