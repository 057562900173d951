//! Ids in a path, of any kind.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::{Code, Error};

/// The id in a path. A text that is no id names nothing, so that it is not found.
#[derive(Debug)]
pub struct IdPath<T>(pub T);

impl<T, S> FromRequestParts<S> for IdPath<T>
where
    T: FromStr,
    T::Err: Display,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Error::new(Code::BadRequest, rejection.body_text()))?;
        text.parse().map(Self).map_err(|e: T::Err| Error::new(Code::NotFound, e.to_string()))
    }
}
