//! The sums that a step writes out, done again: `14 + 9 = 24` is wrong, whatever a model thinks.
//!
//! Only what stands there in numbers is judged, and anything doubtful is left alone: an equation
//! with a letter in it, a unit that changes, a share of something. `read.rs` finds numbers and
//! signs, `value.rs` works them out exactly.

mod read;
mod value;

use std::collections::BTreeSet;

use read::{Token, What, tokens};
use value::{Value, expression};

/// Most tokens looked at on each side of an equals sign.
const REACH: usize = 40;
/// Words that do something to the number after them.
const ACTING: [&str; 12] = [
    "of", "twice", "half", "double", "triple", "thrice", "than", "by", "times", "sum", "product",
    "root",
];

/// What came of doing a sum again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SumVerdict {
    /// Both sides are the same number.
    Right,
    /// They are when the left one is rounded to the digits of the right one.
    Rounded,
    /// They are not; this is what the left side makes.
    Wrong { makes: String },
    /// There is more in it than numbers.
    NotCheckable,
}

/// One equation of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// As it stands in the step.
    pub text: String,
    pub verdict: SumVerdict,
}

/// Every equation of a step, in order. `a = b = c` is two.
pub fn sums(step: &str) -> Vec<Sum> {
    let tokens = tokens(step);
    let equals: Vec<usize> =
        (0..tokens.len()).filter(|at| tokens[*at].what == What::Equals).collect();
    let mut found = Vec::new();
    for (nth, &at) in equals.iter().enumerate() {
        let begin = nth.checked_sub(1).map_or(0, |before| equals[before] + 1);
        let end = equals.get(nth + 1).copied().unwrap_or(tokens.len());
        let left = &tokens[begin.max(at.saturating_sub(REACH))..at];
        let right = &tokens[at + 1..end.min(at + 1 + REACH)];
        if left.is_empty() || right.is_empty() {
            continue;
        }
        found.push(sum(step, left, right));
    }
    found
}

fn sum(step: &str, left: &[Token], right: &[Token]) -> Sum {
    let text = |from: &Token, to: &Token| step[from.from..to.to].to_owned();
    let sides = last_expression(left).and_then(|(start, a)| {
        // A word after the result is what is counted only where the sum counts something too.
        let (b, stop) = expression(right, a.units.iter().any(|unit| unit != "$"))?;
        Some((start, a, stop, b))
    });
    let Some((start, a, stop, b)) = sides else {
        let from = &left[left.len().saturating_sub(3)];
        let to = &right[right.len().min(3) - 1];
        return Sum { text: text(from, to), verdict: SumVerdict::NotCheckable };
    };
    let whole = text(&left[start], &right[stop - 1]);
    let before = start.checked_sub(1).map(|at| &left[at]);
    let leads_on = right.get(stop).is_some_and(|next| next.what.is_sign());
    let doubtful = leads_on || begins_inside(before, &left[start]) || (a.lone && b.lone);
    let verdict = if doubtful { SumVerdict::NotCheckable } else { compare(&a, &b) };
    Sum { text: whole, verdict }
}

/// Whether what was read is only the end of something longer.
fn begins_inside(before: Option<&Token>, first: &Token) -> bool {
    let Some(before) = before else { return false };
    match &before.what {
        What::Word(word) => first.what.is_sign() || ACTING.contains(&word.as_str()),
        what => what.is_sign() || *what == What::Open,
    }
}

fn compare(left: &Value, right: &Value) -> SumVerdict {
    if left.number == right.number {
        return SumVerdict::Right;
    }
    if right.lone && left.number.round(right.decimals) == Some(right.number) {
        return SumVerdict::Rounded;
    }
    // What looks wrong may be a change of units or of what the hundred is.
    let units: BTreeSet<&String> = left.units.iter().chain(&right.units).collect();
    if units.len() > 1 || left.percent || right.percent {
        return SumVerdict::NotCheckable;
    }
    SumVerdict::Wrong { makes: left.number.to_string() }
}

