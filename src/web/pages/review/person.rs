//! Who reviews. The one place that knows where a person comes from.

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
}

impl FromRequestParts<App> for Person {
    type Rejection = Infallible;

    /// Somebody in front of this layer may have said who it is; no header of a client can.
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Person>().cloned().unwrap_or_else(Person::local))
    }
}
