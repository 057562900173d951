//! Every error the server answers with: one table, three faces.
//!
//! Under `/v1` and for the machine endpoints it is `application/problem+json` (RFC 9457), for the
//! chat API the object of `openai.rs`, anywhere else a page. What a 5xx was caused by goes to the log, here and nowhere else.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::machine::is_for_programs;
use super::problem::{FieldError, Problem};
use super::{context, openai, pages};
use crate::domain::{Invalid, RunId};

macro_rules! table {
    ($($name:ident $status:ident $slug:literal $title:literal;)+) => {
        /// What went wrong, as a word for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($name),+ }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// Status, stable word, title.
            pub(super) fn row(self) -> (StatusCode, &'static str, &'static str) {
                match self { $(Self::$name => (StatusCode::$status, $slug, $title)),+ }
            }
        }
    };
}

table! {
    BadRequest          BAD_REQUEST            "bad_request"            "The request cannot be read";
    BadJson             BAD_REQUEST            "bad_json"               "The body is not JSON";
    NotUtf8             BAD_REQUEST            "not_utf8"               "The body is not UTF-8";
    BadIdempotencyKey   BAD_REQUEST            "bad_idempotency_key"    "The Idempotency-Key cannot be used";
    Unauthenticated     UNAUTHORIZED           "unauthenticated"        "You are not logged in";
    BadToken            UNAUTHORIZED           "bad_token"              "The token is not good";
    FormRefused         FORBIDDEN              "form_refused"           "The form is not of this session";
    TokenTooWeak        FORBIDDEN              "token_too_weak"         "The token does not allow this";
    CrossOrigin         FORBIDDEN              "cross_origin"           "The request came from another site";
    RoleNeeded          FORBIDDEN              "role_needed"            "Your role does not allow this";
    NotFound            NOT_FOUND              "not_found"              "There is nothing here";
    ModelNotFound       NOT_FOUND              "model_not_found"        "There is no such model";
    MethodNotAllowed    METHOD_NOT_ALLOWED     "method_not_allowed"     "This address does not do that";
    NotAcceptable       NOT_ACCEPTABLE         "not_acceptable"         "No answer of the kind asked for";
    SlowRequest         REQUEST_TIMEOUT        "request_timeout"        "The request took too long to arrive";
    Refused             CONFLICT               "refused"                "That cannot be done as things are";
    AlreadyEnded        CONFLICT               "already_ended"          "The run has ended";
    NotWaiting          CONFLICT               "not_waiting"            "It does not wait any more";
    Cancelled           CONFLICT               "cancelled"              "The run was cancelled";
    KeyInUse            CONFLICT               "idempotency_key_in_use" "The same request is at work";
    QueueClosed         CONFLICT               "queue_closed"           "The queue is closed";
    AlreadySubmitted    CONFLICT               "already_submitted"      "The item was handed in before";
    BodyTooLarge        PAYLOAD_TOO_LARGE      "body_too_large"         "The body is too large";
    UnsupportedMedia    UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "The body must be JSON";
    Misdirected         MISDIRECTED_REQUEST    "misdirected"            "This is not the name of this server";
    Invalid             UNPROCESSABLE_ENTITY   "invalid_request"        "The request is not valid";
    KeyReused           UNPROCESSABLE_ENTITY   "idempotency_key_reused" "The Idempotency-Key belongs to another request";
    ContextExceeded     UNPROCESSABLE_ENTITY   "context_exceeded"       "The problem does not fit the model";
    TooManyAttempts     TOO_MANY_REQUESTS      "too_many_attempts"      "Too many attempts to log in";
    Overloaded          TOO_MANY_REQUESTS      "overloaded"             "Every place is taken";
    Internal            INTERNAL_SERVER_ERROR  "internal"               "Something went wrong here";
    BadEngineRequest    INTERNAL_SERVER_ERROR  "bad_engine_request"     "The engine refused the request";
    NonFiniteLogits     INTERNAL_SERVER_ERROR  "non_finite_logits"      "A model computed no usable number";
    EngineUnavailable   SERVICE_UNAVAILABLE    "engine_unavailable"     "The engine is not available";
    ModelUnusable       SERVICE_UNAVAILABLE    "model_unusable"         "A model cannot be used";
    StoreUnavailable    SERVICE_UNAVAILABLE    "store_unavailable"      "The store is not available";
    NotReady            SERVICE_UNAVAILABLE    "not_ready"              "The server is not ready";
    DeadlineExceeded    GATEWAY_TIMEOUT        "deadline_exceeded"      "The work took too long";
}

