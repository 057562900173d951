//! Exact numbers, and expressions worked out with them.

use std::fmt;

use super::read::{Token, What};

/// Most parentheses inside each other.
const MAX_DEPTH: usize = 8;
/// Digits after the point of a number that has no end.
const SHOWN: u32 = 4;
/// Words that change the number before them.
const CHANGING: [&str; 12] = [
    "squared", "cubed", "percent", "dozen", "hundred", "thousand", "million", "billion", "pair",
    "pairs", "couple", "score",
];

/// A fraction in lowest terms with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    over: i128,
    under: i128,
}

impl Number {
    fn new(over: i128, under: i128) -> Option<Self> {
        if under == 0 {
            return None;
        }
        let (mut a, mut b) = (over.checked_abs()?, under.checked_abs()?);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let common = if under < 0 { -a } else { a };
        Some(Self { over: over / common, under: under / common })
    }

    /// Of a row of digits, so many of them after the point.
    pub fn of_digits(digits: &str, decimals: u32) -> Option<Self> {
        Self::new(digits.parse().ok()?, 10i128.checked_pow(decimals)?)
    }

    fn apply(self, sign: char, other: Self) -> Option<Self> {
        let cross = |a: i128, b: i128| a.checked_mul(b);
        let (a, b) = (cross(self.over, other.under)?, cross(other.over, self.under)?);
        let under = || cross(self.under, other.under);
        match sign {
            '+' => Self::new(a.checked_add(b)?, under()?),
            '-' => Self::new(a.checked_sub(b)?, under()?),
            '*' => Self::new(cross(self.over, other.over)?, under()?),
            _ => Self::new(a, b),
        }
    }

    /// To so many digits after the point, halves away from zero.
    pub fn round(self, decimals: u32) -> Option<Self> {
        let scale = 10i128.checked_pow(decimals)?;
        let scaled = self.over.checked_mul(scale)?;
        let (whole, rest) = (scaled / self.under, scaled % self.under);
        let away = rest.checked_abs()?.checked_mul(2)? >= self.under;
        Self::new(whole + if away { scaled.signum() } else { 0 }, scale)
    }
}

/// As a decimal; one without an end is cut and said to be about so much.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = (0..=6).find(|digits| self.round(*digits) == Some(*self));
        let digits = exact.unwrap_or(SHOWN);
        let Some(shown) = self.round(digits) else { return write!(f, "a very long number") };
        let scale = 10i128.pow(digits);
        let scaled = shown.over * (scale / shown.under);
        let about = if exact.is_some() { "" } else { "about " };
        let sign = if scaled < 0 { "-" } else { "" };
        let (whole, part) = (scaled.abs() / scale, scaled.abs() % scale);
        write!(f, "{about}{sign}{whole}")?;
        if digits > 0 {
            write!(f, ".{part:0width$}", width = digits as usize)?;
        }
        Ok(())
    }
}

/// What an expression makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub number: Number,
    /// It is one number and no sum.
    pub lone: bool,
    /// Digits after the point of a lone number.
    pub decimals: u32,
    pub percent: bool,
    /// Words and money signs that stand by its numbers, in the singular.
    pub units: Vec<String>,
}

/// Words that begin what comes next.
const GOING_ON: [&str; 12] =
    ["of", "a", "an", "and", "so", "in", "per", "each", "then", "which", "because", "for"];

/// The longest expression that `tokens` begin with, and how many of them it takes. `units`: whether
/// a word after a number may be what is counted.
pub(super) fn expression(tokens: &[Token], units: bool) -> Option<(Value, usize)> {
    let mut reader = Reader { tokens, at: 0, depth: 0, units };
    let value = reader.sum()?;
    Some((value, reader.at))
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    units: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&What> {
        self.tokens.get(self.at).map(|token| &token.what)
    }

    fn sum(&mut self) -> Option<Value> {
        self.chain(&['+', '-'], Self::product)
    }

    fn product(&mut self) -> Option<Value> {
        self.chain(&['*', '/'], Self::factor)
    }

    /// `one (sign one)*`; stops before a sign that nothing readable follows.
    fn chain(&mut self, signs: &[char], one: impl Fn(&mut Self) -> Option<Value>) -> Option<Value> {
        let mut value = one(self)?;
        while let Some(sign) = self.sign(signs, &value) {
            let before = self.at;
            self.at += 1;
            let Some(next) = one(self) else {
                self.at = before;
                break;
            };
            value = Value {
                number: value.number.apply(sign, next.number)?,
                lone: false,
                decimals: 0,
                percent: value.percent || next.percent,
                units: [value.units, next.units].concat(),
            };
        }
        Some(value)
    }

    /// `20% of 50` is a product.
    fn sign(&self, signs: &[char], value: &Value) -> Option<char> {
        match self.peek()? {
            What::Sign(sign) => signs.contains(sign).then_some(*sign),
            What::Word(word) if word == "of" && value.percent && value.lone => {
                signs.contains(&'*').then_some('*')
            }
            _ => None,
        }
    }

    fn factor(&mut self) -> Option<Value> {
        match self.peek()?.clone() {
            What::Sign('-') => {
                self.at += 1;
                // One minus only: `- - 5` is a slip of the pen, not a number.
                let inner = (self.peek() != Some(&What::Sign('-'))).then(|| self.factor())??;
                let zero = Number { over: 0, under: 1 };
                Some(Value { number: zero.apply('-', inner.number)?, ..inner })
            }
            What::Open if self.depth < MAX_DEPTH => {
                (self.at, self.depth) = (self.at + 1, self.depth + 1);
                let inner = self.sum()?;
                let closed = self.peek() == Some(&What::Close);
                (self.at, self.depth) = (self.at + 1, self.depth - 1);
                closed.then_some(Value { lone: false, ..inner })
            }
            What::Number { number, decimals, money, percent } => {
                self.at += 1;
                let mut units = Vec::from_iter(money.then(|| "$".to_owned()));
                units.extend(self.unit()?);
                Some(Value { number, lone: true, decimals, percent, units })
            }
            _ => None,
        }
    }

    /// A word after a number, where it is what is counted; `None` for one that changes the number
    /// or is a letter that stands for one.
    fn unit(&mut self) -> Option<Option<String>> {
        let Some(What::Word(word)) = self.peek() else { return Some(None) };
        if GOING_ON.contains(&word.as_str()) {
            return Some(None);
        }
        if word.chars().count() == 1 || CHANGING.contains(&word.as_str()) {
            return None;
        }
        if !self.units {
            return Some(None);
        }
        let unit = word.trim_end_matches('s').to_owned();
        self.at += 1;
        Some(Some(unit))
    }
}
