//! Bodies arrive in time, or their request is answered 408, whatever was to read them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::{Code, Error};
use crate::app::App;

/// Layer around every route. A reader sees a late body as a broken one and answers as it will; that
/// answer is replaced.
pub(super) async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    let seconds = app.config.server.body_timeout_s;
    let late = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| {
        if body.is_end_stream() {
            return body;
        }
        Body::from_stream(timed(body, Duration::from_secs(seconds), Arc::clone(&late)))
    });
    let response = next.run(request).await;
    if late.load(Ordering::Acquire) {
        let detail = format!("the body did not arrive within {seconds} s (server.body_timeout_s)");
        return Error::new(Code::SlowRequest, detail).into_response();
    }
    response
}

/// The body's pieces; the time begins when the first is asked for.
fn timed(
    body: Body,
    limit: Duration,
    late: Arc<AtomicBool>,
) -> impl Stream<Item = Result<axum::body::Bytes, axum::Error>> {
    stream::try_unfold((body.into_data_stream(), None), move |(mut pieces, until)| {
        let late = Arc::clone(&late);
        async move {
            let until = until.unwrap_or_else(|| Instant::now() + limit);
            match timeout_at(until, pieces.next()).await {
                Ok(None) => Ok(None),
                Ok(Some(piece)) => Ok(Some((piece?, (pieces, Some(until))))),
                Err(elapsed) => {
                    late.store(true, Ordering::Release);
                    Err(axum::Error::new(elapsed))
                }
            }
        }
    })
}
