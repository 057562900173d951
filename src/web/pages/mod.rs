//! The pages, one a file: page struct, template, handler.

pub mod error;

use axum::Router;

use crate::app::App;

/// Every page.
pub fn routes() -> Router<App> {
    Router::new()
}
