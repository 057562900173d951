//! Who asks, as a handler is told. What each route needs stands in the table of rights, not in its
//! handler; a handler asks for a [`Person`] to know whose the thing is that it makes.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::{Code, Error};
use crate::app::App;
use crate::domain::{PersonRole, UserId};

/// Whoever sends the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `None` for the local person: there are no users, and everyone on this machine is admin.
    pub id: Option<UserId>,
    /// The user's name, or [`Person::LOCAL`].
    pub name: String,
    /// What the person may do with this request: a token may do less than its user.
    pub role: PersonRole,
}

impl Person {
    /// Name of the local person; no user can have it.
    pub const LOCAL: &'static str = "local";

    /// Everyone on this machine, while there are no users.
    pub fn local() -> Self {
        Self { id: None, name: Self::LOCAL.to_owned(), role: PersonRole::Admin }
    }

    /// For rules finer than a route, such as a part of a page or somebody else's rating.
    ///
    /// # Errors
    /// 403, naming the role, when the person may less.
    pub fn require(&self, role: PersonRole) -> Result<(), Error> {
        if self.role >= role {
            return Ok(());
        }
        let detail = format!("this needs the role {role}; {} is {}", self.name, self.role);
        Err(Error::new(Code::RoleNeeded, detail))
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        // Users cannot log in yet, so that everyone is the local person.
        Ok(parts.extensions.get().cloned().unwrap_or_else(Self::local))
    }
}
