//! The OpenAPI document: written from the routes and types by `utoipa`, completed with what is the
//! same for many calls, served as `/openapi.json` and shown as `/docs`.
//!
//! To add a call, give its handler a `utoipa::path` and a line in `web/routes.rs`. Examples are
//! files of `examples/`, named after the call and either `request` or the status.

mod complete;
mod examples;

use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Map, Value};
use utoipa::OpenApi;

use super::api::chat::Chunk;
use super::openai::OpenAiError;
use super::problem::Problem;
use super::routes;

const DESCRIPTION: &str = "Solve, critique and refine math word problems. JSON over HTTP: names in \
    snake_case, times in UTC, ids that begin with what they name. Unknown fields are refused. \
    Errors are problem documents (RFC 9457) with a word for programs, a sentence for people, and \
    the fields that are to blame. When every place is taken the answer is 429 at once. A client \
    that leaves cancels the run that it waits for. Where there are users, every call but `/livez` \
    and `/readyz` takes `Authorization: Bearer` with a token of a user, and a role.";

#[derive(OpenApi)]
#[openapi(
    info(title = "GLoRe", description = DESCRIPTION, license(name = "MIT", identifier = "MIT")),
    components(schemas(Problem, OpenAiError, Chunk)),
    tags(
        (name = "runs", description = "Make a run"),
        (name = "kept", description = "Look at runs and stop them"),
        (name = "review", description = "Let people judge"),
        (name = "batches", description = "Hand in many problems at once"),
        (name = "server", description = "What runs here"),
    ),
)]
struct Base;

struct Document {
    value: Value,
    text: String,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let creating = routes::creating().into_openapi();
    let makes_runs: Vec<String> = creating.paths.paths.keys().cloned().collect();
    let mut whole = Base::openapi();
    whole.merge(creating);
    whole.merge(routes::other().into_openapi());
    let mut value = serde_json::to_value(whole).expect("the document has string keys only");
    complete::complete(&mut value, &makes_runs);
    examples::add(&mut value);
    let text = format!("{value:#}\n");
    Document { value, text }
});

/// The document.
pub(super) fn document() -> &'static Value {
    &DOCUMENT.value
}

/// The document as it is sent.
pub(super) fn text() -> &'static str {
    &DOCUMENT.text
}

/// What a call answers with when it goes well; nothing for a call that is not in the document.
pub(super) fn media_types(path: &str, method: &Method) -> Vec<&'static str> {
    let method =
        if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let operation = &document()["paths"][path][method.as_str()];
    let Some(responses) = operation["responses"].as_object() else { return Vec::new() };
    let good = responses.iter().filter(|(status, _)| status.starts_with('2'));
    let kinds = good.filter_map(|(_, response)| response["content"].as_object());
    let mut kinds: Vec<&str> = kinds.flat_map(Map::keys).map(String::as_str).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Where a reference within the document leads.
pub(super) fn resolve(value: &Value) -> &Value {
    let target = value["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    target.and_then(|pointer| document().pointer(pointer)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, count: &mut usize) {
            if let Some(name) = value["$ref"].as_str() {
                let pointer = name.strip_prefix('#').expect("a reference within the document");
                assert!(document().pointer(pointer).is_some(), "{name}");
                *count += 1;
            }
            match value {
                Value::Array(items) => items.iter().for_each(|item| walk(item, count)),
                Value::Object(members) => members.values().for_each(|item| walk(item, count)),
                _ => {}
            }
        }
        let mut count = 0;
        walk(document(), &mut count);
        assert!(count > 50, "{count}");
        assert_eq!(document()["openapi"], "3.1.0");
    }

    #[test]
    fn what_a_call_answers_with_is_known() {
        assert_eq!(media_types("/v1/runs/{id}", &Method::GET), ["application/json"]);
        assert_eq!(media_types("/metrics", &Method::HEAD), ["text/plain"]);
        assert!(media_types("/runs/{id}", &Method::GET).is_empty());
        assert!(media_types("/v1/solve", &Method::GET).is_empty());
    }
}
