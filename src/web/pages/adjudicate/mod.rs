//! `/review/adjudicate`: items that several people rated, lowest agreement first; side by side with
//! blind names; what is decided is stored as the adjudicated labels.
//!
//! `list.rs` is the list, `item.rs` one item and its decision, `view.rs` what the page shows of it,
//! `form.rs` reads the form, `gold.rs` marks gold.

mod form;
mod gold;
mod item;
mod list;
mod standing;
mod view;

pub use gold::mark;
pub use item::{decide, show};
pub use list::list;
