//! One call as the page shows it.

use serde_json::Value;

use super::schema::{Kind, kind};
use super::text;
use crate::web::contract;
use crate::web::pages::Origin;

/// One call.
pub struct Call {
    /// Begins the ids of its parts.
    pub slug: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    pub parameters: Vec<Parameter>,
    pub body: Option<Kind>,
    pub answers: Vec<Answer>,
    pub command: String,
    /// The least role it takes, where there are users; nothing for an open one.
    pub role: String,
}

/// What can be said in the address or in a header.
pub struct Parameter {
    pub name: String,
    pub place: String,
    pub kind: Kind,
    pub required: bool,
    pub description: String,
}

/// What may come back.
pub struct Answer {
    pub status: String,
    pub description: String,
    pub media_type: String,
    pub kind: Option<Kind>,
    pub headers: Vec<Header>,
    pub example: Option<String>,
}

/// A header of an answer.
pub struct Header {
    pub name: String,
    pub description: String,
}

/// Every call with a tag, in the order of the document.
pub(super) fn all(document: &Value, tag: &str, origin: &Origin) -> Vec<Call> {
    let items = document["paths"].as_object().into_iter().flatten();
    let calls = items.flat_map(|(path, item)| {
        item.as_object().into_iter().flatten().map(move |(method, call)| (path, method, call))
    });
    calls
        .filter(|(_, _, call)| {
            call["tags"].as_array().is_some_and(|tags| tags.contains(&tag.into()))
        })
        .map(|(path, method, call)| read(path, method, call, origin))
        .collect()
}

fn read(path: &str, method: &str, call: &Value, origin: &Origin) -> Call {
    let content = &call["requestBody"]["content"]["application/json"];
    let parameters = call["parameters"].as_array().into_iter().flatten();
    let answers = call["responses"].as_object().into_iter().flatten().map(answer).collect();
    Call {
        slug: text(&call["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&call["summary"]),
        description: text(&call["description"]),
        parameters: parameters.map(|p| parameter(contract::resolve(p))).collect(),
        body: (!content.is_null()).then(|| kind(&content["schema"])),
        command: command(path, method, call, &content["example"], origin),
        answers,
        role: text(&call["x-least-role"]),
    }
}

fn parameter(parameter: &Value) -> Parameter {
    Parameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: kind(&parameter["schema"]),
        required: parameter["required"] == true,
        description: text(&parameter["description"]),
    }
}

fn answer((status, response): (&String, &Value)) -> Answer {
    let response = contract::resolve(response);
    let content = response["content"].as_object().and_then(|kinds| kinds.iter().next());
    let example = content.map(|(_, content)| &content["example"]).filter(|e| !e.is_null());
    let headers = response["headers"].as_object().into_iter().flatten();
    Answer {
        status: status.clone(),
        description: text(&response["description"]),
        media_type: content.map(|(media_type, _)| media_type.clone()).unwrap_or_default(),
        kind: content.map(|(_, content)| kind(&content["schema"])),
        headers: headers
            .map(|(name, header)| Header {
                name: name.clone(),
                description: text(&contract::resolve(header)["description"]),
            })
            .collect(),
        example: example.map(|example| format!("{example:#}")),
    }
}

/// A line for a shell, with the ids of the examples.
fn command(path: &str, method: &str, call: &Value, body: &Value, origin: &Origin) -> String {
    let known = &contract::document()["paths"]["/v1/runs/{id}"]["get"]["responses"]["200"];
    let run = known["content"]["application/json"]["example"]["id"].as_str();
    let mut address = path.replace("{id}", run.unwrap_or("{id}"));
    let required = call["parameters"].as_array().into_iter().flatten();
    let query: Vec<String> = required
        .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
        .map(|p| format!("{}={}", text(&p["name"]), p["example"].as_str().unwrap_or("…")))
        .collect();
    if !query.is_empty() {
        address = format!("{address}?{}", query.join("&"));
    }
    let origin = match call["x-least-role"].is_null() {
        true => &origin.open(),
        false => origin,
    };
    match (method, body) {
        ("get", _) => origin.curl(&address),
        (_, Value::Null) => format!("{} -X POST", origin.curl(&address)),
        _ => origin.curl_json(&address, body),
    }
}
