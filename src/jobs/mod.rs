//! Long work: claimed from the store, done in units, resumed after a stop.
//!
//! A worker knows the store and the engine, never HTTP: what a request puts in the queue, it takes
//! out. To add a kind of work, add a file with its one-unit function and call it from `worker.rs`.

mod batches;
mod worker;

pub use batches::feed;
pub use worker::{run_one, work};
