//! The one equation of a step: `a op b = c` in whole numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The four operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
}

impl Op {
    pub const ALL: [Op; 4] = [Op::Add, Op::Sub, Op::Mul, Op::Div];

    /// The sign as written in a step.
    pub fn sign(self) -> char {
        match self {
            Op::Add => '+',
            Op::Sub => '-',
            Op::Mul => '*',
            Op::Div => '/',
        }
    }

    fn of(sign: char) -> Option<Op> {
        Op::ALL.into_iter().find(|op| op.sign() == sign)
    }

    /// The exact result; none on overflow, division by zero and division with a remainder.
    pub fn apply(self, a: i64, b: i64) -> Option<i64> {
        match self {
            Op::Add => a.checked_add(b),
            Op::Sub => a.checked_sub(b),
            Op::Mul => a.checked_mul(b),
            Op::Div => (a.checked_rem(b)? == 0).then(|| a.checked_div(b))?,
        }
    }
}

/// What a step claims: `a op b = c`. It need not be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equation {
    pub a: i64,
    pub op: Op,
    pub b: i64,
    pub c: i64,
}

impl Equation {
    /// Whether the arithmetic is right.
    pub fn is_right(self) -> bool {
        self.op.apply(self.a, self.b) == Some(self.c)
    }

    /// Finds the equation of a step with the words before and after it.
    ///
    /// None unless the text holds exactly one `=`, with exactly two plain whole numbers and one
    /// operation before it and one whole number after it. Spaces between the parts are free.
    pub fn find(text: &str) -> Option<(&str, Equation, &str)> {
        let (left, right) = text.split_once('=')?;
        if right.contains('=') {
            return None;
        }
        let (rest, b) = number_at_end(left)?;
        let rest = rest.trim_end();
        let sign = rest.chars().next_back()?;
        let op = Op::of(sign)?;
        let (before, a) = number_at_end(&rest[..rest.len() - sign.len_utf8()])?;
        let (c, after) = number_at_start(right)?;
        // `1 + 2 + 3 = 6`: the front is a longer sum, or a point makes the first number a fraction.
        let last = before.trim_end().chars().next_back();
        if last.is_some_and(|ch| Op::of(ch).is_some() || ch == '.' && before.ends_with('.')) {
            return None;
        }
        Some((before, Equation { a, op, b, c }, after))
    }
}

impl fmt::Display for Equation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} = {}", self.a, self.op.sign(), self.b, self.c)
    }
}

fn number_at_end(text: &str) -> Option<(&str, i64)> {
    let text = text.trim_end();
    let head = text.trim_end_matches(|ch: char| ch.is_ascii_digit());
    let number = text[head.len()..].parse().ok()?;
    (!glued(head.chars().next_back(), true)).then_some((head, number))
}

fn number_at_start(text: &str) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let tail = digits.trim_start_matches(|ch: char| ch.is_ascii_digit());
    let number: i64 = digits[..digits.len() - tail.len()].parse().ok()?;
    let mut next = tail.chars();
    let first = next.next();
    let fraction =
        matches!(first, Some('.' | ',')) && next.next().is_some_and(|ch| ch.is_ascii_digit());
    (!fraction && !glued(first, false)).then_some((sign * number, tail))
}

/// A letter or a decimal point right beside the digits makes them part of something else.
fn glued(neighbour: Option<char>, before: bool) -> bool {
    neighbour.is_some_and(|ch| ch.is_alphanumeric() || before && matches!(ch, '.' | ','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_equation_with_its_words() {
        let (before, equation, after) = Equation::find("Ana has 14 + 9 = 23 apples.").unwrap();
        assert_eq!((before, after), ("Ana has ", " apples."));
        assert_eq!(equation.to_string(), "14 + 9 = 23");
        assert!(equation.is_right());
        assert_eq!(Equation::find("2*3=7").unwrap().1.to_string(), "2 * 3 = 7");
        assert_eq!(Equation::find("x 2 - 3 = -1").unwrap().1.c, -1);
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "Ana has 23 apples.",
            "23 = 14 + 9",
            "1 + 2 + 3 = 6",
            "1 + 2 = 3 = 3",
            "1.5 + 2 = 3",
            "1 + 2.5 = 3",
            "1 + 2 = 3.5",
            "1 + 2 = 3 + 4 = 7",
            "1 + 2 =",
            "99999999999999999999 + 1 = 2",
            "a1 + 2 = 3",
            "1 % 2 = 3",
        ] {
            assert_eq!(Equation::find(text), None, "{text}");
        }
    }

    #[test]
    fn division_is_exact_or_wrong() {
        assert_eq!(Op::Div.apply(7, 2), None);
        assert_eq!(Op::Div.apply(7, 0), None);
        assert_eq!(Op::Div.apply(i64::MIN, -1), None);
        assert_eq!(Op::Div.apply(8, 2), Some(4));
    }
}
