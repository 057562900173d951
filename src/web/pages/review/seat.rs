//! Somebody in front of the rating page: what each of its handlers needs of the request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Person;
use super::keys::KeyMap;
use crate::app::App;
use crate::web::Error;
use crate::web::pages::Shell;

/// The person, and what a page for them is made with.
pub struct Seat {
    pub(super) app: App,
    pub(super) person: Person,
    pub(super) shell: Shell,
    pub(super) keys: KeyMap,
}

impl FromRequestParts<App> for Seat {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let person = Person::from_request_parts(parts, app).await?;
        let Ok(shell) = Shell::from_request_parts(parts, app).await;
        Ok(Self { app: app.clone(), person, shell, keys: KeyMap::of(&parts.headers) })
    }
}
