//! The page an error is shown on.

use axum::http::StatusCode;
use axum::response::Html;

/// Plain until there is a template.
pub fn error_page(status: StatusCode, title: &str, detail: &str, request_id: &str) -> Html<String> {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    Html(format!("<h1>{status}: {}</h1><p>{}<p>{request_id}", escape(title), escape(detail)))
}
