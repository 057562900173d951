//! Data sets of others, read, and ours, written for the trainers of others.
//!
//! One file a format, each a function of one JSON value: `gsm8k`, `svamp` and `given` give problems
//! with answers ([`Given`]); `prm800k`, `math_shepherd`, `processbench` and `trl` give solutions
//! whose first wrong step is known ([`Stepwise`]). `source.rs` cuts a file into values, `field.rs`
//! takes fields out of them, `form.rs` tells the forms apart, `write.rs` and `sets.rs` write. To add
//! a format: a file with its reader and a fixture in your own words, and a line in `form.rs`.

mod error;
mod field;
mod form;
mod given;
mod gsm8k;
mod math_shepherd;
mod prm800k;
mod processbench;
mod sets;
mod source;
mod svamp;
mod trl;
mod write;

pub use error::FormatError;
pub use form::Form;
pub use sets::{Labels, Prompted, Supervised, labelled, local_prompts, orm, policy, refined, sorm};
pub use write::{Judged, NamedJudged, write_lines};

use std::path::Path;

use serde_json::Value;

use crate::domain::Solution;

/// A problem, with what a data set knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    pub problem: String,
    /// As the data set writes it; `Answer::parse` gives the canonical form.
    pub answer: Option<String>,
    pub solution: Option<Solution>,
}

/// A solution whose first wrong step is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stepwise {
    pub problem: String,
    /// One line each, never blank.
    pub steps: Vec<String>,
    /// 1-based; none when every step is right.
    pub first_error: Option<usize>,
}

/// The records of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    Given(Vec<Given>),
    Stepwise(Vec<Stepwise>),
}

/// A record that is well formed and still of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// 1-based line of a JSON lines file, or item of an array.
    pub item: usize,
    pub reason: String,
}

/// A file that was read: its form, its records, and those set aside.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub form: Form,
    pub data: Data,
    pub set_aside: Vec<SetAside>,
}

/// Reads a data set of any form. Records of no use (see [`read_all`]) are left out.
///
/// # Errors
/// [`FormatError`] naming file, line or item, field and value.
pub fn read(path: &Path, form: Option<Form>) -> Result<Data, FormatError> {
    Ok(read_all(path, form)?.data)
}
