//! Review: which runs people should look at and why, and what they say of the steps.
//!
//! Rules are pure: a run in, reasons with numbers out. What a person said is a log of edits; the
//! sheet is its fold, undo and redo are entries of the log, and labels are read from the sheet. Not
//! rated is no value, never zero. To add a rule, add a word in `rule.rs`, its numbers in
//! `reason.rs` and a function in `rules.rs`.

mod draw;
mod edit;
mod log;
mod reason;
mod rule;
mod rules;
mod serving;
mod settings;
mod sheet;
mod shown;
mod verdict;

pub use draw::{draw, drawn, fraction, shuffled};
pub use edit::{Choice, Edit, MAX_TEXT_BYTES};
pub use log::{Action, Log};
pub use reason::{Detail, Reason};
pub use rule::{Rule, Weights};
pub use rules::{Seen, disagreement, reasons, strengths};
pub use serving::{Handed, ModelName, Outcome, Served, Serving, SolutionScores};
pub use settings::{MAX_GUIDELINES_BYTES, Mode, QueueSettings, Suggestions, check_guidelines};
pub use sheet::{Label, Mark, Missing, Sheet};
pub use shown::{Seeing, shown};
pub use verdict::Verdict;
