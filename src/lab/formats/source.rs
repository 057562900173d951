//! A file cut into JSON values: an array, or a value a line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::error::{FormatError, Place};

/// Hands every value of the file to `take`, one after another; JSON lines are never all in memory.
/// Blank lines do not count, but are numbered.
///
/// # Errors
/// [`FormatError::Io`], [`FormatError::Json`], and whatever `take` refuses.
pub(super) fn each(
    path: &Path,
    take: &mut dyn FnMut(Place, &Value) -> Result<(), FormatError>,
) -> Result<(), FormatError> {
    let fail = |e| FormatError::io(path, e);
    let mut reader = BufReader::new(File::open(path).map_err(fail)?);
    let mut line = String::new();
    let mut number = 0;
    let mut begun = false;
    while reader.read_line(&mut line).map_err(fail)? > 0 {
        number += 1;
        let text = line.trim_start_matches('\u{feff}').trim();
        if !begun && text.starts_with('[') {
            let mut array = format!("{}{}", "\n".repeat(number - 1), text);
            array.push('\n');
            reader.read_to_string(&mut array).map_err(fail)?;
            return items(path, &array, take);
        }
        if !text.is_empty() {
            begun = true;
            let value: Value = serde_json::from_str(text).map_err(|e| FormatError::Json {
                path: path.to_owned(),
                at: format!("line {number}, column {}", e.column()),
                reason: without_place(&e),
            })?;
            take(Place::Line(number), &value)?;
        }
        line.clear();
    }
    Ok(())
}

fn items(
    path: &Path,
    array: &str,
    take: &mut dyn FnMut(Place, &Value) -> Result<(), FormatError>,
) -> Result<(), FormatError> {
    let values: Vec<Value> = serde_json::from_str(array).map_err(|e| FormatError::Json {
        path: path.to_owned(),
        at: format!("line {}, column {}", e.line(), e.column()),
        reason: without_place(&e),
    })?;
    values.iter().enumerate().try_for_each(|(i, value)| take(Place::Item(i + 1), value))
}

/// The parser's words without its own count of lines, which begins anew on every line of ours.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::formats::testing::written;

    fn places(text: &str) -> Result<Vec<Place>, String> {
        let file = written(text);
        let mut found = Vec::new();
        let done = each(file.path(), &mut |place, _| {
            found.push(place);
            Ok(())
        });
        done.map(|()| found).map_err(|e| e.to_string())
    }

    #[test]
    fn lines_and_arrays_are_told_apart() {
        assert_eq!(places("\n{}\n\n{}"), Ok(vec![Place::Line(2), Place::Line(4)]));
        assert_eq!(places(" [{},\n {}]\n"), Ok(vec![Place::Item(1), Place::Item(2)]));
        assert_eq!(places(""), Ok(vec![]));
    }

    #[test]
    fn broken_json_is_named_with_line_and_column() {
        let line = places("{}\n{\"problem\": \"Ann").expect_err("cut off");
        assert!(line.contains("line 2, column 16: not JSON: EOF"), "{line}");
        let array = places("\n[{},\n {\"a\": }]").expect_err("no value");
        assert!(array.contains("line 3, column 8: not JSON"), "{array}");
    }
}
