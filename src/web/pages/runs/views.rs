//! Saved views: `POST /runs/views` keeps a list with its filters under a name, `/runs/views/delete`
//! forgets it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::query::RunsQuery;
use super::{Refused, list};
use crate::app::App;
use crate::store::{MAX_VIEWS, SavedView};
use crate::web::pages::{Shell, page};
use crate::web::{Error, Form};

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
        let view = SavedView { name, query: query.query() };
        let kept = app.store.views().save(&view, app.clock.now()).await?;
        (!kept).then(|| format!("at most {MAX_VIEWS} views are kept; delete one first"))
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
pub async fn delete(State(app): State<App>, Form(form): Form<ViewForm>) -> Result<Redirect, Error> {
    app.store.views().delete(&form.name).await?;
    Ok(Redirect::to(&read(&form.query).address()))
}

/// Only what is a filter is kept; anything else leads to the whole list.
pub(in crate::web::pages) fn read(query: &str) -> RunsQuery {
    let query = query.trim_start_matches('?');
    let uri = format!("/runs?{query}").parse().ok();
    let read = uri.and_then(|uri| axum::extract::Query::<RunsQuery>::try_from_uri(&uri).ok());
    read.map(|axum::extract::Query(query)| query.top()).unwrap_or_default()
}
