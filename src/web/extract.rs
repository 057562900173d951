//! The doors: bodies, forms, queries and ids, refused with the thing that is wrong by name.

use std::error::Error as _;
use std::str::FromStr;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Code, Error};
use crate::app::App;
use crate::domain::{BatchId, RunId};

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let content_type = request.headers().get(CONTENT_TYPE);
        if !content_type.and_then(|value| value.to_str().ok()).is_some_and(is_json) {
            let given = content_type.map_or("none".to_owned(), |value| format!("{value:?}"));
            let detail = format!("the content type must be application/json, it is {given}");
            return Err(Error::new(Code::UnsupportedMedia, detail));
        }
        let (parts, body) = request.into_parts();
        let bytes = whole_body(&parts, body, app.config.server.max_body_bytes).await?;
        if let Err(e) = std::str::from_utf8(&bytes) {
            let detail = format!("the byte at offset {} is not UTF-8", e.valid_up_to());
            return Err(Error::new(Code::NotUtf8, detail));
        }
        parse(&bytes).map(Self)
    }
}

/// The body as bytes, if it is no larger than `limit` and does not take for ever.
pub(super) async fn whole_body(parts: &Parts, body: Body, limit: usize) -> Result<Bytes, Error> {
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit as u64) {
        return Err(too_large(limit));
    }
    read(body, limit).await
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn too_large(limit: usize) -> Error {
    Error::new(
        Code::BodyTooLarge,
        format!("at most {limit} bytes are allowed (server.max_body_bytes)"),
    )
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Error> {
    match to_bytes(body, limit).await {
        Ok(bytes) => Ok(bytes),
        Err(e) if e.source().is_some_and(|s| s.to_string().contains("length limit")) => {
            Err(too_large(limit))
        }
        Err(e) => Err(Error::new(Code::BadRequest, "the body could not be read").because(e)),
    }
}

/// axum's reader tells syntax from content and names the place; only its wording is ours.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    use axum::extract::rejection::JsonRejection;
    // A list would be read as the fields in their order, which nobody was promised.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(refused_field("invalid type: a list, an object is expected"));
    }
    let rejection = match axum::Json::<T>::from_bytes(bytes) {
        Ok(axum::Json(value)) => return Ok(value),
        Err(rejection) => rejection,
    };
    let message = rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
    Err(match rejection {
        JsonRejection::JsonDataError(_) => refused_field(&message),
        // A number where one of a few words is expected is bad syntax to serde_json.
        _ if serde_json::from_slice::<Value>(bytes).is_ok() => refused_field(&message),
        _ => bad_json(&message),
    })
}

/// The place is in the sentence and beside it: editors jump to a line and a column.
fn bad_json(message: &str) -> Error {
    let error = Error::new(Code::BadJson, message);
    let place =
        message.rsplit_once(" at line ").and_then(|(_, place)| place.split_once(" column "));
    match place.and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?))) {
        Some::<(u64, u64)>((line, column)) => {
            error.with("position", json!({ "line": line, "column": column }))
        }
        None => error,
    }
}

/// `steps[3]: invalid type: integer …` becomes an error at `/steps/3`.
fn refused_field(message: &str) -> Error {
    // No field's name has a space; a sentence has one before its first colon.
    let (path, sentence) = match message.split_once(": ") {
        Some((path, sentence)) if !path.contains(char::is_whitespace) => (path, sentence),
        _ => ("", message),
    };
    const KINDS: [(&str, &str); 5] = [
        ("unknown field", "unknown_field"),
        ("missing field", "missing_field"),
        ("duplicate field", "duplicate_field"),
        ("unknown variant", "unknown_value"),
        ("invalid type", "wrong_type"),
    ];
    let code = KINDS
        .iter()
        .find(|(words, _)| sentence.starts_with(words))
        .map_or("wrong_value", |(_, code)| code);
    let named = sentence.split('`').nth(1).filter(|_| code.ends_with("_field"));
    let pointer = match named {
        Some(field) => format!("/{}", field.replace('~', "~0").replace('/', "~1")),
        None if path.is_empty() || path == "." => String::new(),
        None => format!("/{}", path.replace(['.', '['], "/").replace(']', "")),
    };
    let place = if pointer.is_empty() { "the request" } else { &pointer };
    Error::new(Code::Invalid, format!("{place}: {sentence}")).field(pointer.clone(), code, sentence)
}

/// A form that a page sends.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Form), rejection(Error))]
pub struct Form<T>(pub T);

/// The query of an address.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        match axum::extract::Query::<T>::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let message =
                    rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
                Err(refused_field(&message))
            }
        }
    }
}

/// The id of a run in a path. A text that is no id names no run, so that it is not found.
#[derive(Debug)]
pub struct RunPath(pub RunId);

/// The id of a batch in a path, likewise.
#[derive(Debug)]
pub struct BatchPath(pub BatchId);

impl<S: Send + Sync> FromRequestParts<S> for RunPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        id(parts, state, Error::no_run).await.map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for BatchPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        id(parts, state, Error::no_batch).await.map(Self)
    }
}

async fn id<T: FromStr, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    missing: fn(&str) -> Error,
) -> Result<T, Error> {
    let Path(text) = Path::<String>::from_request_parts(parts, state)
        .await
        .map_err(|rejection| Error::new(Code::BadRequest, rejection.body_text()))?;
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(80).collect();
        missing(&shown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Sample {
        problem: String,
        #[serde(default)]
        steps: Vec<u32>,
    }

    fn pointer(body: &str) -> String {
        let error = parse::<Sample>(body.as_bytes()).expect_err("refused");
        error.fields().map(|(pointer, _)| pointer.to_owned()).collect()
    }

    #[test]
    fn the_thing_that_is_wrong_is_named() {
        assert_eq!(pointer(r#"{"problem":"x","stepz":[]}"#), "/stepz");
        assert_eq!(pointer(r#"{"problem":"x","a/b":[]}"#), "/a~1b");
        assert_eq!(pointer(r#"{"steps":[]}"#), "/problem");
        assert_eq!(pointer(r#"{"problem":7}"#), "/problem");
        assert_eq!(pointer(r#"{"problem":"x","steps":[1,"y"]}"#), "/steps/1");
        assert_eq!(pointer(r#"["x",[1]]"#), "");
    }

    #[test]
    fn parameters_of_an_address_are_named_like_fields() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "only whether it can be read matters")]
        struct List {
            limit: Option<usize>,
            after: Option<RunId>,
            correct: Option<bool>,
        }
        let uri =
            |query| format!("/v1/runs?{query}").parse::<axum::http::Uri>().expect("an address");
        let refused = |query| {
            let rejection = axum::extract::Query::<List>::try_from_uri(&uri(query));
            let message = rejection.expect_err("refused").source().map(ToString::to_string);
            let error = refused_field(&message.expect("a cause"));
            error.fields().map(|(pointer, _)| pointer.to_owned()).collect::<String>()
        };
        assert_eq!(refused("limit=x"), "/limit");
        assert_eq!(refused("limit=-1"), "/limit");
        assert_eq!(refused("after=run_x"), "/after");
        assert_eq!(refused("correct=perhaps"), "/correct");
        assert_eq!(refused("colour=red"), "/colour");
        assert_eq!(refused("limit=1&limit=2"), "/limit");
    }

    #[test]
    fn content_types_of_json() {
        assert!(is_json("application/json") && is_json("Application/JSON; charset=utf-8"));
        assert!(is_json("application/merge-patch+json"));
        assert!(!is_json("text/plain") && !is_json("") && !is_json("text/json-not"));
    }
}
