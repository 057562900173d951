//! Solve = draft, score, critique, refine, rerank.
mod order;
pub mod prompt;
pub use order::{Ask, Order, RefineMode, Settings};
