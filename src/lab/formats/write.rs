//! Lines of JSON on disk.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use super::Data;
use super::error::FormatError;
use super::given::GivenLine;
use super::processbench::Judged;

/// Writes a value a line over whatever is in the file; returns how many lines there are.
///
/// # Errors
/// [`FormatError::Io`].
pub fn write_lines<T: Serialize>(
    path: &Path,
    lines: impl IntoIterator<Item = T>,
) -> Result<usize, FormatError> {
    let fail = |e| FormatError::io(path, e);
    let mut file = BufWriter::new(File::create(path).map_err(fail)?);
    let mut written = 0;
    for line in lines {
        serde_json::to_writer(&mut file, &line).map_err(|e| fail(e.into()))?;
        file.write_all(b"\n").map_err(fail)?;
        written += 1;
    }
    file.flush().map_err(fail)?;
    Ok(written)
}

/// Writes records in our own form: `{problem, answer?, solution?}` or `{problem, steps, label}`.
///
/// # Errors
/// [`FormatError::Io`].
pub fn write(path: &Path, data: &Data) -> Result<usize, FormatError> {
    match data {
        Data::Given(records) => write_lines(path, records.iter().map(GivenLine::from)),
        Data::Stepwise(records) => write_lines(path, records.iter().map(Judged::from)),
    }
}
