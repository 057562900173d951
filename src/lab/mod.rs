//! The lab: makes the models and measures them, from synthetic data only.
//!
//! `problems/` writes word problems and knows their worlds; `labels.rs` the label rules; `sets/` turns
//! samples and rollouts into training sets; `train/` trains any role; `measure/` evaluates;
//! `reproduce/` does all of it in order; `formats/` reads and writes others' data sets; `annotated/`
//! learns from what people said. Values in, values and files out: nothing here serves, and the store
//! is not known. To add a set, add a file under `sets/` and a stage to `reproduce/`.

pub mod annotated;
mod error;
pub mod files;
pub mod formats;
pub mod labels;
pub mod measure;
pub mod problems;
pub mod reproduce;
pub mod rollouts;
pub mod runner;
pub mod sampling;
pub mod sets;
pub mod train;

pub use error::LabError;
