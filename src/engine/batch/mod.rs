//! The lab's engine: our own small Llama, many sequences at once, on the CPU.
//!
//! Also a serving engine for builds without mistral.rs, and the one that the serving engine is
//! tested against.

mod check;
mod decode;
mod explore;
mod samples;
mod score;
mod serve;

pub use decode::explore_all;
pub use explore::{Continuation, Effort, Explore};
pub use samples::continue_all;
pub use score::score_all;
pub use serve::BatchEngine;
