//! A completion in pieces: the role at once, then silence while the run is at work, then the chosen
//! solution line by line.
//!
//! No token is sent before the ORM has chosen: what is sent cannot be taken back.

use std::future::{Future, ready};
use std::task::Poll;
use std::time::Duration;

use axum::http::HeaderName;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, future, stream};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answer::{Head, Told, Usage, Verdict};
use super::served::Served;
use crate::app::App;
use crate::pipeline::Order;
use crate::web::context::{self, RequestInfo};
use crate::web::{Error, openai, submit};

/// Longest silence, so that whatever stands between does not think the connection dead.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// Tells proxies to pass each piece on at once.
const NO_BUFFERING: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// A piece as it stands on the wire. Only its schema is used.
#[derive(ToSchema)]
#[schema(as = ChatSentChunk)]
#[allow(dead_code, reason = "what is written is made by axum")]
pub(super) struct SentChunk {
    /// One line of JSON, a `ChatChunk` or an `OpenAiError`; at the end `[DONE]`.
    data: String,
}

/// One piece.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatChunk)]
pub(in crate::web) struct Chunk {
    #[serde(flatten)]
    head: Head,
    choices: Vec<Piece>,
    /// Null in every piece but the last, and only for clients that asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Usage>)]
    usage: Option<Option<Usage>>,
    /// With the reason why it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    glore: Option<Verdict>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatPiece)]
struct Piece {
    index: usize,
    /// First the role, then `content`, at the end nothing.
    #[schema(value_type = Object)]
    delta: Value,
    #[schema(required = true)]
    finish_reason: Option<&'static str>,
}

/// Does the order and sends its answer in pieces. A client that leaves drops the stream, and with
/// it the work.
///
/// # Errors
/// Refusals at the gate; what happens later is sent as an object of the stream.
pub(super) async fn answer(
    app: App,
    served: &'static Served,
    order: Order,
    with_usage: bool,
) -> Result<Response, Error> {
    let head = Head::new(order.id, app.clock.now(), served.id).of_chunk();
    let info = RequestInfo::new(context::request_id(), context::path());
    let work = async move {
        let run = submit::now(&app, order).await.inspect_err(|error| {
            error.log(&context::request_id(), &context::path());
        })?;
        Ok::<_, Error>(Told::of(&app, &run))
    };
    let mut work = Box::pin(context::within(info, work));
    // Whether there is a place is known at the first look, in time for a status of its own.
    let work = match futures::poll!(&mut work) {
        Poll::Ready(Err(refusal)) => return Err(refusal),
        Poll::Ready(Ok(told)) => future::Either::Left(ready(Ok(told))),
        Poll::Pending => future::Either::Right(work),
    };
    Ok(response(Writer { head, with_usage }, work, KEEP_ALIVE))
}

fn response(
    writer: Writer,
    work: impl Future<Output = Result<Told, Error>> + Send + 'static,
    keep_alive: Duration,
) -> Response {
    let begin = writer.piece(json!({ "role": "assistant", "content": "" }));
    let rest = stream::once(work).flat_map(move |ended| {
        stream::iter(match ended {
            Ok(told) => writer.told(told),
            Err(error) => vec![event(&openai::object(&error)), done()],
        })
    });
    let events = stream::once(ready(begin)).chain(rest);
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(keep_alive));
    ([NO_BUFFERING], events).into_response()
}

type Written = Result<Event, axum::Error>;

/// What the pieces of one answer have in common.
struct Writer {
    head: Head,
    with_usage: bool,
}

impl Writer {
    fn told(&self, told: Told) -> Vec<Written> {
        let lines = told.content.split_inclusive('\n');
        let mut events: Vec<_> = lines.map(|line| self.piece(json!({ "content": line }))).collect();
        let mut end = self.chunk(json!({}));
        end.choices.iter_mut().for_each(|piece| piece.finish_reason = Some(told.finish_reason));
        end.glore = Some(told.verdict);
        events.push(event(&end));
        if self.with_usage {
            let usage = Some(Some(told.usage));
            events.push(event(&Chunk { choices: Vec::new(), usage, ..self.chunk(json!({})) }));
        }
        events.push(done());
        events
    }

    fn piece(&self, delta: Value) -> Written {
        event(&self.chunk(delta))
    }

    fn chunk(&self, delta: Value) -> Chunk {
        Chunk {
            head: self.head.clone(),
            choices: vec![Piece { index: 0, delta, finish_reason: None }],
            usage: self.with_usage.then_some(None),
            glore: None,
        }
    }
}

fn event(data: &impl Serialize) -> Written {
    Event::default().json_data(data)
}

fn done() -> Written {
    Ok(Event::default().data("[DONE]"))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;
    use crate::domain::{Clock, RunId, SystemClock};
    use crate::web::Code;

    #[tokio::test]
    async fn silence_is_broken_and_an_error_ends_the_stream() {
        let head = Head::new(RunId::new(), SystemClock.now(), "glore").of_chunk();
        let work = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Err(Error::new(Code::DeadlineExceeded, "too late"))
        };
        let writer = Writer { head, with_usage: false };
        let response = response(writer, work, Duration::from_millis(20));
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let body = String::from_utf8(body.to_vec()).expect("text");
        let events: Vec<&str> = body.split_terminator("\n\n").collect();
        let comments = events.iter().filter(|event| event.starts_with(':')).count();
        assert!(comments >= 2, "{body}");
        assert!(events[0].contains("\"role\":\"assistant\"") && events[1].starts_with(':'));
        let [error, end] = events[events.len() - 2..] else { panic!("{body}") };
        assert!(error.starts_with("data: {\"error\":") && error.contains("too late"), "{error}");
        assert_eq!(end, "data: [DONE]");
    }
}
