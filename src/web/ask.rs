//! One request to the router without a connection, for those who time it.

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::http::Request;
use futures::StreamExt;
use tower::ServiceExt;

/// Sends `GET address`, reads the answer to its end and returns its status.
///
/// # Errors
/// An address that is none, or an answer that breaks off.
pub async fn ask(router: &Router, address: &str) -> Result<u16, std::io::Error> {
    let request = Request::get(address).body(Body::empty()).map_err(std::io::Error::other)?;
    let response = match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status().as_u16();
    let body = response.into_body();
    if !body.is_end_stream() {
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.next().await {
            piece.map_err(std::io::Error::other)?;
        }
    }
    Ok(status)
}
