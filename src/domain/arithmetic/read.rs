//! A step as numbers, signs and words.

use super::value::Number;

/// A piece of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub what: What,
    /// Where it stands, in bytes.
    pub from: usize,
    pub to: usize,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// With its digits after the point, whether money signs or a percent sign stood by it.
    Number {
        number: Number,
        decimals: u32,
        money: bool,
        percent: bool,
    },
    /// One of `+ - * /`.
    Sign(char),
    Open,
    Close,
    Equals,
    /// In small letters.
    Word(String),
    /// Anything else, such as a full stop, and numbers too long to be worked with.
    Other,
}

impl What {
    /// Whether it joins two numbers.
    pub fn is_sign(&self) -> bool {
        matches!(self, What::Sign(_))
    }
}

/// The pieces, in order.
pub(super) fn tokens(step: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = step;
    while let Some(c) = rest.chars().next() {
        let from = step.len() - rest.len();
        let (what, len) = match c {
            c if c.is_whitespace() => (None, c.len_utf8()),
            '$' | '€' | '£' if begins_number(&rest[c.len_utf8()..]) => {
                let (what, len) = number(&rest[c.len_utf8()..], true);
                (Some(what), len + c.len_utf8())
            }
            _ if begins_number(rest) => {
                let (what, len) = number(rest, false);
                (Some(what), len)
            }
            c if c.is_alphabetic() => {
                let len = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
                (Some(word(&rest[..len], &rest[len..])), len)
            }
            c => (Some(sign(c)), c.len_utf8()),
        };
        tokens.extend(what.map(|what| Token { what, from, to: from + len }));
        rest = &rest[len..];
    }
    tokens
}

fn begins_number(text: &str) -> bool {
    let digits = text.strip_prefix('.').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

fn sign(c: char) -> What {
    match c {
        '+' => What::Sign('+'),
        '-' | '\u{2212}' => What::Sign('-'),
        '*' | '×' | '·' => What::Sign('*'),
        '/' | '÷' => What::Sign('/'),
        '(' => What::Open,
        ')' => What::Close,
        '=' => What::Equals,
        _ => What::Other,
    }
}

/// `x` before a number is a sign; before anything else it is a letter.
fn word(word: &str, after: &str) -> What {
    let after = after.trim_start().trim_start_matches(['$', '€', '£', '(']);
    match word.to_lowercase().as_str() {
        "x" | "times" if begins_number(after) => What::Sign('*'),
        "plus" => What::Sign('+'),
        "minus" => What::Sign('-'),
        word => What::Word(word.to_owned()),
    }
}

/// Digits with thousands separators, a point and more digits, a percent sign.
fn number(text: &str, money: bool) -> (What, usize) {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut plain = String::new();
    let mut len = digits(0);
    plain.push_str(&text[..len]);
    while bytes.get(len) == Some(&b',') && digits(len + 1) == 3 && len > 0 {
        plain.push_str(&text[len + 1..len + 4]);
        len += 4;
    }
    let mut decimals = 0;
    if bytes.get(len) == Some(&b'.') && digits(len + 1) > 0 {
        decimals = digits(len + 1);
        plain.push_str(&text[len + 1..len + 1 + decimals]);
        len += 1 + decimals;
    }
    let percent = bytes.get(len) == Some(&b'%');
    len += usize::from(percent);
    let decimals = u32::try_from(decimals).unwrap_or(u32::MAX);
    let what = Number::of_digits(&plain, decimals.saturating_add(if percent { 2 } else { 0 }))
        .map_or(What::Other, |number| What::Number { number, decimals, money, percent });
    (what, len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_falls_into_its_pieces() {
        let words: Vec<_> = tokens("Ann pays 2 x $1,200.50.").into_iter().map(|t| t.what).collect();
        assert_eq!(words.len(), 6);
        assert_eq!(words[3], What::Sign('*'));
        assert!(matches!(words[4], What::Number { decimals: 2, money: true, percent: false, .. }));
        assert_eq!(words[5], What::Other);
        assert_eq!(tokens("3x")[1].what, What::Word("x".to_owned()));
    }
}
