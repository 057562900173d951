//! `Idempotency-Key`: a request that is repeated gets its first answer, not a second run.
//!
//! Around the calls that make a run. The key is taken before the handler begins and settled before
//! the answer is sent, so that a client that saw an answer can get it again. A client that leaves
//! frees its key: its run was cancelled with it. A run for later is stored together with its answer.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::extract::whole_body;
use super::{Code, Error, Person};
use crate::app::App;
use crate::domain::Invalid;
use crate::store::{KeptAnswer, Key, StoreError};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in characters.
const MAX_KEY: usize = 255;
const EVENTS: &str = "text/event-stream";

tokio::task_local! {
    static TAKEN: i64;
}

/// The key of the request being answered, for whoever keeps its answer together with what it made.
pub(super) fn taken() -> Option<i64> {
    TAKEN.try_with(|id| *id).ok()
}

/// Answers from the store what was answered before; else lets the request through, once at a time.
///
/// # Errors
/// A key that cannot be used, that belongs to another request, or whose request is at work.
pub(super) async fn keep(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let Some(key) = key(request.headers())? else { return Ok(next.run(request).await) };
    refuse_streams(request.headers())?;
    let (parts, body) = request.into_parts();
    let own = owned(&parts, &key);
    let body = whole_body(&parts, body, app.config.server.max_body_bytes).await?;
    let fingerprint = fingerprint(&parts, &body);
    match app.store.keys().take(&own, &fingerprint, app.clock.now()).await? {
        Key::Taken(id) => {
            let taken = Taken { app, id: Some(id) };
            let work = next.run(Request::from_parts(parts, Body::from(body)));
            let response = TAKEN.scope(id, work).await;
            taken.settle(response).await
        }
        Key::Answered(answer) => replay(answer),
        Key::OtherRequest => {
            let detail = format!(
                "the Idempotency-Key `{key}` was sent with another request within the last 24 \
                 hours; a new request needs a new key"
            );
            Err(Error::new(Code::KeyReused, detail))
        }
        Key::InUse => {
            let detail = format!("the request with the Idempotency-Key `{key}` is still at work");
            Err(Error::new(Code::KeyInUse, detail).retry_after(app.gate.retry_after_s()))
        }
    }
}

/// One header of 1 to 255 visible ASCII characters, or none.
fn key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let refuse =
        |detail: String| Error::new(Code::BadIdempotencyKey, format!("Idempotency-Key: {detail}"));
    let mut given = headers.get_all(KEY).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(refuse("it was sent more than once".to_owned()));
    }
    let bytes = value.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_KEY {
        let detail = format!("1 to {MAX_KEY} characters are allowed, {} were given", bytes.len());
        return Err(refuse(detail));
    }
    if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_graphic()) {
        return Err(refuse(format!("the byte at offset {at} is no visible ASCII character")));
    }
    Ok(value.to_str().ok().map(str::to_owned))
}

/// Two people who choose the same key do not get each other's answers.
fn owned(parts: &Parts, key: &str) -> String {
    match parts.extensions.get::<Person>().and_then(|person| person.id) {
        Some(id) => format!("{id} {key}"),
        None => key.to_owned(),
    }
}

/// A stream of events is over when it is over: nothing is left of it that could be sent again.
fn refuse_streams(headers: &HeaderMap) -> Result<(), Error> {
    let mut accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if !accepted.any(|kinds| kinds.to_ascii_lowercase().contains(EVENTS)) {
        return Ok(());
    }
    let detail = "a stream of events cannot be answered twice: leave the key out, ask for JSON, or \
                  use `background` and follow the run";
    Err(Invalid::new("/Idempotency-Key", "exclusive", detail).into())
}

fn fingerprint(parts: &Parts, body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [parts.method.as_str(), parts.uri.path()] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(body);
    hash.finalize().to_vec()
}

/// Whether the answer stands for this request for ever. Others are about this moment, or about how
/// the request was sent: the same request may pass when it is sent again.
fn is_final(status: StatusCode) -> bool {
    const FINAL: [StatusCode; 2] = [StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];
    status.is_success() || FINAL.contains(&status)
}

fn replay(answer: KeptAnswer) -> Result<Response, Error> {
    let mut response = Response::builder().status(answer.status).header(REPLAYED, "true");
    for (name, value) in [(CONTENT_TYPE, answer.content_type), (LOCATION, answer.location)] {
        if let Some(value) = value {
            response = response.header(name, value);
        }
    }
    response
        .body(Body::from(answer.body))
        .map_err(|e| Error::new(Code::Internal, "a kept answer cannot be read").because(e))
}

/// A key in use; dropped unsettled, it is freed.
struct Taken {
    app: App,
    id: Option<i64>,
}

impl Taken {
    /// Keeps a final answer, frees the key of any other. In a task of its own: a client that leaves
    /// now must not undo what is done.
    async fn settle(mut self, response: Response) -> Result<Response, Error> {
        let (app, Some(id)) = (self.app.clone(), self.id.take()) else { return Ok(response) };
        let settled = tokio::spawn(async move {
            if !is_final(response.status()) {
                logged(app.store.keys().free(id).await);
                return Ok(response);
            }
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.map_err(|e| e.to_string())?;
            let text = |name| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
            let answer = KeptAnswer {
                status: parts.status.as_u16(),
                content_type: text(CONTENT_TYPE),
                location: text(LOCATION),
                body: body.to_vec(),
            };
            // The run is done: its answer is worth more than the promise to repeat it.
            logged(app.store.keys().keep(id, &answer).await);
            Ok::<_, String>(Response::from_parts(parts, Body::from(body)))
        });
        let lost = |cause: String| {
            Error::new(Code::Internal, "the answer could not be written").because(cause)
        };
        settled.await.map_err(|panic| lost(panic.to_string()))?.map_err(lost)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        // Without a runtime the process is ending, and the next start frees the key.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let app = self.app.clone();
        runtime.spawn(async move { logged(app.store.keys().free(id).await) });
    }
}

fn logged(result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::error!(%error, "an Idempotency-Key could not be settled");
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(values: &[&[u8]]) -> Result<Option<String>, String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(KEY, HeaderValue::from_bytes(value).expect("a header"));
        }
        key(&headers).map_err(|error| error.detail().to_owned())
    }

    #[test]
    fn keys_are_visible_and_bounded() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"a-1!~"]), Ok(Some("a-1!~".to_owned())));
        assert!(read(&[&[b'x'; 255]]).is_ok());
        for (values, says) in [
            (vec![&b""[..]], "0 were given"),
            (vec![&[b'x'; 256][..]], "256 were given"),
            (vec![&b"a b"[..]], "offset 1"),
            (vec![&b"\xc3\xa9"[..]], "offset 0"),
            (vec![&b"a"[..], &b"a"[..]], "more than once"),
        ] {
            let refused = read(&values).expect_err("refused");
            assert!(refused.contains(says), "{refused}");
        }
    }

    #[test]
    fn what_is_about_this_moment_is_not_final() {
        let is_final = |status| is_final(StatusCode::from_u16(status).expect("a status"));
        assert!([200, 202, 409, 422].into_iter().all(is_final));
        assert!(![400, 403, 406, 408, 413, 415, 429, 500, 503, 504].into_iter().any(is_final));
    }
}
