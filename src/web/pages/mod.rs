//! The pages, one a file: page struct, template, handler.
//!
//! A page struct is made from values of the domain alone and can be rendered without a server;
//! `components/` turns a run into what templates show, so that templates only place words. Every
//! action is a real link or form, and works without JavaScript. To add a page, add a file here, a
//! template under `templates/pages/`, and a line below.

mod adjudicate;
mod batches;
mod compare;
pub mod components;
mod docs;
pub mod error;
mod examples;
mod export;
mod form;
mod home;
mod lab;
mod origin;
mod people;
mod priority;
mod quality;
mod query;
mod refine;
pub mod review;
mod run;
mod runs;
mod shell;
mod static_files;
mod tags;
mod theme;

use askama::Template;
use axum::Router;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

pub use origin::Origin;
pub(super) use query::query;
pub use shell::Shell;
pub use theme::Theme;

use crate::app::App;
use crate::domain::PersonRole;
use crate::web::{Code, Error, Frame, context};

/// Every page.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/runs", get(runs::show).post(home::solve))
        .route("/runs/{id}", get(run::show))
        .route("/runs/{id}/live", get(run::live))
        .route("/runs/{id}/cancel", post(run::cancel))
        .route("/runs/{id}/priority", post(priority::of_run))
        .route("/runs/{id}/tags", post(tags::add))
        .route("/runs/{id}/untag", post(tags::remove))
        .route("/runs/{id}/refine", post(refine::again))
        .route("/runs/views", post(runs::save))
        .route("/runs/views/delete", post(runs::delete))
        .route("/compare", get(compare::show))
        .route("/batches", get(batches::list).post(batches::create))
        .route("/batches/{id}", get(batches::show))
        .route("/batches/{id}/live", get(batches::live))
        .route("/batches/{id}/cancel", post(batches::cancel))
        .route("/batches/{id}/priority", post(batches::prioritise))
        .route("/lab", get(lab::show))
        .route("/lab/live", get(lab::live))
        .route("/review/quality", get(quality::show))
        .route("/review/export", get(export::show))
        .route("/review/export/file", get(export::file))
        .route("/review/export/manifest", get(export::manifest))
        .route("/review/adjudicate", get(adjudicate::list))
        .route("/review/adjudicate/{item}", get(adjudicate::show).post(adjudicate::decide))
        .route("/review/adjudicate/{item}/gold", post(adjudicate::mark))
        .route("/docs", get(docs::show))
        // Where the reference was before it was made from the document.
        .route("/api", get(async || Redirect::permanent("/docs")))
        .route("/problems/{word}", get(docs::problem))
        .merge(people::routes())
        .route("/theme", post(theme::switch))
        .route("/static/{hash}/{*name}", get(static_files::serve))
        .merge(review::routes())
}

/// A page as it is sent: never kept by anything between here and the reader.
///
/// # Errors
/// When a value refuses to be written, which none of ours does.
fn page(template: &impl Template) -> Result<Response, Error> {
    let html = template
        .render()
        .map_err(|e| Error::new(Code::Internal, "the page could not be written").because(e))?;
    Ok(([(CACHE_CONTROL, "private, no-cache")], Html(html)).into_response())
}

/// What the frame says of whoever looks at the page being written; nothing outside of a request.
pub fn frame() -> Option<Frame> {
    context::frame()
}

/// Whether whoever looks at the page being written may do what this role may, so that it shows no
/// form that would be refused. The refusal itself is the table's.
pub fn may(role: PersonRole) -> bool {
    let person = context::frame().and_then(|frame| frame.person);
    person.is_none_or(|person| person.role >= role)
}

/// What every form of the page being written sends along; nothing outside of a session. Templates
/// write it by `components/csrf.html`.
pub fn form_token() -> Option<String> {
    context::frame().and_then(|frame| frame.form_token)
}
