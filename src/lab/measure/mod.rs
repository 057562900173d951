//! Measuring: every figure with its n and a 95 % interval.
//!
//! `attempt.rs` solves many problems by every strategy at once; `figures.rs` turns the attempts into
//! the table that the method asks for ("always measured together"); `stats.rs` holds the intervals;
//! `threshold.rs` picks thresholds, on validation data only. Nothing here trains.

mod attempt;
mod figures;
mod models;
mod stats;
mod threshold;

pub use attempt::{Attempt, Attempts, Tried, attempt};
pub use figures::{Evaluation, evaluate};
pub use models::Models;
pub use stats::{Figure, auroc, bootstrap, pass_at, wilson};
pub use threshold::{Thresholds, tune, tune_one};
