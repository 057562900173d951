//! The key map: what is pressed for what. Kept in a cookie, so that the server shows the hints.

use std::fmt::Write;

use askama::Template;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::web::pages::{Shell, page};
use crate::web::{Error, Form};

const COOKIE_NAME: &str = "review_keys=";
/// A year in seconds.
const MAX_AGE: u32 = 365 * 24 * 60 * 60;

/// Name, words, key. Space, Enter, Backspace and Delete are never bound.
const ACTIONS: [(&str, &str, &str); 20] = [
    ("wrong", "rate the step wrong (−1), or choose A", "1"),
    ("fine", "rate the step fine (0), or choose B", "2"),
    ("good", "rate the step good (+1), or choose C", "3"),
    ("unsure", "unsure of the step", "0"),
    ("same", "none of the solutions is better", "="),
    ("down", "next step (also ↓)", "j"),
    ("up", "previous step (also ↑)", "k"),
    ("unrated", "next step that is not rated", "N"),
    ("accept", "accept the suggestion for the step", "a"),
    ("rest", "rate every following step like this one", "A"),
    ("before", "rate every step before, if not rated, good", "B"),
    ("edit", "critique of the step (Esc leaves the text)", "e"),
    ("diff", "show or hide what a correction changes", "d"),
    ("next", "next item", "n"),
    ("previous", "previous item", "p"),
    ("skip", "skip the item; it comes back at the end", "s"),
    ("bad", "bad problem …", "b"),
    ("giveup", "give up …", "g"),
    ("guidelines", "guidelines", "h"),
    ("help", "this list", "?"),
];

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    pub name: &'static str,
    pub words: &'static str,
    pub key: String,
    pub fault: Option<&'static str>,
}

/// What is pressed for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMap {
    /// Single keys do something.
    pub on: bool,
    pub lines: Vec<KeyLine>,
}

impl Default for KeyMap {
    fn default() -> Self {
        let line = |(name, words, key): (_, _, &str)| KeyLine {
            name,
            words,
            key: key.to_owned(),
            fault: None,
        };
        Self { on: true, lines: ACTIONS.map(line).to_vec() }
    }
}

impl KeyMap {
    /// From the headers of a request.
    pub fn of(headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|header| header.split(';'));
        let kept = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE_NAME));
        kept.map_or_else(Self::default, Self::read)
    }

    /// The key to show beside a button; none while single keys are off.
    pub fn hint(&self, name: &str) -> Option<&str> {
        let line = self.lines.iter().find(|line| line.name == name && self.on)?;
        Some(&line.key).filter(|key| !key.is_empty()).map(String::as_str)
    }

    /// `on.skip-78.next-6e`: the switch, and keys that are not the usual ones, as code points. What
    /// cannot be read, or would give two things one key, is left out.
    fn read(text: &str) -> Self {
        let mut words = text.split('.');
        let mut map = Self { on: words.next() != Some("off"), ..Self::default() };
        for (name, code) in words.filter_map(|word| word.rsplit_once('-')) {
            let key = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
            if let (Some(line), Some(key)) = (map.line(name), key) {
                line.key = key.to_string();
            }
        }
        if map.check() { map } else { Self { on: map.on, ..Self::default() } }
    }

    fn write(&self) -> String {
        let usual = Self::default();
        let mut text = if self.on { "on" } else { "off" }.to_owned();
        for (line, usual) in self.lines.iter().zip(&usual.lines) {
            if let Some(key) = line.key.chars().next().filter(|_| line.key != usual.key) {
                // Writing to a String cannot fail.
                let _ = write!(text, ".{}-{:x}", line.name, key as u32);
            }
        }
        text
    }

    fn line(&mut self, name: &str) -> Option<&mut KeyLine> {
        self.lines.iter_mut().find(|line| line.name == name)
    }

    /// Marks what cannot be; whether all is well.
    fn check(&mut self) -> bool {
        let keys: Vec<String> = self.lines.iter().map(|line| line.key.clone()).collect();
        for line in &mut self.lines {
            let mut letters = line.key.chars();
            line.fault = match (letters.next(), letters.next()) {
                (Some(c), None) if c.is_control() || c.is_whitespace() => {
                    Some("must be a visible character")
                }
                (Some(_), None) => (keys.iter().filter(|key| **key == line.key).count() > 1)
                    .then_some("this key is used twice"),
                _ => Some("must be one character"),
            };
        }
        self.lines.iter().all(|line| line.fault.is_none())
    }

    fn of_form(fields: &[(String, String)]) -> Self {
        let mut map = Self { on: false, ..Self::default() };
        for (name, value) in fields {
            if name == "on" {
                map.on = true;
            } else if let Some(line) = map.line(name) {
                // A long text is no key; its beginning is enough to show that it was refused.
                line.key = value.trim().chars().take(8).collect();
            }
        }
        map
    }
}

#[derive(Template)]
#[template(path = "pages/review_keys.html")]
struct KeysPage {
    shell: Shell,
    keys: KeyMap,
    refused: bool,
}

/// `GET /review/keys`.
pub async fn show(shell: Shell, headers: HeaderMap) -> Result<Response, Error> {
    page(&KeysPage { shell, keys: KeyMap::of(&headers), refused: false })
}

/// `POST /review/keys`: sets the cookie. Two things with one key are refused.
pub async fn save(
    shell: Shell,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let reset = fields.iter().any(|(name, _)| name == "reset");
    let mut keys = if reset { KeyMap::default() } else { KeyMap::of_form(&fields) };
    if !keys.check() {
        let page = page(&KeysPage { shell, keys, refused: true })?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let cookie = format!("{COOKIE_NAME}{}; Path=/; Max-Age={MAX_AGE}; SameSite=Lax", keys.write());
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/review/keys")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_survives_the_cookie() {
        let mut map = KeyMap { on: false, ..KeyMap::default() };
        map.line("skip").expect("there").key = "x".to_owned();
        map.line("next").expect("there").key = "ö".to_owned();
        assert_eq!(map.write(), "off.next-f6.skip-78");
        assert!(map.check());
        assert_eq!(KeyMap::read(&map.write()), map);
        assert_eq!(map.hint("skip"), None, "no hint while keys are off");
    }

    #[test]
    fn what_cannot_be_a_map_is_the_usual_one() {
        for text in ["", "on", "on.skip-zz", "on.nothing-61", "on.skip-20", "on.skip-6e"] {
            assert_eq!(KeyMap::read(text), KeyMap::default(), "{text}");
        }
        assert!(!KeyMap::read("off.skip-6e").on, "the switch holds all the same");
    }

    #[test]
    fn two_things_cannot_have_one_key() {
        let mut map = KeyMap::of_form(&[("skip".to_owned(), "n".to_owned())]);
        assert!(!map.check());
        let faults: Vec<_> =
            map.lines.iter().filter(|line| line.fault.is_some()).map(|line| line.name).collect();
        assert_eq!(faults, ["next", "skip"]);
    }
}
