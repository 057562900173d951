//! The pages, one a file: page struct, template, handler.
//!
//! A page struct is made from values of the domain alone and can be rendered without a server;
//! `components/` turns a run into what templates show, so that templates only place words. Every
//! action is a real link or form, and works without JavaScript. To add a page, add a file here, a
//! template under `templates/pages/`, and a line below.

mod adjudicate;
pub mod components;
mod docs;
pub mod error;
mod examples;
mod export;
mod form;
mod home;
mod lab;
mod quality;
mod query;
mod run;
mod runs;
mod shell;
mod static_files;
mod theme;

use askama::Template;
use axum::Router;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

pub use shell::Shell;
pub use theme::Theme;

use crate::app::App;
use crate::web::{Code, Error};

/// Every page.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/runs", get(runs::show).post(home::solve))
        .route("/runs/{id}", get(run::show))
        .route("/runs/{id}/live", get(run::live))
        .route("/runs/{id}/cancel", post(run::cancel))
        .route("/lab", get(lab::show))
        .route("/lab/live", get(lab::live))
        .route("/review/quality", get(quality::show))
        .route("/review/export", get(export::show))
        .route("/review/export/file", get(export::file))
        .route("/review/adjudicate", get(adjudicate::list))
        .route("/review/adjudicate/{item}", get(adjudicate::show).post(adjudicate::decide))
        .route("/review/adjudicate/{item}/gold", post(adjudicate::mark))
        .route("/docs", get(docs::show))
        // Where the reference was before it was made from the document.
        .route("/api", get(async || Redirect::permanent("/docs")))
        .route("/problems/{word}", get(docs::problem))
        .route("/theme", post(theme::switch))
        .route("/static/{hash}/{*name}", get(static_files::serve))
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
