//! Measuring: every figure with its n and a 95 % interval.
//!
//! `item.rs` is a problem and what is known of it; `bench.rs` solves in one way at a time, `attempt.rs`
//! in every way at once; `figures.rs` turns attempts into the table that the method asks for ("always
//! measured together"), with `calibration.rs` and `sweep.rs`; `ablate.rs` changes one thing at a time;
//! `stepwise.rs` looks for the errors of given solutions; `labels.rs` holds synthetic labels against the worlds; `stats.rs` has the intervals; `threshold.rs`
//! picks thresholds, on validation data only. Nothing here trains.

mod ablate;
mod attempt;
mod bench;
mod calibration;
mod figures;
mod item;
mod labels;
mod models;
mod stats;
mod stepwise;
mod sweep;
mod threshold;

pub use ablate::{Ablation, ablate, compare_models, solves_alone, with_margin};
pub use attempt::{Attempt, Attempts, attempt};
pub use bench::Tried;
pub use calibration::{Bin, Calibration};
pub use figures::{Evaluation, evaluate};
pub use item::{Gold, Item};
pub use labels::{LabelRow, LabelTable, label_table};
pub use models::Models;
pub use stats::{Figure, auroc, bootstrap, pass_at, rate, share_of, wilson};
pub use stepwise::{Found, Judged, find_errors};
pub use sweep::{GatePoint, MarginPoint, ThresholdPoint, best_margin};
pub(in crate::lab) use threshold::best_cut;
pub use threshold::{Thresholds, TunedOn, tune, tune_one};
