//! Formulas in texts of others, shown as MathML that is made here: `$…$`, `\(…\)`, `\[…\]` and
//! `\boxed{…}`.
//!
//! The texts may hold anything. A formula that cannot be read stays text, and what the renderer
//! writes is looked through: elements and attributes that are not on the list below, such as
//! colours that would need a style, make it text as well.

use std::fmt;

use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

use super::markup::is_harmless;

/// Longest formula, in bytes.
const MAX_FORMULA: usize = 1_000;
/// Most formulas of one text.
const MAX_FORMULAS: usize = 100;
/// Most signs that are looked at for the beginning of one.
const MAX_TRIES: usize = 500;
/// Deepest nesting of braces: the reader calls itself for each.
const MAX_DEPTH: usize = 24;

/// Most pieces the reader may make of a formula.
const MAX_EVENTS: usize = 4_000;
/// Commands that make new ones: one that is made of itself would be written out for ever.
const DEFINING: [&str; 5] = ["def", "\\let", "\\futurelet", "command", "\\global"];

/// Part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// What stands there, for readers, and what stood there, for copying.
    Formula {
        shown: Markup,
        source: String,
        boxed: bool,
    },
}

/// MathML that was looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

/// A text with its formulas. The sources of the pieces, put together, are the text again.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut plain, mut rest, mut formulas, mut tries) = (String::new(), text, 0, 0);
    while let Some(at) = rest.find(['$', '\\']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(after) = from.strip_prefix("\\$") {
            plain.push_str("\\$");
            rest = after;
            continue;
        }
        tries += 1;
        let may = formulas < MAX_FORMULAS && tries < MAX_TRIES;
        let found = may.then(|| formula(from)).flatten();
        match found.and_then(|(inner, len)| Some((render(inner)?, len))) {
            Some(((shown, boxed), len)) => {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Formula { shown, source: from[..len].to_owned(), boxed });
                formulas += 1;
                rest = &from[len..];
            }
            None => {
                plain.push_str(&from[..1]);
                rest = &from[1..];
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

/// The inside of the formula that `text` begins with, and how long all of it is.
fn formula(text: &str) -> Option<(&str, usize)> {
    for (open, close) in [("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$")] {
        if let Some(rest) = text.strip_prefix(open) {
            let end = rest.find(close)?;
            return Some((&rest[..end], open.len() + end + close.len()));
        }
    }
    if text.starts_with("\\boxed{") {
        let len = balanced(&text[6..])? + 6;
        return Some((&text[..len], len));
    }
    let rest = text.strip_prefix('$')?;
    let mut signs = rest.match_indices('$').map(|(at, _)| at);
    let end = signs.find(|at| !rest[..*at].ends_with('\\'))?;
    let inner = &rest[..end];
    // Money is not a formula: as in Pandoc, no space inside the signs and no digit after them; and
    // a price with words behind it is none either.
    let money = inner.starts_with(char::is_whitespace)
        || inner.ends_with(char::is_whitespace)
        || rest[end + 1..].starts_with(|c: char| c.is_ascii_digit())
        || (inner.starts_with(|c: char| c.is_ascii_digit()) && has_words(inner));
    (!money && !inner.is_empty()).then_some((inner, end + 2))
}

/// Whether words stand in it that are no commands.
fn has_words(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphabetic() && c != '\\');
    words.any(|word| !word.contains('\\') && word.chars().count() > 1)
}

/// Length of the group in braces that a text begins with.
fn balanced(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// The formula, and whether a box is to be drawn around it.
fn render(inner: &str) -> Option<(Markup, bool)> {
    let inner = inner.trim();
    if inner.is_empty() || inner.len() > MAX_FORMULA || inner.contains(['\n', '\r']) {
        return None;
    }
    let boxed = inner.strip_prefix("\\boxed").filter(|group| balanced(group) == Some(group.len()));
    let source = boxed.map_or(inner, |group| &group[1..group.len() - 1]);
    if deepest(source) > MAX_DEPTH || source.trim().is_empty() {
        return None;
    }
    if DEFINING.iter().any(|word| source.contains(word)) {
        return None;
    }
    // The reader has places where it gives up with a panic; for a text of others that is an answer
    // like any other.
    let shown = std::panic::catch_unwind(|| mathml(source)).ok().flatten()?;
    is_harmless(&shown).then_some((Markup(shown), boxed.is_some()))
}

fn mathml(source: &str) -> Option<String> {
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(source, &storage).take(MAX_EVENTS).collect();
    if events.len() == MAX_EVENTS || events.iter().any(Result::is_err) {
        return None;
    }
    let mut shown = String::new();
    push_mathml(&mut shown, events.into_iter(), RenderConfig::default()).ok()?;
    Some(shown)
}

fn deepest(text: &str) -> usize {
    let (mut depth, mut most) = (0usize, 0);
    for c in text.chars() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn formulas(text: &str) -> Vec<String> {
        let formula = |piece| match piece {
            Piece::Formula { source, .. } => Some(source),
            Piece::Text(_) => None,
        };
        pieces(text).into_iter().filter_map(formula).collect()
    }

    fn source(pieces: &[Piece]) -> String {
        let one = |piece: &Piece| match piece {
            Piece::Text(text) | Piece::Formula { source: text, .. } => text.clone(),
        };
        pieces.iter().map(one).collect()
    }

    #[test]
    fn formulas_are_found_and_money_is_left_alone() {
        assert_eq!(
            formulas(r"So $x^2 + 1$ and \(\frac{1}{2}\)."),
            ["$x^2 + 1$", r"\(\frac{1}{2}\)"]
        );
        assert_eq!(formulas(r"\$5 or $\$6$"), [r"$\$6$"], "a sign may be written itself");
        assert_eq!(formulas(r"The answer is \boxed{42}."), [r"\boxed{42}"]);
        for money in
            ["He pays $14 and $9.", "$5-$3 = $2", "It costs $5.", "a $ b $ c", "$5, sold at 3$"]
        {
            assert!(formulas(money).is_empty(), "{money}");
        }
        let [Piece::Formula { shown, boxed, .. }] = &pieces(r"\boxed{\frac{1}{2}}")[..] else {
            panic!("one formula")
        };
        assert!(*boxed && shown.0.starts_with("<math") && shown.0.contains("<mfrac>"), "{shown}");
    }

    #[test]
    fn what_is_hostile_or_broken_stays_text() {
        for text in [
            r"$\text{<script>alert(1)</script>$",
            r"$\frac{1$",
            r"$\unknowncommand{x}$",
            r"$\color{red}{x}$",
            r"$\def\x{\x\x}\x$",
            r"$\newcommand{\x}{\x}\x$",
            r"\(\href{javascript:alert(1)}{x}\)",
            "$ $",
            "\\",
        ] {
            let found = pieces(text);
            assert_eq!(found, [Piece::Text(text.to_owned())], "{text}");
        }
        let deep = format!("${}x{}$", "{".repeat(30), "}".repeat(30));
        assert!(formulas(&deep).is_empty());
    }

    #[test]
    fn text_in_a_formula_is_escaped() {
        for piece in pieces(r"$\text{<img src=x onerror=alert(1)>} < 3$") {
            if let Piece::Formula { shown, .. } = piece {
                assert!(!shown.0.contains("<img"), "{shown}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "[a-z0-9 $\\\\(){}\\[\\]^_<>&\"'é]{0,60}") {
            prop_assert_eq!(source(&pieces(&text)), text);
        }
    }
}
