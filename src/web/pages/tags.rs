//! `POST /runs/{id}/tags` and `/untag`: words put on a run and taken off.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Origin, Shell, run};
use crate::app::App;
use crate::domain::{MAX_TAGS, Tag};
use crate::web::{Error, RunPath};

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
    form: Result<Form<TagForm>, FormRejection>,
) -> Result<Response, Error> {
    let Form(TagForm { tag: typed }) = form?;
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
    form: Result<Form<TagForm>, FormRejection>,
) -> Result<Redirect, Error> {
    let Form(TagForm { tag }) = form?;
    if let Ok(tag) = Tag::parse(&tag) {
        app.store.tags().remove(id, &tag).await?;
    }
    Ok(Redirect::to(&format!("/runs/{id}")))
}
