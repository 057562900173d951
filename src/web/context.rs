//! The request being answered, for whoever writes an error about it.
//!
//! A task-local rather than an argument: panics, refused origins and unknown addresses become
//! errors in places that are handed no request.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use super::Person;

tokio::task_local! {
    static REQUEST: RequestInfo;
}

/// What an error says about its request.
#[derive(Debug, Clone)]
pub(super) struct RequestInfo {
    pub id: String,
    pub path: String,
    frame: Arc<OnceLock<Frame>>,
}

impl RequestInfo {
    /// Of a request whose sender is not known yet.
    pub(super) fn new(id: String, path: String) -> Self {
        Self { id, path, frame: Arc::default() }
    }
}

/// What the frame of a page says of whoever looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Who it is; `None` when nobody is logged in.
    pub person: Option<Person>,
    /// What forms of this page send along; nothing outside of a session.
    pub form_token: Option<String>,
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

/// Notes who sends the request being answered.
pub(super) fn set_frame(frame: Frame) {
    let _ = REQUEST.try_with(|info| info.frame.set(frame));
}

/// Who sends the request being answered; nothing while that is not known.
pub(super) fn frame() -> Option<Frame> {
    REQUEST.try_with(|info| info.frame.get().cloned()).ok().flatten()
}
