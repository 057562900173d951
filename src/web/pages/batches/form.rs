//! The form of a batch: text or a file, a name, settings.

use std::str::FromStr;

use axum::extract::Multipart;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::http::StatusCode;

use super::super::form::Fault;
use crate::config::Limits;
use crate::domain::{Priority, Strategy};
use crate::pipeline::Recipe;
use crate::store::BatchItem;
use crate::web::api::batches::BatchRequest;
use crate::web::{Code, Error, intake};

/// Every field as text, so that what was refused can be shown again; a file is shown as if it had
/// been pasted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchForm {
    pub problems: String,
    pub name: String,
    pub strategy: String,
    pub samples: String,
    pub seed: String,
    pub priority: String,
}

/// Names and labels, in the order of the form.
const LABELS: [(&str, &str); 6] = [
    ("problems", "Problems"),
    ("name", "Name"),
    ("strategy", "Strategy"),
    ("samples", "Samples"),
    ("seed", "Seed"),
    ("priority", "Priority"),
];

impl BatchForm {
    /// Reads the parts of the body. The limit on bodies holds for all of them together.
    ///
    /// # Errors
    /// A body that is cut off or too large, and bytes that are no text.
    pub async fn read(mut body: Multipart) -> Result<Self, Error> {
        let mut form = Self::default();
        let mut file = String::new();
        while let Some(part) = body.next_field().await? {
            let name = part.name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await?;
            let text = String::from_utf8(bytes.to_vec()).map_err(|e| {
                let at = e.utf8_error().valid_up_to();
                Error::new(Code::NotUtf8, format!("{name}: the byte at offset {at} is not UTF-8"))
            })?;
            match name.as_str() {
                "problems" => form.problems = text,
                "file" => file = text,
                "name" => form.name = text,
                "strategy" => form.strategy = text,
                "samples" => form.samples = text,
                "seed" => form.seed = text,
                "priority" => form.priority = text,
                _ => {}
            }
        }
        // A chosen file is newer than the text, which may be what was refused before.
        if !file.trim().is_empty() {
            form.problems = file;
        }
        Ok(form)
    }

    /// What it asks for.
    ///
    /// # Errors
    /// Every field that cannot be used.
    pub fn batch(&self, limits: &Limits) -> Result<Asked, Vec<Fault>> {
        let mut refused = Vec::new();
        let request = BatchRequest {
            strategy: chosen(&mut refused, "strategy", &self.strategy, Strategy::from_word),
            samples: number(&mut refused, "samples", &self.samples),
            seed: number(&mut refused, "seed", &self.seed),
            priority: chosen(&mut refused, "priority", &self.priority, Priority::from_word),
            ..BatchRequest::default()
        };
        let recipe = request.recipe(limits).map_err(|error| refused.extend(faults(&error))).ok();
        let items = intake::read(&self.problems)
            .map_err(|invalid| refused.extend(faults(&Error::invalid(invalid))))
            .ok();
        let priority = request.priority.unwrap_or(Priority::OF_BATCHES);
        match recipe.zip(items).filter(|_| refused.is_empty()) {
            Some((recipe, items)) => Ok(Asked { recipe, priority, items }),
            None => Err(refused),
        }
    }
}

/// What a form asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub recipe: Recipe,
    pub priority: Priority,
    pub items: Vec<BatchItem>,
}

/// One of the words of a list; nothing when none was chosen.
fn chosen<T>(
    refused: &mut Vec<Fault>,
    field: &str,
    word: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let word = word.trim();
    let value = read(word);
    if value.is_none() && !word.is_empty() {
        refused.push(fault(field, "choose one of those listed".to_owned()));
    }
    value
}

/// The fields that an error blames.
pub fn faults(error: &Error) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for (pointer, detail) in error.fields() {
        let name = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        match faults.iter_mut().find(|fault| fault.field == name) {
            Some(fault) => fault.detail = format!("{}; {detail}", fault.detail),
            None => faults.push(fault(name, detail.to_owned())),
        }
    }
    faults
}

fn fault(field: &str, detail: String) -> Fault {
    let label = LABELS.iter().find(|(name, _)| *name == field).map_or("Form", |(_, label)| label);
    Fault { field: field.to_owned(), label, detail }
}

fn number<T: FromStr>(refused: &mut Vec<Fault>, field: &str, text: &str) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let value = text.parse().ok();
    if value.is_none() {
        let shown: String = text.chars().take(40).collect();
        refused.push(fault(field, format!("must be a whole number; “{shown}” was given")));
    }
    value
}

impl From<MultipartRejection> for Error {
    fn from(rejection: MultipartRejection) -> Self {
        Error::new(Code::BadRequest, rejection.body_text())
    }
}

impl From<MultipartError> for Error {
    fn from(error: MultipartError) -> Self {
        let code = match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
            _ => Code::BadRequest,
        };
        Error::new(code, error.body_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named() {
        let form = BatchForm {
            problems: "a\u{7}\nb\u{7}".to_owned(),
            strategy: "magic".to_owned(),
            seed: "x".to_owned(),
            priority: "urgent".to_owned(),
            ..BatchForm::default()
        };
        let faults = form.batch(&Limits::default()).expect_err("refused");
        let named: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(named, ["strategy", "seed", "priority", "problems"]);
        assert!(faults[3].detail.contains("line 1") && faults[3].detail.contains("line 2"));
        let good = BatchForm { problems: "a\nb".to_owned(), ..BatchForm::default() };
        let asked = good.batch(&Limits::default()).expect("a batch");
        assert_eq!((asked.items.len(), asked.priority), (2, Priority::Low));
    }
}
