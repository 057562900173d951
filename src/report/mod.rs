//! What a reproduction found, read from its folder, as a document and as pictures.
//!
//! `collect.rs` reads a run folder, finished or not, into [`Results`] (`results.rs`, `metrics.rs`);
//! `sections/` turns results into titled tables and pictures once, so that the document
//! (`markdown.rs`) and the pages show the same numbers; `svg/` draws. `compare.rs` sets two
//! lists of verdicts side by side. Nothing here runs a model.

mod collect;
mod compare;
mod format;
mod markdown;
mod metrics;
mod results;
mod sections;
mod svg;
mod table;

pub use collect::{ReportError, collect, has_run, last_change, runs, stage_names};
pub use compare::{Change, Comparison, Measured, compare};
pub use markdown::markdown;
pub use results::{
    Ablation, Annotators, Bin, Calibration, Curve, Evaluation, Figure, GatePoint, LabelRow,
    LabelTable, MarginPoint, Point, Results, Stage, ThresholdPoint, Thresholds, VERSION,
};
pub use sections::{Block, Place, Section, sections};
pub use svg::{Dot, Svg, reliability};
pub use table::{Column, Table};