impl Code {
    /// Whether the same request may pass a little later; such an answer says when.
    fn is_for_now(self) -> bool {
        const STATUSES: [StatusCode; 2] =
            [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
        STATUSES.contains(&self.row().0) || self == Self::KeyInUse
    }
}

/// Seconds after which a client may try again when nothing better is known.
pub(super) const RETRY_S: u64 = 5;

/// An answer that is an error.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_s: Option<u64>,
    run: Option<RunId>,
    extra: Map<String, Value>,
    /// For the log only.
    cause: Option<String>,
}

impl Error {
    /// An error with a sentence for people.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_s: code.is_for_now().then_some(RETRY_S),
            run: None,
            extra: Map::new(),
            cause: None,
        }))
    }

    /// No run has this id.
    pub fn no_run(id: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no run `{id}`"))
    }

    /// No batch has this id.
    pub fn no_batch(id: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no batch `{id}`"))
    }

    /// Every refused field of a request, each by name.
    pub fn invalid(refused: impl IntoIterator<Item = Invalid>) -> Self {
        let refused: Vec<Invalid> = refused.into_iter().collect();
        let detail: Vec<String> = refused.iter().map(ToString::to_string).collect();
        let mut error = Self::new(Code::Invalid, detail.join("; "));
        for Invalid { pointer, code, detail } in refused {
            error = error.field(pointer, code, detail);
        }
        error
    }

    /// Names a field that is to blame.
    #[must_use]
    pub fn field(
        mut self,
        pointer: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        let (pointer, code, detail) = (pointer.into(), code.into(), detail.into());
        self.0.errors.push(FieldError { pointer, code, detail });
        self
    }

    /// When to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds.max(1));
        self
    }

    /// The run that the error happened in; it can be looked at.
    #[must_use]
    pub fn of_run(mut self, id: RunId) -> Self {
        self.0.run = Some(id);
        self
    }

    /// One more member of the JSON face.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.0.extra.insert(name.to_owned(), value);
        self
    }

    /// What to write to the log; never sent.
    #[must_use]
    pub fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.0.code.row().0
    }

    /// The stable word for programs.
    pub fn code(&self) -> &'static str {
        self.0.code.row().1
    }

    /// The sentence for people.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Pointer and sentence of each refused field, for forms.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.errors.iter().map(|field| (field.pointer.as_str(), field.detail.as_str()))
    }

    /// Pointer and code of the first refused field.
    pub(super) fn blamed(&self) -> Option<(&str, &str)> {
        self.0.errors.first().map(|field| (field.pointer.as_str(), field.code.as_str()))
    }

    /// Writes what the server is to blame for to its log.
    pub(super) fn log(&self, request_id: &str, path: &str) {
        let (status, code, _) = self.0.code.row();
        if status.is_server_error() {
            let cause = self.0.cause.as_deref().unwrap_or(&self.0.detail);
            tracing::error!(code, request_id, path, cause, "answered {status}");
        }
    }

    fn problem(&self, request_id: &str, path: &str) -> Value {
        let (status, slug, title) = self.0.code.row();
        let instance = self.0.run.map_or_else(|| path.to_owned(), |run| format!("/v1/runs/{run}"));
        let problem = Problem {
            kind: format!("/problems/{slug}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.0.detail.clone(),
            instance,
            code: slug.to_owned(),
            request_id: request_id.to_owned(),
            errors: self.0.errors.clone(),
        };
        let mut problem = serde_json::to_value(problem).unwrap_or_default();
        if let Some(object) = problem.as_object_mut() {
            object.extend(self.0.extra.clone());
        }
        problem
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (mut status, _, title) = self.0.code.row();
        let (request_id, path) = (context::request_id(), context::path());
        self.log(&request_id, &path);
        let mut response = if openai::speaks_at(&path) {
            status = openai::status(&self);
            axum::Json(openai::object(&self)).into_response()
        } else if is_for_programs(&path) {
            let body = self.problem(&request_id, &path).to_string();
            ([(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
        } else {
            pages::error::error_page(status, title, &self.0.detail, &request_id).into_response()
        };
        *response.status_mut() = status;
        if status == StatusCode::UNAUTHORIZED {
            let scheme = match self.0.code {
                Code::BadToken => "Bearer error=\"invalid_token\"",
                _ => "Bearer",
            };
            let scheme = HeaderValue::from_static(scheme);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        if let Some(seconds) = self.0.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_titles_are_each_used_once() {
        let words: std::collections::HashSet<_> = Code::ALL.iter().map(|c| c.row().1).collect();
        assert_eq!(words.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|c| !c.row().0.is_success()));
    }

    #[test]
    fn who_may_come_back_is_told_when() {
        for code in Code::ALL {
            let response = Error::new(*code, "x").into_response();
            let told = response.headers().contains_key(header::RETRY_AFTER);
            let status = response.status().as_u16();
            assert_eq!(told, matches!(status, 429 | 503) || *code == Code::KeyInUse, "{code:?}");
        }
    }
}
