//! Just enough of JSON Schema to hold an answer against the document.
//!
//! Stricter in one way: a member that the document does not name is a fault, unless the schema says
//! what other members are.

use serde_json::Value;

/// Where a reference leads.
pub fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    pointer.map_or(value, |pointer| {
        document.pointer(pointer).expect("a reference that leads somewhere")
    })
}

/// Everything in which the value does not fit, with its place.
pub fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(document, schema, value, "", &mut faults);
    faults
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let schema = resolve(document, schema);
    let mut fault = |text: String| faults.push(format!("{at}: {text}"));
    if let Some(kinds) = schema["oneOf"].as_array() {
        let fits = |kind: &&Value| self::faults(document, kind, value).is_empty();
        let fitting = kinds.iter().filter(fits).count();
        if fitting != 1 {
            fault(format!("{value} fits {fitting} of {kinds:?}"));
        }
        return;
    }
    if !is_of(&schema["type"], value) {
        return fault(format!("{value} is not of type {}", schema["type"]));
    }
    if let Some(words) = schema["enum"].as_array().filter(|words| !words.contains(value)) {
        fault(format!("{value} is none of {words:?}"));
    }
    let beyond = |name: &str, wrong: fn(f64, f64) -> bool| {
        schema[name].as_f64().zip(value.as_f64()).is_some_and(|(bound, n)| wrong(n, bound))
    };
    if beyond("minimum", |n, least| n < least) || beyond("maximum", |n, most| n > most) {
        fault(format!("{value} is out of range"));
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str()) {
        // All our patterns begin with fixed letters: `^run_[0-9a-f]…`.
        let fixed: String =
            pattern[1..].chars().take_while(|c| c.is_alphabetic() || *c == '_').collect();
        if !text.starts_with(&fixed) {
            fault(format!("{text} does not begin with {fixed}"));
        }
    }
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            check(document, &schema["items"], item, &format!("{at}/{index}"), faults);
        }
    }
    if let Some(members) = value.as_object().filter(|_| !schema["type"].is_null()) {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !members.contains_key(name.as_str().expect("a name")) {
                faults.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, member) in members {
            let known = match &schema["properties"][name] {
                Value::Null => &schema["additionalProperties"],
                known => known,
            };
            match known {
                Value::Null | Value::Bool(false) if !extends(schema) => {
                    faults.push(format!("{at}: {name} is not documented"));
                }
                known => check(document, known, member, &format!("{at}/{name}"), faults),
            }
        }
    }
}

/// Problem documents may have members of their kind (RFC 9457, 3.2).
fn extends(schema: &Value) -> bool {
    schema["properties"]["instance"].is_object()
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| is_of(kind, value)),
        Value::String(kind) => match kind.as_str() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "string" => value.is_string(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{other} is no type"),
        },
        _ => true,
    }
}

#[test]
fn the_checker_sees_what_does_not_fit() {
    use serde_json::json;
    let schema = json!({
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": ["integer", "null"], "minimum": 1},
            "b": {"type": "array", "items": {"enum": ["x"], "type": "string"}},
            "c": {"oneOf": [{"type": "null"}, {"$ref": "#/d"}]},
        },
    });
    let document = json!({"d": {"type": "string", "pattern": "^run_[0-9]$"}});
    let faults = |value| faults(&document, &schema, &value);
    assert_eq!(faults(json!({"a": null, "b": ["x"], "c": "run_1"})), [""; 0]);
    for (value, says) in [
        (json!({}), "\"a\" is missing"),
        (json!({"a": "x"}), "/a: \"x\" is not of type"),
        (json!({"a": 0}), "/a: 0 is out of range"),
        (json!({"a": 1, "b": ["x", "y"]}), "/b/1: \"y\" is none of"),
        (json!({"a": 1, "c": "sol_1"}), "/c: \"sol_1\" fits 0 of"),
        (json!({"a": 1, "z": 1}), "z is not documented"),
    ] {
        let found = faults(value);
        assert!(found.len() == 1 && found[0].contains(says), "{says}: {found:?}");
    }
}
