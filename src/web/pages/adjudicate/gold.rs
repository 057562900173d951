//! Gold: a submission or a decision that people's ratings are held against from now on.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::item::{ItemPath, find};
use crate::app::App;
use crate::domain::{Actor, PersonRole};
use crate::web::{Code, Error, Form, Person};

/// Which labels; nothing takes the gold away.
#[derive(Debug, Deserialize)]
pub struct GoldForm {
    #[serde(default)]
    labels: String,
}

/// Marks the item and goes back to it.
pub async fn mark(
    State(app): State<App>,
    person: Person,
    actor: Actor,
    ItemPath(id): ItemPath,
    Form(GoldForm { labels }): Form<GoldForm>,
) -> Result<Response, Error> {
    person.require(PersonRole::Adjudicator)?;
    let item = find(&app, &id).await?;
    let labels = (!labels.is_empty()).then_some(labels.as_str());
    let now = app.clock.now();
    if !app.store.quality().mark_gold(&item.item, labels, &actor, now).await? {
        let shown: String = labels.unwrap_or_default().chars().take(80).collect();
        let detail = format!("nothing that was said of this item is called `{shown}`");
        return Err(Error::new(Code::NotFound, detail));
    }
    Ok(Redirect::to(&format!("/review/adjudicate/{}", item.item)).into_response())
}
