//! The request being answered, for whoever writes an error about it.
//!
//! A task-local rather than an argument: panics, refused origins and unknown addresses become
//! errors in places that are handed no request.

use std::future::Future;

tokio::task_local! {
    static REQUEST: RequestInfo;
}

/// What an error says about its request.
#[derive(Debug, Clone)]
pub(super) struct RequestInfo {
    pub id: String,
    pub path: String,
}

/// Answers a request with its id and path known to everything below.
pub(super) async fn within<F: Future>(info: RequestInfo, work: F) -> F::Output {
    REQUEST.scope(info, work).await
}

/// Id of the request being answered; empty outside of one.
pub fn request_id() -> String {
    REQUEST.try_with(|info| info.id.clone()).unwrap_or_default()
}

/// Path of the request being answered; empty outside of one.
pub(super) fn path() -> String {
    REQUEST.try_with(|info| info.path.clone()).unwrap_or_default()
}
