//! What people said of steps, back into the SORM: merged with rollout labels, learned from, measured.
//!
//! `merge.rs` puts human labels in the place of rollout labels and counts where they differ;
//! `examples.rs` makes a training set of what comes of it; `split.rs` parts human labels by problem;
//! `learn.rs` fine-tunes and `located.rs` measures who finds the first error. `simulate.rs` buys
//! labels of annotators whose error rate is known (`annotator.rs`), in two orders (`order.rs`).
//! Labels come in as [`Stepwise`](super::formats::Stepwise) records, whoever kept them.

mod annotator;
mod examples;
mod learn;
mod located;
mod merge;
mod order;
mod simulate;
mod split;

pub use annotator::Annotator;
pub use examples::annotated_set;
pub use learn::{How, Learned, Place, Tuned, learn, tune_sorm};
pub use located::{Located, located};
pub use merge::{Labelled, MergeCounts, Merged, merge};
pub use order::Order;
pub use simulate::{Bought, Judged, Market, Simulation, pool, simulate};
pub use split::{Part, part};
