//! Schemas in words: one table a type, one line a field.

use serde_json::Value;

use super::text;

/// A type: words, and the named schema that they end with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kind {
    pub words: String,
    pub schema: Option<String>,
}

/// A named type.
pub struct Schema {
    pub name: String,
    pub description: String,
    /// Of a type without fields: what it is.
    pub kind: Kind,
    pub fields: Vec<Field>,
}

/// A field of a type.
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub required: bool,
    pub description: String,
}

/// Every named type of the document.
pub(super) fn all(document: &Value) -> Vec<Schema> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    schemas.map(|(name, schema)| read(name, schema)).collect()
}

fn read(name: &str, schema: &Value) -> Schema {
    let required = schema["required"].as_array();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let fields: Vec<Field> = properties
        .map(|(name, field)| Field {
            name: name.clone(),
            kind: kind(field),
            required: required.is_some_and(|names| names.iter().any(|n| n == name.as_str())),
            description: text(&field["description"]),
        })
        .collect();
    let kind = if fields.is_empty() { kind(schema) } else { Kind::default() };
    Schema { name: name.to_owned(), description: text(&schema["description"]), kind, fields }
}

/// A schema in a few words.
pub(super) fn kind(schema: &Value) -> Kind {
    let plain = |words: String| Kind { words, schema: None };
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return Kind { words: String::new(), schema: Some(name.to_owned()) };
    }
    if let Some(kinds) = schema["oneOf"].as_array() {
        let or_null = kinds.iter().any(|kind| kind["type"] == "null");
        let mut inner =
            kinds.iter().find(|kind| kind["type"] != "null").map(kind).unwrap_or_default();
        if or_null {
            inner.words = format!("null or {}", inner.words);
        }
        return inner;
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        return plain(words.join(" | "));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => vec![one],
        _ => return plain("anything".to_owned()),
    };
    if types.contains(&"array") {
        let null = if types.contains(&"null") { "null or " } else { "" };
        let of = kind(&schema["items"]);
        return Kind { words: format!("{null}list of {}", of.words), schema: of.schema };
    }
    plain(format!("{}{}", types.join(" or "), bounds(schema)))
}

fn bounds(schema: &Value) -> String {
    let number = |name: &str| Some(&schema[name]).filter(|n| n.is_number());
    let mut bounds = match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(" from {least}"),
        (None, Some(most)) => format!(" to {most}"),
        (None, None) => String::new(),
    };
    if let Some(most) = number("maxLength") {
        bounds.push_str(&format!(" of at most {most} characters"));
    }
    if schema["format"] == "date-time" {
        bounds.push_str(", RFC 3339");
    }
    if let Some(given) = Some(&schema["default"]).filter(|given| !given.is_null()) {
        bounds.push_str(&format!(", {given} unless said otherwise"));
    }
    bounds
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_said_in_words() {
        let said = |schema: Value| {
            let Kind { words, schema } = kind(&schema);
            format!("{words}{}", schema.map(|name| format!("[{name}]")).unwrap_or_default())
        };
        let cases = [
            (json!({"$ref": "#/components/schemas/Run"}), "[Run]"),
            (json!({"type": "array", "items": {"$ref": "#/x/Step"}}), "list of [Step]"),
            (json!({"oneOf": [{"type": "null"}, {"$ref": "#/x/P"}]}), "null or [P]"),
            (json!({"type": ["integer", "null"], "minimum": 0}), "integer or null from 0"),
            (
                json!({"type": "integer", "minimum": 1, "maximum": 9, "default": 2}),
                "integer from 1 to 9, 2 unless said otherwise",
            ),
            (json!({"enum": ["a", "b"], "type": "string"}), "a | b"),
            (json!({}), "anything"),
        ];
        for (schema, words) in cases {
            assert_eq!(said(schema), words);
        }
    }
}
