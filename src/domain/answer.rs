//! Final answers: found in a text, brought to one form, compared as numbers.

use serde::{Deserialize, Serialize};

/// What the answer line of a solution begins with.
pub const ANSWER_MARK: &str = "####";

/// A final answer in its one canonical form: a decimal without thousands separators, currency,
/// trailing zeros or unit; anything that is not a number is kept as lower-case text.
///
/// `1,200`, `1200.0` and `$1200` are the same answer, so they compare equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answer(String);

impl Answer {
    /// Reads an answer as a person would type it. `None` when nothing is left after trimming.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some(Self(decimal(text).unwrap_or_else(|| text.to_lowercase())))
    }

    /// The answer of the last `#### n` line of a text, as GSM8K writes it.
    pub fn extract(text: &str) -> Option<Self> {
        let line = text.lines().rev().find_map(|line| line.trim().strip_prefix(ANSWER_MARK))?;
        Self::parse(line)
    }

    /// Whether it is compared as a number rather than as text.
    pub fn is_number(&self) -> bool {
        decimal(&self.0).is_some()
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// `-$1,200.50 ` -> `-1200.5`; `None` when the text is not one plain decimal number.
fn decimal(text: &str) -> Option<String> {
    let (negative, rest) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let rest = rest.trim_start_matches(['$', '\u{20ac}', '\u{a3}']).trim();
    let rest = rest.trim_end_matches(['%', '$', '\u{20ac}']).trim_end();
    let rest = rest.strip_suffix('.').unwrap_or(rest);
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let whole = ungroup(whole)?;
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !digits(&whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let fraction = fraction.trim_end_matches('0');
    let zero = whole == "0" && fraction.is_empty();
    let sign = if negative && !zero { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

/// Removes thousands separators, and only those: `1,200` is a number, `1,2` is two.
fn ungroup(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut all = first.to_owned();
    for group in groups {
        if first.is_empty() || first.len() > 3 || group.len() != 3 {
            return None;
        }
        all.push_str(group);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(a: &str, b: &str) -> bool {
        Answer::parse(a) == Answer::parse(b)
    }

    #[test]
    fn numbers_compare_as_numbers() {
        for other in ["1200.0", "$1200", "1,200", " 1200. ", "+1200", "01200", "$1,200.00"] {
            assert!(same("1200", other), "{other}");
        }
        assert!(same("-0", "0") && same("-3.50", "-3.5") && same("25%", "25") && same("-$5", "-5"));
        assert!(!same("1,2", "12") && !same("12", "-12") && !same("1.2", "12"));
    }

    #[test]
    fn the_last_answer_line_counts() {
        assert_eq!(Answer::extract("a = 1\n#### 3\n#### 4 "), Answer::parse("4"));
        assert_eq!(Answer::extract("a = 1"), None);
        assert_eq!(Answer::extract("####"), None);
    }

    proptest! {
        #[test]
        fn canonical_form_is_a_fixed_point(text in ".{0,20}") {
            if let Some(answer) = Answer::parse(&text) {
                prop_assert_eq!(Answer::parse(answer.as_str()), Some(answer));
            }
        }

        #[test]
        fn grouping_changes_nothing(n in 0u64..10_000_000_000) {
            let digits = n.to_string();
            let mut grouped = String::new();
            for (i, c) in digits.chars().enumerate() {
                if i > 0 && (digits.len() - i) % 3 == 0 { grouped.push(','); }
                grouped.push(c);
            }
            prop_assert_eq!(Answer::parse(&grouped), Answer::parse(&digits));
        }
    }
}
