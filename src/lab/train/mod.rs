//! One training routine for all five roles.
//!
//! A set is a list of [`Example`]s: tokens, and what should be predicted where. Language models are
//! read at every token of the completion, reward models at step ends; nothing else differs.
//! `schedule.rs` is the learning rate, `state.rs` what is needed to go on after a stop, `run.rs` the
//! loop, `order.rs` which examples come next, `metrics.rs` what is reported. Nothing here knows where examples come from.

mod example;
mod metrics;
mod order;
mod run;
mod schedule;
mod state;

pub use example::Example;
pub use metrics::Progress;
pub use run::{Task, Trained, train};
pub use schedule::Plan;
