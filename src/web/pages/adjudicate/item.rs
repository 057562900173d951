//! One item: what people said, side by side, and the decision. Annotators must not see it: they rate
//! without knowing what others said.

use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::DecisionForm;
use super::standing::Standing;
use super::view::ItemView;
use crate::app::App;
use crate::domain::annotation::Reviewed;
use crate::domain::{Actor, Invalid, PersonRole};
use crate::store::Decided;
use crate::web::pages::{Shell, page};
use crate::web::{Code, Error, Form, Person};

#[derive(Template)]
#[template(path = "pages/adjudicate_item.html")]
struct ItemPage {
    shell: Shell,
    item: ItemView,
    faults: Vec<Invalid>,
    /// Something came between while it was being decided.
    stale: Option<Stale>,
}

/// What came between.
enum Stale {
    /// Somebody handed in or took back.
    Ratings,
    /// Somebody else decided, like this.
    Decision(Standing),
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
    page(&shown(&app, shell, &item, form, Vec::new()).await?)
}

/// Keeps the decision and goes back to the list. A form that cannot be used comes back as it was
/// sent.
pub async fn decide(
    State(app): State<App>,
    person: Person,
    actor: Actor,
    ItemPath(id): ItemPath,
    shell: Shell,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    person.require(PersonRole::Adjudicator)?;
    let item = find(&app, &id).await?;
    let form = DecisionForm::read(pairs, item.steps.len());
    let decision = match form.decision(&item) {
        Ok(decision) => decision,
        Err(faults) => {
            let again = shown(&app, shell, &item, form, faults).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response());
        }
    };
    match app.store.quality().decide(&decision, &actor, app.clock.now()).await? {
        Decided::Done(_) => {
            let list = format!("/review/adjudicate?queue={}&decided={}", item.queue, item.item);
            Ok(Redirect::to(&list).into_response())
        }
        Decided::Stale => overtaken(&app, shell, &id, form).await,
    }
}

/// The form as it was typed, about the item as it is now, with what came between.
async fn overtaken(
    app: &App,
    shell: Shell,
    id: &str,
    form: DecisionForm,
) -> Result<Response, Error> {
    let item = find(app, id).await?;
    let decided = form.is_overtaken(&item);
    let mut again = shown(app, shell, &item, form.anew(&item), Vec::new()).await?;
    let decision = item.decision.as_ref().filter(|_| decided);
    again.stale = Some(
        decision.map_or(Stale::Ratings, |decision| Stale::Decision(Standing::of(&item, decision))),
    );
    Ok((StatusCode::CONFLICT, page(&again)?).into_response())
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
) -> Result<ItemPage, Error> {
    let people = item.submissions.iter().map(|submission| submission.person.clone());
    let people = people.chain(item.decision.iter().map(|decision| decision.person.clone()));
    let names = app.store.quality().names(people.collect()).await?;
    let item = ItemView::new(item, form, &names, app.clock.now());
    Ok(ItemPage { shell, item, faults, stale: None })
}
