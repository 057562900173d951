//! The page an error is shown on.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Html;

use super::Shell;
use super::components::sentence;

#[derive(Template)]
#[template(path = "pages/error.html")]
struct ErrorPage<'a> {
    shell: Shell,
    status: u16,
    title: &'a str,
    detail: String,
    advice: &'static str,
    request_id: &'a str,
}

/// What happened, why, and what to do. The request is out of reach here, so the theme is the
/// system's until the script has read the cookie, and nothing is said of the models.
pub fn error_page(status: StatusCode, title: &str, detail: &str, request_id: &str) -> Html<String> {
    let shell = Shell { back: "/".to_owned(), ..Shell::default() };
    let detail = sentence(detail);
    let (status, advice) = (status.as_u16(), advice(status));
    let page = ErrorPage { shell, status, title, detail, advice, request_id };
    Html(page.render().unwrap_or_else(|_| "<h1>Something went wrong here</h1>".to_owned()))
}

fn advice(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => {
            "Check the address, or look for the run in the list. A run is kept until somebody \
             deletes the data folder."
        }
        StatusCode::METHOD_NOT_ALLOWED => "Use the links and buttons of the pages.",
        StatusCode::UNAUTHORIZED => "The link at the top leads to the login page.",
        StatusCode::FORBIDDEN => {
            "If your role is too low, ask an admin. If a form was refused, open this \
             server's own page and send it from there."
        }
        StatusCode::CONFLICT => "Go back and look at how things are now.",
        StatusCode::TOO_MANY_REQUESTS => "Wait a few seconds and try again.",
        StatusCode::SERVICE_UNAVAILABLE => {
            "Try again in a few seconds. If it stays like this, /readyz says what is missing."
        }
        status if status.is_server_error() => {
            "Try again. If it happens again, look for the request id in the server's log."
        }
        _ => "Go back, change what is named above, and send it again.",
    }
}
