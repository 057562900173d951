//! What is the same for many calls and would be forgotten in one of them: refusals, headers, keys.

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::domain::PersonRole;
use crate::web::rights::{self, Least, Said};
use crate::web::{Code, openai};

/// Before the status in the name of a refusal in OpenAI's form.
const OPENAI: &str = "openai-";

/// Adds it to every operation; `makes_runs` are the paths whose calls go through the gate.
pub(super) fn complete(document: &mut Value, makes_runs: &[String]) {
    let components = &mut document["components"];
    components["responses"] = with_openai(refusals());
    components["headers"] = headers();
    components["parameters"] = json!({ "IdempotencyKey": {
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "Chosen by the client, a new one for each run it wants. The same request \
            with the same key is answered with the first answer for 24 hours, another request with \
            it is refused. Refusals with 400, 406, 413, 415, 429 or 5xx do not use it up.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
    } });
    components["securitySchemes"] = json!({ "bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "glr_ and 56 hexadecimal digits",
        "description": "A token of a user, made on the page `/me` or by `glore token add`. While a \
            server has no users it needs none and looks at none.",
    } });
    for (path, item) in members(&mut document["paths"]) {
        for (method, operation) in members(item) {
            complete_one(path, operation, method == "post" && makes_runs.contains(path));
            secure_one(path, method, operation);
            if openai::speaks_at(path) {
                speak_openai(operation);
            }
        }
    }
}

/// Who may call it, from the table of rights.
fn secure_one(path: &str, method: &str, operation: &mut Value) {
    let method = method.to_uppercase().parse().unwrap_or(Method::GET);
    let role = match rights::least(path, &method) {
        Said::Least(Least::Role(role) | Least::Session(role)) => role,
        Said::Least(Least::Metrics) => PersonRole::Admin,
        _ => {
            operation["security"] = json!([]);
            return;
        }
    };
    operation["security"] = json!([{ "bearer": [] }]);
    operation["x-least-role"] = json!(role);
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for status in ["401", "403"] {
        let shared = json!({ "$ref": format!("#/components/responses/{status}") });
        responses.entry(status).or_insert(shared);
    }
}

fn complete_one(path: &str, operation: &mut Value, makes_run: bool) {
    let has_body = !operation["requestBody"].is_null();
    let has_id = path.contains("{id}");
    let mut has_query = false;
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in &mut parameters {
        has_query |= parameter["in"] == "query";
        leave_out_null(&mut parameter["schema"]);
    }
    if makes_run {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    for (status, response) in members(&mut operation["responses"]) {
        let is_refusal = status.starts_with(['4', '5']);
        if is_refusal && response["content"].is_null() {
            response["content"] = problem();
        }
        for name in names(status, makes_run && !is_refusal) {
            response["headers"][*name] = json!({ "$ref": format!("#/components/headers/{name}") });
        }
    }
    let refusals = [
        ("400", true),
        ("404", has_id),
        ("406", true),
        ("408", has_body),
        ("409", makes_run),
        ("413", has_body),
        ("415", has_body),
        ("422", has_body || has_query),
        ("429", makes_run),
        ("500", true),
        ("503", true),
        ("504", makes_run),
        ("default", true),
    ];
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, _) in refusals.into_iter().filter(|(_, can_be)| *can_be) {
        let shared = json!({ "$ref": format!("#/components/responses/{status}") });
        responses.entry(status).or_insert(shared);
    }
}

/// A header or a query cannot hold null.
fn leave_out_null(schema: &mut Value) {
    let is_null = |kind: &Value| kind == "null" || kind["type"] == "null";
    for word in ["type", "oneOf"] {
        let Some(kinds) = schema.get_mut(word).and_then(Value::as_array_mut) else { continue };
        kinds.retain(|kind| !is_null(kind));
        let left = kinds.pop().filter(|_| kinds.is_empty());
        match (word, left) {
            ("type", Some(kind)) => schema["type"] = kind,
            (_, Some(kind)) => *schema = kind,
            _ => {}
        }
    }
}

