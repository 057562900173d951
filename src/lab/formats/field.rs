//! Fields of a JSON value, with errors that name them.

use serde_json::Value;

/// Longest piece of a value that a message quotes, in characters.
const QUOTED: usize = 60;

/// Why a record was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The file is not of its form: reading stops.
    Wrong { field: String, reason: String },
    /// The record is well formed but of no use: it is set aside.
    Useless(String),
}

/// A value and the way to it from the record: `label.steps[2].completions`.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    path: String,
    value: Option<&'a Value>,
}

impl<'a> Field<'a> {
    /// The record itself.
    pub(super) fn root(value: &'a Value) -> Self {
        Self { path: String::new(), value: Some(value) }
    }

    /// A field of an object.
    pub(super) fn at(&self, name: &str) -> Self {
        let path = match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        Self { path, value: self.value.and_then(|value| value.get(name)) }
    }

    /// Whether it is missing or null.
    pub(super) fn is_absent(&self) -> bool {
        self.value.is_none_or(Value::is_null)
    }

    /// A text.
    pub(super) fn text(&self) -> Result<&'a str, Refusal> {
        self.take("text", Value::as_str)
    }

    /// A text, a number or an absent value.
    pub(super) fn answer(&self) -> Result<Option<String>, Refusal> {
        match self.value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.expected("text or a number")),
        }
    }

    /// A whole number.
    pub(super) fn integer(&self) -> Result<i64, Refusal> {
        self.take("a whole number", Value::as_i64)
    }

    /// True or false; 1 and 0 are taken for them.
    pub(super) fn boolean(&self) -> Result<bool, Refusal> {
        self.take("true or false", |value| match value.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => value.as_bool(),
        })
    }

    /// The items of an array.
    pub(super) fn list(&self) -> Result<Vec<Field<'a>>, Refusal> {
        let items = self.take("an array", Value::as_array)?;
        let item = |(i, value)| Field { path: format!("{}[{i}]", self.path), value: Some(value) };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// A refusal of this field: "`path` reason".
    pub(super) fn wrong(&self, reason: impl Into<String>) -> Refusal {
        Refusal::Wrong { field: self.path.clone(), reason: reason.into() }
    }

    /// "`path` is VALUE, expected ..."
    pub(super) fn expected(&self, what: &str) -> Refusal {
        match self.value {
            None => self.wrong("is missing"),
            Some(value) => self.wrong(format!("is {}, expected {what}", quoted(value))),
        }
    }

    fn take<T>(&self, what: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<T, Refusal> {
        self.value.and_then(read).ok_or_else(|| self.expected(what))
    }
}

/// The beginning of a value as JSON.
fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reason(refused: Refusal) -> (String, String) {
        match refused {
            Refusal::Wrong { field, reason } => (field, reason),
            Refusal::Useless(reason) => (String::new(), reason),
        }
    }

    #[test]
    fn a_refusal_names_the_way_to_the_field_and_its_value() {
        let value = json!({"label": {"steps": [{"rating": "good"}]}});
        let steps = Field::root(&value).at("label").at("steps").list().expect("an array");
        let refused = steps[0].at("rating").integer().expect_err("no number");
        let expected = ("label.steps[0].rating", r#"is "good", expected a whole number"#);
        assert_eq!(reason(refused), (expected.0.to_owned(), expected.1.to_owned()));
        let missing = Field::root(&value).at("question").text().expect_err("not there");
        assert_eq!(reason(missing), ("question".to_owned(), "is missing".to_owned()));
    }

    #[test]
    fn long_values_are_cut() {
        let value = json!({"label": "\u{43a}".repeat(500)});
        let (_, reason) = reason(Field::root(&value).at("label").integer().expect_err("text"));
        assert!(reason.len() < 200 && reason.contains("..."), "{reason}");
    }
}
