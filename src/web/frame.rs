//! What surrounds every request: its id, its log line, its numbers, its headers.

use std::any::Any;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use uuid::Uuid;

use super::context::{self, RequestInfo};
use super::{Code, Error, etag, headers, metrics};

const REQUEST_ID: &str = "x-request-id";
/// Longest request id taken from a client.
const MAX_REQUEST_ID: usize = 128;

/// Outermost layer of the router.
pub(super) async fn frame(request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched".to_owned(), |matched| matched.as_str().to_owned());
    let begun = Instant::now();
    let _in_flight = metrics::in_flight();
    let span = tracing::info_span!("request", %method, path, request_id = id);
    let info = RequestInfo::new(id.clone(), path);
    let mut response = context::within(info, next.run(request)).instrument(span.clone()).await;
    let (status, took) = (response.status(), begun.elapsed());
    metrics::request(&method, &route, status, took);
    span.in_scope(|| {
        tracing::debug!(status = status.as_u16(), ms = took.as_millis(), "answered");
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    headers::secure(response.headers_mut());
    headers::time(response.headers_mut(), took);
    etag::of_encoding(response.headers_mut());
    response
}

/// The client's, if it is a token that can be logged and echoed as it is; else a new one.
fn request_id(request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    match given {
        Some(id) if !id.is_empty() && id.len() <= MAX_REQUEST_ID && is_visible(id) => id.to_owned(),
        _ => Uuid::now_v7().to_string(),
    }
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A panic ends its request, not the server; it has been printed where it happened.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let cause = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned());
    Error::new(Code::Internal, "an error of the server itself; it has been written to its log")
        .because(cause)
        .into_response()
}
