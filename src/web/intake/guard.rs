//! Cells of CSV that spreadsheets cannot take for formulas.

use std::borrow::Cow;

use crate::domain::Answer;

/// The text of a cell. One that a spreadsheet would work out gets an apostrophe before it, which
/// spreadsheets do not show; plain numbers stay as they are, negative ones too.
pub fn cell(text: &str) -> Cow<'_, str> {
    let first = text.trim_start().chars().next();
    let begins = matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
    let number = || Answer::parse(text).is_some_and(|answer| answer.is_number());
    if (begins && !number()) || text.starts_with(['\t', '\r', '\n']) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for formula in ["=1+1", "+cmd", "-2+3", "@SUM(A1)", " =1", "\t=1", "＝1"] {
            assert!(cell(formula).starts_with('\''), "{formula}");
        }
        for plain in ["-5", "+5", "-1,200.5", "2 = 2", "", "a-b"] {
            assert_eq!(cell(plain), plain);
        }
    }
}
