//! The JSON face of an error: a problem document (RFC 9457) with a few members of ours.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::Code;

/// What went wrong. More members may follow, such as `checks` or `position`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// Where the kind of problem is explained, relative to this server.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The status, once more.
    pub status: u16,
    /// A sentence for people: what, the limit, and the value that broke it.
    pub detail: String,
    /// The run it happened in, or the address that was asked for.
    pub instance: String,
    /// The kind as a word for programs.
    #[schema(schema_with = words)]
    pub code: String,
    /// The `X-Request-Id` of the request, as in the server's log.
    pub request_id: String,
    /// Every field that is to blame.
    pub errors: Vec<FieldError>,
}

/// One refused field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `/name` of a parameter; empty for the whole.
    pub pointer: String,
    /// The rule it broke, as a word for programs.
    pub code: String,
    /// The rule and the value in a sentence.
    pub detail: String,
}

fn words() -> ObjectBuilder {
    let words = Code::ALL.iter().map(|code| code.row().1);
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .description(Some("The kind as a word for programs."))
}
