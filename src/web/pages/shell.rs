//! What is around every page: links, model status, theme.

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;

use super::theme::Theme;
use super::{may, static_files};
use crate::app::App;
use crate::domain::PersonRole;
use crate::engine::Health;

/// The links of the head: address, word.
const LINKS: [(&str, &str); 5] =
    [("/", "Solve"), ("/runs", "Runs"), (REVIEW, "Review"), ("/lab", "Lab"), ("/docs", "API")];
const REVIEW: &str = "/review";

/// One link of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub href: &'static str,
    pub word: &'static str,
    /// The page it leads to is this one.
    pub here: bool,
    /// What waits there.
    pub count: usize,
}

/// Everything `base.html` needs.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    pub theme: Theme,
    /// Path of this page; empty for one that no link leads to.
    pub here: String,
    /// Where the theme switch leads back to.
    pub back: String,
    /// Whether the models answer; `None` where nobody asked, as on an error page.
    pub models: Option<Health>,
    /// Items that wait to be reviewed.
    pub waiting: usize,
}

impl Shell {
    /// The head's links that whoever looks at the page may follow, with the current page marked.
    pub fn links(&self) -> Vec<Link> {
        let open = |(href, _): &(&str, &str)| *href != REVIEW || may(PersonRole::Annotator);
        let link = |(href, word)| {
            let count = if href == REVIEW { self.waiting } else { 0 };
            Link { href, word, here: self.here == href, count }
        };
        LINKS.into_iter().filter(open).map(link).collect()
    }

    /// Why the models do not answer; `None` when they do or nobody asked.
    pub fn trouble(&self) -> Option<&str> {
        match &self.models {
            Some(Health::NotReady(reason)) => Some(reason),
            _ => None,
        }
    }

    /// Address of an embedded file.
    pub fn asset(&self, name: &str) -> String {
        static_files::url(name)
    }
}

impl FromRequestParts<App> for Shell {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let cookies = parts.headers.get_all(COOKIE).into_iter();
        let theme = cookies.filter_map(|value| value.to_str().ok()).find_map(Theme::from_cookies);
        // A form that was refused is shown at the address it was sent to; that is no page to go to.
        let back = match parts.method {
            axum::http::Method::GET => parts.uri.path_and_query().map_or("/", |p| p.as_str()),
            _ => "/",
        };
        Ok(Self {
            theme: theme.unwrap_or_default(),
            here: back.split('?').next().unwrap_or_default().to_owned(),
            back: back.to_owned(),
            models: Some(app.engine.now().health()),
            // A page is better without the number than not at all.
            waiting: app.store.reviews().waiting().await.unwrap_or(0),
        })
    }
}
