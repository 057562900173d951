//! Saved views: `POST /runs/views` keeps a list with its filters under a name, `/runs/views/delete`
//! forgets it. Everybody sees all of them; a view is changed by who keeps it, or by an admin.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::query::RunsQuery;
use super::{Refused, list};
use crate::app::App;
use crate::domain::PersonRole;
use crate::store::{Keeper, MAX_VIEWS, ViewKept};
use crate::web::pages::{Shell, page};
use crate::web::{Error, Form, Person};

/// Longest name, in characters.
const MAX_NAME: usize = 60;

/// A name, and the list it is for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ViewForm {
    name: String,
    /// As [`RunsQuery::query`] writes it.
    query: String,
}

/// Keeps a view and leads to it.
pub async fn save(
    State(app): State<App>,
    person: Person,
    shell: Shell,
    Form(form): Form<ViewForm>,
) -> Result<Response, Error> {
    let query = read(&form.query);
    let name = form.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars = name.chars().count();
    let fault = if name.is_empty() {
        Some("a view needs a name".to_owned())
    } else if chars > MAX_NAME {
        Some(format!("at most {MAX_NAME} characters are allowed, {chars} were given"))
    } else if name.chars().any(char::is_control) {
        Some("control characters are not allowed".to_owned())
    } else {
        let views = app.store.views();
        match views.save(&name, &query.query(), keeper(&person), app.clock.now()).await? {
            ViewKept::Done => None,
            ViewKept::TooMany => {
                Some(format!("at most {MAX_VIEWS} views are kept; delete one first"))
            }
            ViewKept::OfAnother => {
                Some("somebody else keeps a view of this name; take another name".to_owned())
            }
        }
    };
    match fault {
        None => Ok(Redirect::to(&query.address()).into_response()),
        Some(fault) => {
            let refused = Some(Refused { name: form.name, fault });
            let list = list(&app, &query, shell, refused).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&list)?).into_response())
        }
    }
}

/// Forgets a view and leads back to the list that it was deleted from.
pub async fn delete(
    State(app): State<App>,
    person: Person,
    Form(form): Form<ViewForm>,
) -> Result<Redirect, Error> {
    if !app.store.views().delete(&form.name, keeper(&person)).await? {
        person.require(PersonRole::Admin)?;
    }
    Ok(Redirect::to(&read(&form.query).address()))
}

/// Somebody, as a keeper of views.
pub(super) fn keeper(person: &Person) -> Keeper {
    Keeper { id: person.id, admin: person.role >= PersonRole::Admin }
}

/// Only what is a filter is kept; anything else leads to the whole list.
pub(in crate::web::pages) fn read(query: &str) -> RunsQuery {
    let query = query.trim_start_matches('?');
    let uri = format!("/runs?{query}").parse().ok();
    let read = uri.and_then(|uri| axum::extract::Query::<RunsQuery>::try_from_uri(&uri).ok());
    read.map(|axum::extract::Query(query)| query.top()).unwrap_or_default()
}
