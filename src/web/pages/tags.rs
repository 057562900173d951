//! `POST /runs/{id}/tags` and `/untag`: words put on a run and taken off.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Origin, Shell, run};
use crate::app::App;
use crate::domain::{MAX_TAGS, Tag};
use crate::web::{Error, Form, RunPath};

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TagForm {
    tag: String,
}

/// Puts a tag on; one that cannot be used comes back as it was typed.
pub async fn add(
    State(app): State<App>,
    RunPath(id): RunPath,
    frame: (Shell, Origin),
    Form(TagForm { tag: typed }): Form<TagForm>,
) -> Result<Response, Error> {
    let tag = match Tag::parse(&typed) {
        Ok(tag) => tag,
        Err(refused) => return run::with_refused_tag(&app, frame, id, typed, refused.detail).await,
    };
    if !app.store.runs().exists(id).await? {
        return Err(Error::no_run(&id.to_string()));
    }
    if !app.store.tags().add(id, &tag).await? {
        let fault = format!("at most {MAX_TAGS} tags are allowed, this run has {MAX_TAGS}");
        return run::with_refused_tag(&app, frame, id, typed, fault).await;
    }
    Ok(Redirect::to(&format!("/runs/{id}")).into_response())
}

/// Takes a tag off; one that is not there changes nothing.
pub async fn remove(
    State(app): State<App>,
    RunPath(id): RunPath,
    Form(TagForm { tag }): Form<TagForm>,
) -> Result<Redirect, Error> {
    if let Ok(tag) = Tag::parse(&tag) {
        app.store.tags().remove(id, &tag).await?;
    }
    Ok(Redirect::to(&format!("/runs/{id}")))
}
