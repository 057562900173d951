//! Server-sent events: the events of a run as they happen, or told again.
//!
//! `reader.rs` finds the events, `resume.rs` where a reader left off; this file writes them. A
//! stream takes one of `server.max_streams` places; one more is refused at once.

mod reader;
mod resume;

use std::time::Duration;

use axum::http::header::{ACCEPT, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use tokio::sync::OwnedSemaphorePermit;

use self::reader::Reader;
pub(super) use self::resume::after;
use super::error::RETRY_S;
use super::{Code, Error, submit};
use crate::app::App;
use crate::domain::RunId;
use crate::engine::CancelOnDrop;
use crate::pipeline::Order;

/// Longest silence on a stream, so that whatever stands between does not think it dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// When a browser whose stream broke off should come back.
const COME_BACK: Duration = Duration::from_secs(2);
/// Tells proxies to pass each event on at once.
const NO_BUFFERING: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// An event as it stands on the wire. Only its schema is used.
#[derive(utoipa::ToSchema)]
#[schema(as = SentEvent)]
#[allow(dead_code, reason = "what is written is made by axum")]
pub(super) struct Sent {
    /// Its sequence number: the `Last-Event-ID` of a reader that comes back.
    id: Option<String>,
    /// The `type` of what `data` holds.
    event: Option<String>,
    /// When a reader whose stream broke off should come back, in milliseconds.
    retry: Option<u64>,
    /// One line of JSON with `type`, `sequence_number` and what happened.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// Whether a client would rather read events than wait for the answer: of both kinds, the one that
/// it names first.
pub(super) fn wanted(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = ranges
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    kinds
        .find_map(|kind| match kind.as_str() {
            "text/event-stream" => Some(true),
            "application/json" | "application/*" | "*/*" => Some(false),
            _ => None,
        })
        .unwrap_or(false)
}

/// The events of a run after the first `after`; 204, which ends a browser's attempts, when the run
/// has ended and there are none. A reader who leaves cancels nothing.
///
/// # Errors
/// Too many streams, no such run, or the store does not answer.
pub(super) async fn of_run(app: &App, id: RunId, after: usize) -> Result<Response, Error> {
    let place = place(app)?;
    Ok(match Reader::open(app, id, after).await? {
        Some(reader) => response(reader, place, None),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Does the order and sends its events. A client who leaves cancels the work.
///
/// # Errors
/// Too many streams, and refusals at the gate; what happens later is an event.
pub(super) fn of_order(app: &App, order: Order) -> Result<Response, Error> {
    let place = place(app)?;
    let begun = submit::begin(app, order)?;
    let left = begun.cancel.drop_guard();
    let reader = Reader::along(app, begun.id, begun.feed, begun.late);
    submit::log_failure(begun.task);
    Ok(response(reader, place, Some(left)))
}

fn place(app: &App) -> Result<OwnedSemaphorePermit, Error> {
    app.streams.clone().try_acquire_owned().map_err(|_| {
        let most = app.config.server.max_streams;
        let detail = format!("{most} streams are open already, the most allowed");
        Error::new(Code::Overloaded, detail + " (server.max_streams)").retry_after(RETRY_S)
    })
}

/// What a stream holds goes when it ends, or when its client does.
struct Open {
    reader: Reader,
    fresh: bool,
    _place: OwnedSemaphorePermit,
    _left: Option<CancelOnDrop>,
}

fn response(reader: Reader, place: OwnedSemaphorePermit, left: Option<CancelOnDrop>) -> Response {
    let open = Open { reader, fresh: true, _place: place, _left: left };
    let events = stream::unfold(open, |mut open| async move {
        let next = open.reader.next().await?;
        let mut event = sse::Event::default().id(next.sequence_number.to_string()).event(next.name);
        if open.fresh {
            event = event.retry(COME_BACK);
            open.fresh = false;
        }
        Some((event.json_data(&next), open))
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    ([NO_BUFFERING], events).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_kind_named_first_is_meant() {
        for (accept, expected) in [
            ("text/event-stream", true),
            ("Text/Event-Stream; q=0.9", true),
            ("text/html, text/event-stream, application/json", true),
            ("application/json, text/event-stream", false),
            ("*/*", false),
            ("text/plain", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(wanted(&headers), expected, "{accept}");
        }
        assert!(!wanted(&HeaderMap::new()));
    }
}
