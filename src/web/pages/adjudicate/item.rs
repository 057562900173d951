//! One item: what people said, side by side, and the decision. Annotators must not see it: they rate
//! without knowing what others said.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::DecisionForm;
use super::view::ItemView;
use crate::app::App;
use crate::domain::annotation::{Decision, Outcome, Reviewed};
use crate::domain::{Invalid, PersonRole};
use crate::web::pages::{Shell, page};
use crate::web::{Code, Error, Person};

#[derive(Template)]
#[template(path = "pages/adjudicate_item.html")]
struct ItemPage {
    shell: Shell,
    item: ItemView,
    faults: Vec<Invalid>,
    /// Somebody handed in or took back while it was being decided.
    stale: bool,
    /// What somebody else decided while it was.
    meanwhile: Option<String>,
}

impl ItemPage {
    /// What is wrong with a field.
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.pointer == field).map(|fault| fault.detail.as_str())
    }
}

/// The id of an item in a path, whatever the text is: one that names no item is not found.
#[derive(Debug)]
pub struct ItemPath(pub String);

impl<S: Send + Sync> FromRequestParts<S> for ItemPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(id) =
            path.map_err(|rejection| Error::new(Code::BadRequest, rejection.body_text()))?;
        Ok(Self(id))
    }
}

/// The item with its decision, or a form that begins with what everybody agrees on.
pub async fn show(
    State(app): State<App>,
    person: Person,
    ItemPath(id): ItemPath,
    shell: Shell,
) -> Result<Response, Error> {
    person.require(PersonRole::Adjudicator)?;
    let item = find(&app, &id).await?;
    let form = DecisionForm::of(&item);
    page(&shown(&app, shell, &item, form, Vec::new(), false).await?)
}

/// Keeps the decision and goes back to the list. A form that cannot be used comes back as it was
/// sent.
pub async fn decide(
    State(app): State<App>,
    person: Person,
    ItemPath(id): ItemPath,
    shell: Shell,
    sent: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Error> {
    person.require(PersonRole::Adjudicator)?;
    let item = find(&app, &id).await?;
    let Form(pairs) = sent?;
    let form = DecisionForm::read(pairs, item.steps.len());
    if form.is_stale(&item) {
        return stale(&app, shell, &item, form).await;
    }
    match form.decision(&item, &named(&person)) {
        Err(faults) => {
            let again = shown(&app, shell, &item, form, faults, false).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
        }
        Ok(decision) => {
            if app.store.quality().decide(&decision, app.clock.now()).await?.is_none() {
                // Somebody was quicker between the look at the item and the writing.
                return stale(&app, shell, &find(&app, &id).await?, form).await;
            }
            let list = format!("/review/adjudicate?queue={}&decided={}", item.queue, item.item);
            Ok(Redirect::to(&list).into_response())
        }
    }
}

/// The form as it was typed, with what has changed meanwhile.
async fn stale(
    app: &App,
    shell: Shell,
    item: &Reviewed,
    mut form: DecisionForm,
) -> Result<Response, Error> {
    form.seen = DecisionForm::of(item).seen;
    let again = shown(app, shell, item, form, Vec::new(), true).await?;
    Ok((StatusCode::CONFLICT, page(&again)?).into_response())
}

/// What others decided meanwhile, in words.
fn decided(decision: &Decision, names: &BTreeMap<String, String>) -> String {
    let name = names.get(&decision.person).unwrap_or(&decision.person);
    let steps = decision.steps.iter().zip(1..).filter_map(|(said, step)| {
        said.rating.map(|rating| format!("step {step} {}", rating.as_str()))
    });
    let what = match decision.outcome {
        Outcome::BadProblem => vec!["a bad problem".to_owned()],
        _ => steps.collect(),
    };
    let comment = decision.comment.as_ref().map(|comment| format!(" (“{comment}”)"));
    format!("{name} decided: {}{}", what.join(", "), comment.unwrap_or_default())
}

/// What rows call a person: the id of a user, or `local`.
pub(super) fn named(person: &Person) -> String {
    person.id.map_or_else(|| person.name.clone(), |id| id.to_string())
}

pub(super) async fn find(app: &App, id: &str) -> Result<Reviewed, Error> {
    app.store.quality().item(id).await?.ok_or_else(|| {
        let shown: String = id.chars().take(80).collect();
        Error::new(Code::NotFound, format!("there is no item `{shown}`"))
    })
}

async fn shown(
    app: &App,
    shell: Shell,
    item: &Reviewed,
    form: DecisionForm,
    faults: Vec<Invalid>,
    stale: bool,
) -> Result<ItemPage, Error> {
    let people = item.submissions.iter().map(|submission| submission.person.clone());
    let people = people.chain(item.decision.iter().map(|decision| decision.person.clone()));
    let names = app.store.quality().names(people.collect()).await?;
    let meanwhile = item.decision.as_ref().filter(|_| stale).map(|d| decided(d, &names));
    let item = ItemView::new(item, form, &names, app.clock.now());
    Ok(ItemPage { shell, item, faults, stale, meanwhile })
}
