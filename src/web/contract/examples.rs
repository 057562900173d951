//! Examples: real requests, and what a server over the scripted engine answered to them.
//!
//! `tests/it/contract.rs` sends the requests again and compares; it also writes the answers.

use rust_embed::RustEmbed;
use serde_json::{Value, json};

#[derive(RustEmbed)]
#[folder = "src/web/contract/examples/"]
struct Files;

/// Puts every file where its name says: `solve.request.json`, `solve.200.json`.
pub(super) fn add(document: &mut Value) {
    for name in Files::iter() {
        let mut words = name.split('.');
        let (Some(operation), Some(place)) = (words.next(), words.next()) else { continue };
        let example = Files::get(&name)
            .and_then(|file| serde_json::from_slice::<Value>(&file.data).ok())
            .filter(|_| !operation.is_empty());
        if let (Some(example), Some(call)) = (example, find(document, operation)) {
            put(call, place, example);
        }
    }
}

fn find<'a>(document: &'a mut Value, operation: &str) -> Option<&'a mut Value> {
    let paths = document["paths"].as_object_mut()?;
    let mut calls = paths.values_mut().filter_map(Value::as_object_mut).flatten();
    calls.find(|(_, call)| call["operationId"] == operation).map(|(_, call)| call)
}

/// A shared refusal is written out where it has an example of its own.
fn put(call: &mut Value, place: &str, example: Value) {
    if place == "request" {
        call["requestBody"]["content"]["application/json"]["example"] = example;
        return;
    }
    let response = &mut call["responses"][place];
    let is_refusal = place.starts_with(['4', '5']);
    let kind = if is_refusal { "application/problem+json" } else { "application/json" };
    if response["$ref"].is_string() {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        let title = example["title"].as_str().unwrap_or_default();
        *response = json!({ "description": title, "content": { kind: { "schema": schema } } });
    }
    response["content"][kind]["example"] = example;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_finds_its_place() {
        let document = crate::web::contract::document();
        let has_example = |content: &Value| !content["example"].is_null();
        let mut found = 0;
        for item in document["paths"].as_object().into_iter().flat_map(|paths| paths.values()) {
            for call in item.as_object().into_iter().flat_map(|item| item.values()) {
                let responses = call["responses"].as_object().into_iter().flat_map(|r| r.values());
                let bodies = responses.chain([&call["requestBody"]]);
                let contents = bodies.filter_map(|body| body["content"].as_object());
                found +=
                    contents.flat_map(|kinds| kinds.values()).filter(|c| has_example(c)).count();
            }
        }
        assert_eq!(found, Files::iter().count());
        assert!(found > 8, "{found}");
    }
}
