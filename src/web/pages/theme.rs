//! Light, dark, or what the reader's system says; kept in a cookie so that the server renders it.

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::web::{Error, Form};

/// A year in seconds.
const MAX_AGE: u32 = 365 * 24 * 60 * 60;

/// How pages are coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the reader's system says.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// In the order of the switch.
    pub const ALL: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

    /// The word in cookie, form and page.
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Reads a `Cookie` header.
    pub fn from_cookies(header: &str) -> Option<Self> {
        let value = header.split(';').find_map(|pair| pair.trim().strip_prefix("theme="))?;
        Theme::ALL.into_iter().find(|theme| theme.as_str() == value)
    }
}

/// What the switch sends.
#[derive(Debug, Deserialize)]
pub struct Wish {
    theme: Theme,
    #[serde(default)]
    back: String,
}

/// Sets the cookie and goes back. The script reads the cookie too, so it is not `HttpOnly`.
pub async fn switch(Form(wish): Form<Wish>) -> Result<Response, Error> {
    let theme = wish.theme.as_str();
    let cookie = format!("theme={theme}; Path=/; Max-Age={MAX_AGE}; SameSite=Lax");
    let back = if is_local(&wish.back) { wish.back.as_str() } else { "/" };
    Ok(([(SET_COOKIE, cookie)], Redirect::to(back)).into_response())
}

/// Whether an address stays on this server: browsers read `//x` and `/\x` as another host.
pub(super) fn is_local(address: &str) -> bool {
    let mut bytes = address.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(Theme::from_cookies("a=b; theme=dark; c=d"), Some(Theme::Dark));
        assert_eq!(Theme::from_cookies("theme=purple"), None);
        assert_eq!(Theme::from_cookies("my_theme=dark"), None);
    }

    #[test]
    fn the_way_back_stays_here() {
        assert!(is_local("/") && is_local("/runs?q=a%20b"));
        for elsewhere in ["", "x", "//x.y", "/\\x.y", "https://x.y", "/a\r\nb", "/a\\b"] {
            assert!(!is_local(elsewhere), "{elsewhere}");
        }
    }
}