fn names(status: &str, makes_run: bool) -> &'static [&'static str] {
    match (makes_run, status) {
        (true, _) => &["X-Request-Id", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed"],
        (false, "503") => &["X-Request-Id", "Retry-After"],
        (false, _) => &["X-Request-Id"],
    }
}

fn problem() -> Value {
    json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } })
}

/// One response a status, which lists the words of that status; `default` stands for all.
fn refusals() -> Value {
    let mut refusals = Map::new();
    for code in Code::ALL {
        let (status, word, title) = code.row();
        let line = format!("`{word}`: {title}");
        let entry = refusals.entry(status.as_str()).or_insert_with(|| json!({ "description": "" }));
        let before = entry["description"].as_str().filter(|text| !text.is_empty());
        entry["description"] = json!(before.map_or(line.clone(), |text| format!("{text}; {line}")));
    }
    refusals.insert("default".to_owned(), json!({ "description": "Any other refusal" }));
    for (status, response) in &mut refusals {
        response["content"] = problem();
        response["headers"] =
            json!({ "X-Request-Id": { "$ref": "#/components/headers/X-Request-Id" } });
        if matches!(status.as_str(), "429" | "503") {
            response["headers"]["Retry-After"] =
                json!({ "$ref": "#/components/headers/Retry-After" });
        }
        if status == "401" {
            response["headers"]["WWW-Authenticate"] =
                json!({ "$ref": "#/components/headers/WWW-Authenticate" });
        }
    }
    Value::Object(refusals)
}

/// The same refusals in OpenAI's form beside them, but for the statuses that are 400 there.
fn with_openai(mut refusals: Value) -> Value {
    let Some(all) = refusals.as_object_mut() else { return refusals };
    let theirs: Vec<_> = all
        .iter()
        .filter(|(status, _)| !["409", "422"].contains(&status.as_str()))
        .map(|(status, response)| {
            let mut response = response.clone();
            let schema = json!({ "$ref": "#/components/schemas/OpenAiError" });
            response["content"] = json!({ "application/json": { "schema": schema } });
            (format!("{OPENAI}{status}"), response)
        })
        .collect();
    all.extend(theirs);
    refusals
}

/// What a call that OpenAI's clients make is refused with.
fn speak_openai(operation: &mut Value) {
    let makes_a_run = !operation["requestBody"].is_null();
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    responses.retain(|status, _| !["409", "422"].contains(&status.as_str()));
    let more = ["404", "429", "504"].into_iter().filter(|_| makes_a_run).map(str::to_owned);
    let refused = responses.keys().filter(|status| !status.starts_with('2')).cloned();
    for status in refused.chain(more).collect::<Vec<_>>() {
        let shared = json!({ "$ref": format!("#/components/responses/{OPENAI}{status}") });
        responses.insert(status, shared);
    }
}

fn headers() -> Value {
    let header = |description: &str, kind: &str| json!({ "description": description, "schema": { "type": kind } });
    json!({
        "X-Request-Id": header("The client's own, if it sent one that can be logged; else a new one", "string"),
        "Retry-After": header("Seconds after which to try again", "integer"),
        "WWW-Authenticate": header("`Bearer`, with what is wrong with a token that was sent", "string"),
        "RateLimit": header("Places left now, and seconds until one is free when none is", "string"),
        "RateLimit-Policy": header("Runs that may be at work or wait at once", "string"),
        "Idempotency-Replayed": header("`true` on an answer that was given before", "string"),
    })
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_left_out_of_parameters() {
        let cases = [
            (
                json!({"type": ["integer", "null"], "minimum": 1}),
                json!({"type": "integer", "minimum": 1}),
            ),
            (json!({"oneOf": [{"type": "null"}, {"$ref": "#/x"}]}), json!({"$ref": "#/x"})),
            (json!({"type": "string"}), json!({"type": "string"})),
        ];
        for (mut schema, expected) in cases {
            leave_out_null(&mut schema);
            assert_eq!(schema, expected);
        }
    }

    #[test]
    fn every_word_stands_under_its_status() {
        let refusals = refusals();
        for code in Code::ALL {
            let (status, word, _) = code.row();
            let text = refusals[status.as_str()]["description"].as_str().expect("a description");
            assert!(text.contains(&format!("`{word}`")), "{text}");
        }
    }
}
