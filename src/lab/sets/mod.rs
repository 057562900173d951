//! Training sets: from problems, samples and rollouts to examples.
//!
//! One file a set; each is a function of values, and what is random takes a seed. `sample.rs` holds
//! the records that stages pass on in files, `right_solutions.rs` the right ones among them, `proven.rs`
//! and `known.rs` what is known of prefixes.

mod beside;
mod checks;
mod choices;
mod known;
mod marks;
mod pairs;
mod proven;
mod reward;
mod right_solutions;
mod sample;
mod student;
mod sums;
mod teach;
#[cfg(test)]
pub(in crate::lab) mod testing;

pub use beside::beside;
pub use checks::checks_set;
pub use choices::choices;
pub use known::{Known, relabelled};
pub use pairs::{Pair, global_pairs, global_set, local_pairs, local_set};
pub use reward::{orm_set, sorm_set};
pub use right_solutions::RightSolutions;
pub use sample::{Labelled, Rollouts, Sample, Search};
pub use student::{solutions, student_set};
pub use sums::sums_set;
pub use teach::Teaching;
