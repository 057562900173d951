//! What people said of items, read for statistics, adjudication and exports; decisions and gold.
//!
//! `read.rs` puts an item's rows together, `lists.rs` says which items, `decide.rs` keeps decisions
//! and `gold.rs` which labels are gold, `actions.rs` reads the log of everything people did, `labels.rs` the rows of labels, `export.rs` walks all
//! of it and `intake.rs` takes such lines in. Queues, leases and rating are kept
//! elsewhere; here their tables are only read, but for the places of gold items. To read something
//! new of an item, add it to `Reviewed` and to `read.rs`.

mod actions;
mod decide;
mod export;
mod gold;
mod intake;
mod labels;
mod lists;
mod read;

pub use actions::ActionPage;
pub use decide::{Decided, DecidedLabel, NewDecision};
pub use export::Export;
pub use lists::{QueueName, ReviewedItems};

use super::Store;

/// The quality of a store's labels.
#[derive(Debug, Clone, Copy)]
pub struct Quality<'a> {
    store: &'a Store,
}

impl<'a> Quality<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }
}
