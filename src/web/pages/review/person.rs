//! Who reviews, as the store has it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;
use crate::web::{self, Error};

/// A reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id of the user, or the name of the local person where there are no users.
    pub id: String,
}

impl From<web::Person> for Person {
    fn from(person: web::Person) -> Self {
        Self { id: person.id.map_or(person.name, |id| id.to_string()) }
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        Ok(web::Person::from_request_parts(parts, app).await?.into())
    }
}