/// The longest expression at the end, and where it begins.
fn last_expression(tokens: &[Token]) -> Option<(usize, Value)> {
    (0..tokens.len()).find_map(|start| {
        let (value, used) = expression(&tokens[start..], true)?;
        (start + used == tokens.len()).then_some((start, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verdicts(step: &str) -> Vec<(String, SumVerdict)> {
        sums(step).into_iter().map(|sum| (sum.text, sum.verdict)).collect()
    }

    fn wrong(makes: &str) -> SumVerdict {
        SumVerdict::Wrong { makes: makes.to_owned() }
    }

    #[track_caller]
    fn only(step: &str) -> SumVerdict {
        let found = verdicts(step);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].1.clone()
    }

    #[test]
    fn plain_sums_are_judged() {
        use SumVerdict::{Right, Rounded};
        assert_eq!(verdicts("Ben has 14 + 10 = 24 apples."), [("14 + 10 = 24".into(), Right)]);
        assert_eq!(only("They have 14 + 9 = 24 apples."), wrong("23"));
        for right in [
            "3 x 14 = 42",
            "3×14=42",
            "$1,200 / 4 = $300",
            "(2 + 3) * 4 = 20",
            "2 + 3 * 4 = 14",
            "20% of 50 = 10",
            "100% - 20% = 80%",
            "-3 + 5 = 2",
            "1/2 * 8 = 4",
            "12 = 3 * 4",
            "5 apples + 3 apples = 8 apples",
            "0.1 + 0.2 = 0.3",
            "3 times 4 = 12",
        ] {
            assert_eq!(only(right), Right, "{right}");
        }
        assert_eq!(only("10 / 3 = 3.33"), Rounded);
        assert_eq!(only("7 / 2 = 3"), wrong("3.5"));
        assert_eq!(only("10 / 3 = 4"), wrong("about 3.3333"));
    }

    #[test]
    fn chains_are_judged_link_by_link() {
        let found = verdicts("So 2 + 3 = 5 = 10 / 2 = 6.");
        let links: Vec<_> = found.into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(links[0], SumVerdict::Right);
        assert_eq!(links[1], SumVerdict::Right);
        assert_eq!(links[2], wrong("5"));
    }

    #[test]
    fn what_is_doubtful_is_left_alone() {
        for step in [
            "x = 5",
            "3x = 12",
            "x + 3 = 8",
            "cost - 5 + 3 = 8",
            "half of 10 = 5",
            "half of 10 + 2 = 7",
            "5 squared = 25",
            "2 dozen * 1 = 24",
            "2 hours + 30 minutes = 150 minutes",
            "$5 - 50 cents = $4.50",
            "50 + 10% = 55",
            "8 = 3 * x",
            "1 / 0 = 5",
            "99999999999999999999999999999999999999999 * 9 = 1",
            "profit = revenue",
        ] {
            assert_eq!(only(step), SumVerdict::NotCheckable, "{step}");
        }
        assert!(verdicts("no sum here").is_empty() && verdicts("= 5").is_empty());
    }

    proptest! {
        #[test]
        fn sums_made_right_are_right_and_made_wrong_are_wrong(
            a in 0i64..100_000, b in 1i64..1_000, off in 1i64..50, op in 0usize..3,
        ) {
            let (sign, result) = [("+", a + b), ("-", a - b), ("*", a * b)][op];
            prop_assert_eq!(only(&format!("So {a} {sign} {b} = {result}.")), SumVerdict::Right);
            let made = only(&format!("So {a} {sign} {b} = {}.", result + off));
            prop_assert_eq!(made, wrong(&result.to_string()));
        }

        #[test]
        fn any_text_is_read_without_a_panic_and_quoted_as_it_stands(step in "\\PC{0,60}") {
            for sum in sums(&step) {
                prop_assert!(step.contains(&sum.text));
            }
        }

        #[test]
        fn odd_sums_never_panic(step in "[0-9+*/=().,%$x \\-]{0,40}") {
            sums(&step);
        }
    }
}
