//! Who reviews. The one place that knows where a person comes from.
//!
//! Where people log in, swap [`Person::of`]: the id of the user as text, else `local`.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;

/// What stands in the store for the person of a server where nobody logs in.
const LOCAL: &str = "local";

/// A reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// As the store has it.
    pub id: String,
}

impl Person {
    /// The person of a server where nobody logs in.
    pub fn local() -> Self {
        Self { id: LOCAL.to_owned() }
    }

    /// Somebody in front of the handlers may have said who it is; no header of a client can.
    fn of(parts: &Parts) -> Self {
        parts.extensions.get::<Person>().cloned().unwrap_or_else(Person::local)
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
