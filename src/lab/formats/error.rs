//! Why a data set could not be read or written.

use std::path::{Path, PathBuf};

/// Where in a file a record stands, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Of a file of JSON lines.
    Line(usize),
    /// Of a JSON array.
    Item(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Line(number) => write!(f, "line {number}"),
            Place::Item(number) => write!(f, "item {number}"),
        }
    }
}

/// Why a data set could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The file could not be read or written, or is not UTF-8.
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// A line of JSON lines, or the whole array, is not JSON; `at` says which line and column.
    #[error("{}: {at}: not JSON: {reason}", path.display())]
    Json { path: PathBuf, at: String, reason: String },
    /// A field is missing, of the wrong type, or has a value it cannot have.
    #[error("{}: {place}: `{field}` {reason}", path.display())]
    Field { path: PathBuf, place: Place, field: String, reason: String },
    /// No form has the fields of the first record.
    #[error("{}: {place}: no known form has {found}; the forms are {known}", path.display())]
    UnknownForm { path: PathBuf, place: Place, found: String, known: String },
    /// The file holds the other kind of record.
    #[error("{}: is in {form} form, which holds {holds}; {wanted} were asked for", path.display())]
    WrongKind { path: PathBuf, form: &'static str, holds: &'static str, wanted: &'static str },
    /// There is not one record in the file.
    #[error("{}: is empty", path.display())]
    Empty { path: PathBuf },
}

impl FormatError {
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
