//! The settings of a queue, as they were typed and as they were meant.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::queue::no_queue;
use crate::app::App;
use crate::domain::review::{Mode, QueueSettings, Rule, Suggestions, Weights, check_guidelines};
use crate::domain::{Actor, Invalid, QueueId};
use crate::store::{Queue, Saved};
use crate::web::id_path::IdPath;
use crate::web::pages::{Shell, page};
use crate::web::{Error, Form};

/// Begins the guidelines of a new queue: PRM800K's rubric in our words.
const RUBRIC: &str = "Wrong (−1): there is an error, or the step cannot be checked in half a minute.\n\
    Fine (0): no error, but no progress either.\n\
    Good (+1): right, clear, and a step towards the answer.\n\
    Unsure: somebody else should look. Do not guess.\n\
    Judge the substance, not the style. A last step is wrong if the solution is not complete, even \
    when the number is right.";

/// What is wrong with one field.
struct Fault {
    field: String,
    detail: String,
}

/// Every field as text, so that what was refused can be shown again.
struct QueueForm(HashMap<String, String>);

/// What a form asks for.
struct Wish {
    settings: QueueSettings,
    guidelines: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "pages/review_form.html")]
struct FormPage {
    shell: Shell,
    /// None for a new queue.
    id: Option<QueueId>,
    form: QueueForm,
    version: usize,
    faults: Vec<Fault>,
}

impl FormPage {
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.detail.as_str())
    }

    fn action(&self) -> String {
        self.id.map_or("/review/queues".to_owned(), |id| format!("/review/queues/{id}/settings"))
    }

    fn rules(&self) -> Vec<Rule> {
        Weights::rules().collect()
    }
}

impl QueueForm {
    fn of(settings: &QueueSettings, guidelines: &str, open: bool) -> Self {
        let mut fields = HashMap::new();
        let mut put = |name: &str, value: String| fields.insert(name.to_owned(), value);
        put("name", settings.name.clone());
        put("random_share", format!("{}", (settings.random_share * 1e4).round() / 100.0));
        put("overlap", settings.overlap.to_string());
        put("mode", settings.mode.as_str().to_owned());
        put("suggestions", settings.suggestions.as_str().to_owned());
        put("lease_minutes", settings.lease_minutes.to_string());
        put("guidelines", guidelines.to_owned());
        if open {
            put("open", "1".to_owned());
        }
        for rule in Weights::rules() {
            put(rule.as_str(), settings.weights.of(rule).to_string());
        }
        Self(fields)
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn weight(&self, rule: &Rule) -> &str {
        self.get(rule.as_str())
    }

    fn number(&self, name: &str, faults: &mut Vec<Fault>) -> f64 {
        let text = self.get(name).trim();
        text.parse().unwrap_or_else(|_| {
            let shown: String = text.chars().take(40).collect();
            let detail = format!("must be a number; “{shown}” was given");
            faults.push(Fault { field: name.to_owned(), detail });
            0.0
        })
    }

    /// What it asks for, or every field that cannot be used.
    fn wish(&self) -> Result<Wish, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut weights = Weights::default();
        for rule in Weights::rules() {
            weights.set(rule, self.number(rule.as_str(), &mut faults));
        }
        let mut whole = |name: &str| {
            let value = self.number(name, &mut faults);
            // Anything that is no whole number of people or minutes is out of range.
            if value.fract() == 0.0 { value.clamp(0.0, 1e6) as usize } else { 0 }
        };
        let (overlap, lease_minutes) = (whole("overlap"), whole("lease_minutes"));
        let settings = QueueSettings {
            name: self.get("name").trim().to_owned(),
            weights,
            random_share: self.number("random_share", &mut faults) / 100.0,
            overlap,
            mode: Mode::from_word(self.get("mode")).unwrap_or(Mode::FirstError),
            suggestions: Suggestions::from_word(self.get("suggestions"))
                .unwrap_or(Suggestions::After),
            lease_minutes,
        };
        // Browsers send line ends as CR LF.
        let guidelines = self.get("guidelines").replace("\r\n", "\n").trim_end().to_owned();
        let refused = settings.check().err().into_iter().flatten();
        faults.extend(refused.chain(check_guidelines(&guidelines).err()).map(fault));
        faults.dedup_by(|a, b| a.field == b.field);
        let open = self.0.contains_key("open");
        if faults.is_empty() { Ok(Wish { settings, guidelines, open }) } else { Err(faults) }
    }
}

fn fault(refused: Invalid) -> Fault {
    let field = refused.pointer.rsplit('/').next().unwrap_or_default().to_owned();
    let detail = match field.as_str() {
        "random_share" => "must lie between 0 and 100 %".to_owned(),
        _ => refused.detail,
    };
    Fault { field, detail }
}

/// `GET /review/queues/new`.
pub async fn new(shell: Shell) -> Result<Response, Error> {
    let settings = QueueSettings { name: "First look".to_owned(), ..QueueSettings::default() };
    let form = QueueForm::of(&settings, RUBRIC, true);
    page(&FormPage { shell, id: None, form, version: 0, faults: Vec::new() })
}

/// `GET /review/queues/{id}/settings`.
pub async fn edit(
    State(app): State<App>,
    IdPath(id): IdPath<QueueId>,
    shell: Shell,
) -> Result<Response, Error> {
    let queue = app.store.reviews().queue(id).await?.ok_or_else(|| no_queue(id))?;
    let Queue { settings, guidelines, open, .. } = queue;
    let form = QueueForm::of(&settings, &guidelines.text, open);
    page(&FormPage { shell, id: Some(id), form, version: guidelines.version, faults: Vec::new() })
}

/// `POST /review/queues`.
pub async fn create(
    State(app): State<App>,
    actor: Actor,
    shell: Shell,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, Error> {
    let form = QueueForm(fields);
    let saved = match form.wish() {
        Err(faults) => return again(FormPage { shell, id: None, form, version: 0, faults }),
        Ok(wish) => {
            let reviews = app.store.reviews();
            reviews.create(&wish.settings, &wish.guidelines, &actor, app.clock.now()).await?
        }
    };
    answer(saved, FormPage { shell, id: None, form, version: 0, faults: Vec::new() })
}

/// `POST /review/queues/{id}/settings`.
pub async fn update(
    State(app): State<App>,
    IdPath(id): IdPath<QueueId>,
    actor: Actor,
    shell: Shell,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, Error> {
    let form = QueueForm(fields);
    let reviews = app.store.reviews();
    let queue = reviews.queue(id).await?.ok_or_else(|| no_queue(id))?;
    let version = queue.guidelines.version;
    let saved = match form.wish() {
        Err(faults) => return again(FormPage { shell, id: Some(id), form, version, faults }),
        Ok(Wish { settings, guidelines, open }) => {
            let now = app.clock.now();
            reviews.update(id, &settings, open, &guidelines, &actor, now).await?
        }
    };
    answer(saved, FormPage { shell, id: Some(id), form, version, faults: Vec::new() })
}

fn answer(saved: Saved, mut form: FormPage) -> Result<Response, Error> {
    match saved {
        Saved::Done(id) => Ok(Redirect::to(&format!("/review/queues/{id}")).into_response()),
        Saved::Missing => Err(form.id.map_or_else(
            || Error::new(crate::web::Code::NotFound, "there is no such queue"),
            no_queue,
        )),
        Saved::NameTaken => {
            let detail = "another queue has this name".to_owned();
            form.faults.push(Fault { field: "name".to_owned(), detail });
            again(form)
        }
    }
}

fn again(form: FormPage) -> Result<Response, Error> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&form)?).into_response())
}
