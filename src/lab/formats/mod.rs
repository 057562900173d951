//! Data sets of others, read, and ours, written for the trainers of others.
//!
//! One file a format, each a function of one JSON value: `gsm8k`, `svamp` and `given` give problems
//! with answers ([`Given`]); `prm800k`, `math_shepherd`, `processbench` and `trl` give solutions
//! whose first wrong step is known ([`Stepwise`]). `source.rs` cuts a file into values, `field.rs`
//! takes fields out of them, `limits.rs` says what is of use, `form.rs` tells the forms apart;
//! `sets.rs` puts our sets into others' forms and `write.rs` writes. To add a format: a file with
//! its reader and a fixture in your own words, and its lines in `form.rs`.

mod error;
mod field;
mod form;
mod given;
mod gsm8k;
mod limits;
mod math_shepherd;
mod prm800k;
mod processbench;
mod sets;
mod source;
mod svamp;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod trl;
mod write;

pub use error::{FormatError, Place};
pub use form::Form;
pub use processbench::{Judged, judged};
pub use sets::{LabelWords, labelled, orm, policy, refiner, sorm};
#[cfg(test)]
pub(in crate::lab) use testing::rollouts as rolled_out;
pub use trl::{Prompted, Supervised};
pub use write::{write, write_lines};

use std::path::Path;

use serde_json::Value;

use crate::domain::Solution;
use field::{Field, Refusal};
use form::Reader;

/// A problem, with what a data set knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// One line each, never blank, at least one.
    pub steps: Vec<String>,
    /// 1-based; none when every step is right.
    pub first_error: Option<usize>,
}

/// The records of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    Given(Vec<Given>),
    Stepwise(Vec<Stepwise>),
}

/// A record that is well formed and still of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    pub place: Place,
    pub reason: String,
}

/// A file that was read: its form, its records, and those set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub form: Form,
    pub data: Data,
    pub set_aside: Vec<SetAside>,
}

/// Reads a data set, of the form its first record has unless one is named. Records of no use are
/// left out; [`read_all`] says which.
///
/// # Errors
/// [`FormatError`] naming the file, the line or item, the field and its value.
pub fn read(path: &Path, form: Option<Form>) -> Result<Data, FormatError> {
    Ok(read_all(path, form)?.data)
}

/// [`read`] for files that hold problems.
///
/// # Errors
/// As [`read`], and [`FormatError::WrongKind`] when it holds stepwise records.
pub fn read_given(path: &Path, form: Option<Form>) -> Result<Vec<Given>, FormatError> {
    let reading = read_all(path, form)?;
    match reading.data {
        Data::Given(records) => Ok(records),
        Data::Stepwise(_) => Err(FormatError::WrongKind {
            path: path.to_owned(),
            form: reading.form.name(),
            holds: "solutions with their first wrong step",
            wanted: "problems with answers",
        }),
    }
}

/// [`read`] for files that hold solutions with their first wrong step.
///
/// # Errors
/// As [`read`], and [`FormatError::WrongKind`] when it holds problems.
pub fn read_stepwise(path: &Path, form: Option<Form>) -> Result<Vec<Stepwise>, FormatError> {
    let reading = read_all(path, form)?;
    match reading.data {
        Data::Stepwise(records) => Ok(records),
        Data::Given(_) => Err(FormatError::WrongKind {
            path: path.to_owned(),
            form: reading.form.name(),
            holds: "problems with answers",
            wanted: "solutions with their first wrong step",
        }),
    }
}

/// Reads a data set and says what was set aside: blank or overlong problems and steps, solutions
/// without an answer line or without ratings, and what else a form has of the kind.
///
/// # Errors
/// As [`read`].
pub fn read_all(path: &Path, form: Option<Form>) -> Result<Reading, FormatError> {
    let mut reading: Option<Reading> = None;
    source::each(path, &mut |place, value| {
        let reading = match &mut reading {
            Some(reading) => reading,
            none => none.insert(begin(path, place, value, form)?),
        };
        let record = Field::root(value);
        let taken = match (&mut reading.data, reading.form.reader()) {
            (Data::Given(records), Reader::Given(read)) => read(&record).map(|r| records.push(r)),
            (Data::Stepwise(records), Reader::Stepwise(read)) => {
                read(&record).map(|r| records.push(r))
            }
            // The kind of the records was chosen by the same form.
            _ => Ok(()),
        };
        match taken {
            Ok(()) => Ok(()),
            Err(Refusal::Useless(reason)) => {
                reading.set_aside.push(SetAside { place, reason });
                Ok(())
            }
            Err(Refusal::Wrong { field, reason }) => {
                Err(FormatError::Field { path: path.to_owned(), place, field, reason })
            }
        }
    })?;
    reading.ok_or_else(|| FormatError::Empty { path: path.to_owned() })
}

/// An empty reading of the form that is asked for or that the first record has.
fn begin(
    path: &Path,
    place: Place,
    first: &Value,
    form: Option<Form>,
) -> Result<Reading, FormatError> {
    let unknown = || FormatError::UnknownForm {
        path: path.to_owned(),
        place,
        found: form::found(first),
        known: form::known(),
    };
    let form = form.or_else(|| Form::guess(first)).ok_or_else(unknown)?;
    let data = match form.reader() {
        Reader::Given(_) => Data::Given(Vec::new()),
        Reader::Stepwise(_) => Data::Stepwise(Vec::new()),
    };
    Ok(Reading { form, data, set_aside: Vec::new() })
}
