//! The forms, and how to tell them apart.

use serde_json::Value;

use super::field::{Field, Refusal};
use super::{Given, Stepwise, given, gsm8k, math_shepherd, prm800k, processbench, svamp, trl};

/// How a data set is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `{question, answer}` with steps, calculator marks and an answer line.
    Gsm8k,
    /// `{Body, Question, Answer}`.
    Svamp,
    /// `{problem, answer?, solution?}`: what `glore import` writes.
    Given,
    /// `{question: {problem}, label: {steps}}` with rated completions.
    Prm800k,
    /// `{input, label, task}` with a tag after each step.
    MathShepherd,
    /// `{problem, steps, label}`: also what `glore import` writes.
    ProcessBench,
    /// `{prompt, completions, labels}`: TRL's stepwise supervision.
    Stepwise,
}

/// What reads the records of a form.
pub(super) enum Reader {
    Given(fn(&Field<'_>) -> Result<Given, Refusal>),
    Stepwise(fn(&Field<'_>) -> Result<Stepwise, Refusal>),
}

impl Form {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Form; 7] = [
        Form::Prm800k,
        Form::Gsm8k,
        Form::Svamp,
        Form::MathShepherd,
        Form::ProcessBench,
        Form::Stepwise,
        Form::Given,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Form::Gsm8k => "gsm8k",
            Form::Svamp => "svamp",
            Form::Given => "given",
            Form::Prm800k => "prm800k",
            Form::MathShepherd => "math-shepherd",
            Form::ProcessBench => "processbench",
            Form::Stepwise => "stepwise",
        }
    }

    /// A form by its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The form that a record has by its fields; none when no form has them.
    pub fn guess(record: &Value) -> Option<Self> {
        let nested = record.get("question").is_some_and(Value::is_object);
        let fits = |form: &Form| {
            form.fields().iter().all(|name| record.get(name).is_some())
                && nested == (*form == Form::Prm800k)
                && !(*form == Form::Given && record.get("steps").is_some())
        };
        Self::ALL.into_iter().find(fits)
    }

    /// The fields that tell it.
    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Form::Gsm8k => &["question", "answer"],
            Form::Svamp => &["Body", "Question", "Answer"],
            Form::Given => &["problem"],
            Form::Prm800k => &["question", "label"],
            Form::MathShepherd => &["input", "label"],
            Form::ProcessBench => &["problem", "steps", "label"],
            Form::Stepwise => &["prompt", "completions", "labels"],
        }
    }

    pub(super) fn reader(self) -> Reader {
        match self {
            Form::Gsm8k => Reader::Given(gsm8k::read),
            Form::Svamp => Reader::Given(svamp::read),
            Form::Given => Reader::Given(given::read),
            Form::Prm800k => Reader::Stepwise(prm800k::read),
            Form::MathShepherd => Reader::Stepwise(math_shepherd::read),
            Form::ProcessBench => Reader::Stepwise(processbench::read),
            Form::Stepwise => Reader::Stepwise(trl::read),
        }
    }
}

/// "gsm8k {question, answer}, svamp {...}": every form with its fields.
pub(super) fn known() -> String {
    let one = |form: Form| format!("{} {{{}}}", form.name(), form.fields().join(", "));
    Form::ALL.map(one).join(", ")
}

/// "the fields a, b", for a message about a record of no known form.
pub(super) fn found(record: &Value) -> String {
    match record.as_object() {
        Some(object) if object.is_empty() => "no fields at all".to_owned(),
        Some(object) => {
            // Whether objects keep their order depends on how serde_json was built.
            let mut names: Vec<&str> = object.keys().map(String::as_str).collect();
            names.sort_unstable();
            format!("the fields {}", names.join(", "))
        }
        None => "something that is not an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_form_is_told_by_its_fields() {
        let records = [
            (json!({"question": "Q", "answer": "#### 1"}), Form::Gsm8k),
            (json!({"ID": "1", "Body": "B", "Question": "Q", "Answer": 1.0}), Form::Svamp),
            (json!({"question": {"problem": "Q"}, "label": {"steps": []}}), Form::Prm800k),
            (json!({"input": "Q", "label": "Q", "task": "T"}), Form::MathShepherd),
            (json!({"id": "1", "problem": "Q", "steps": [], "label": -1}), Form::ProcessBench),
            (json!({"prompt": "Q", "completions": [], "labels": []}), Form::Stepwise),
            (json!({"problem": "Q", "solution": "S"}), Form::Given),
            (json!({"problem": "Q"}), Form::Given),
        ];
        for (record, form) in records {
            assert_eq!(Form::guess(&record), Some(form), "{record}");
        }
        for record in [json!({"problem": "Q", "steps": []}), json!({"a": 1}), json!(3)] {
            assert_eq!(Form::guess(&record), None, "{record}");
        }
    }

    #[test]
    fn names_lead_back_to_forms() {
        for form in Form::ALL {
            assert_eq!(Form::named(form.name()), Some(form));
        }
        assert_eq!(Form::named("csv"), None);
    }
}
