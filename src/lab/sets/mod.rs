//! Training sets: from problems, samples and rollouts to examples.
//!
//! One file a set; each is a function of values, and what is random takes a seed. `sample.rs` holds
//! the records that stages pass on in files, `belief.rs` what is believed of their prefixes.

mod belief;
mod checks;
mod choices;
mod marks;
mod pairs;
mod reward;
mod sample;
mod student;
mod sums;
mod teach;

pub use belief::{Belief, believe, guesses, right_samples};
pub use checks::checks_set;
pub use choices::choices;
pub use pairs::{Pair, global_pairs, global_set, local_pairs, local_set};
pub use reward::{orm_set, sorm_set};
pub use sample::{Rollouts, Sample, Search, certain};
pub use student::{solutions, student_set};
pub use sums::sums_set;
pub use teach::Teaching;
