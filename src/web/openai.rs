//! The third face of an error: what clients of OpenAI's API read.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Error;

/// Everything under these answers as OpenAI's API does.
const UNDER: [&str; 2] = ["/v1/chat/", "/v1/models/"];
/// So do these.
const AT: [&str; 2] = ["/v1/chat", "/v1/completions"];

/// What went wrong, in OpenAI's form.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenAiError {
    error: Said,
}

/// The one member of it.
#[derive(Debug, Serialize, ToSchema)]
struct Said {
    /// A sentence for people: what, the limit, and the value that broke it.
    message: String,
    /// `invalid_request_error`, `rate_limit_error` or `server_error`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The field to blame, as `messages[0].content`.
    #[schema(required = true)]
    param: Option<String>,
    /// The kind as a word for programs.
    code: String,
}

/// Whether errors at this address have this face.
pub(super) fn speaks_at(path: &str) -> bool {
    UNDER.iter().any(|prefix| path.starts_with(prefix)) || AT.contains(&path)
}

/// Bad input is 400 there and nothing finer. So is a run that somebody cancelled: those clients
/// send again what was answered 409, and it would run after all.
pub(super) fn status(error: &Error) -> StatusCode {
    match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT => StatusCode::BAD_REQUEST,
        status => status,
    }
}

/// The object; of several refused fields the first is named, all are in the message.
pub(super) fn object(error: &Error) -> OpenAiError {
    let blamed = error.blamed();
    let code = match (error.code(), blamed) {
        ("context_exceeded", _) => "context_length_exceeded",
        ("unauthenticated" | "bad_token", _) => "invalid_api_key",
        ("overloaded", _) => "rate_limit_exceeded",
        ("invalid_request", Some((_, code))) => code,
        (code, _) => code,
    };
    OpenAiError {
        error: Said {
            message: error.detail().to_owned(),
            kind: kind(status(error)),
            param: blamed.map(|(pointer, _)| param(pointer)).filter(|param| !param.is_empty()),
            code: code.to_owned(),
        },
    }
}

fn kind(status: StatusCode) -> &'static str {
    match status {
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    }
}

/// `/messages/3/content` is `messages[3].content` there.
fn param(pointer: &str) -> String {
    // The engine knows problems, not messages.
    if pointer == "/problem" {
        return "messages".to_owned();
    }
    let mut param = String::new();
    for part in pointer.split('/').skip(1) {
        if !param.is_empty() && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) {
            param.push_str(&format!("[{part}]"));
        } else {
            let dot = if param.is_empty() { "" } else { "." };
            param.push_str(dot);
            param.push_str(&part.replace("~1", "/").replace("~0", "~"));
        }
    }
    param
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Code;

    #[test]
    fn only_what_those_clients_call_speaks_so() {
        assert!(speaks_at("/v1/chat/completions") && speaks_at("/v1/chat"));
        assert!(speaks_at("/v1/models/{id}") && !speaks_at("/v1/models"));
        assert!(speaks_at("/v1/completions"));
        assert!(!speaks_at("/v1/chats") && !speaks_at("/v1/solve") && !speaks_at(""));
    }

    #[test]
    fn pointers_become_params() {
        assert_eq!(param("/messages/3/content/0"), "messages[3].content[0]");
        assert_eq!(param("/max_tokens"), "max_tokens");
        assert_eq!(param("/a~1b~0"), "a/b~");
        assert_eq!(param(""), "");
    }

    #[test]
    fn every_code_has_a_type_that_goes_with_its_status() {
        for code in Code::ALL {
            let error = Error::new(*code, "a sentence");
            let (status, object) = (status(&error), object(&error));
            let expected = match status.as_u16() {
                429 => "rate_limit_error",
                500.. => "server_error",
                _ => "invalid_request_error",
            };
            assert_eq!(object.error.kind, expected, "{code:?}");
            assert_eq!(object.error.message, "a sentence");
            assert!(object.error.param.is_none());
            assert!(!matches!(status.as_u16(), 409 | 422), "{code:?}");
        }
    }
}
