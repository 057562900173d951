//! `GET /batches`: many problems at once, pasted or as a file. `one.rs` is the page of a batch.

mod form;
mod one;

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::form::{Asked, BatchForm};
use super::components::When;
use super::form::Fault;
use super::{Shell, page};
use crate::app::App;
use crate::domain::{BatchId, Priority, Strategy};
use crate::store::{Batch, MAX_ITEMS};
use crate::web::api::batches::keep;
use crate::web::{Error, Query};

pub use one::{cancel, live, prioritise, show};

/// Batches of one page.
const PAGE: usize = 20;

/// Where to go on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BatchesQuery {
    after: Option<BatchId>,
}

/// A batch in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    id: String,
    name: String,
    status: &'static str,
    priority: &'static str,
    ended: usize,
    total: usize,
    right: usize,
    judged: usize,
    when: When,
}

#[derive(Template)]
#[template(path = "pages/batches.html")]
struct BatchesPage {
    shell: Shell,
    form: BatchForm,
    faults: Vec<Fault>,
    rows: Vec<Row>,
    older: Option<String>,
    max_items: usize,
    max_bytes: usize,
}

impl BatchesPage {
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.detail.as_str())
    }

    fn strategies(&self) -> Vec<(&'static str, &'static str, bool)> {
        let all = Strategy::ALL.iter().map(|strategy| {
            let word = strategy.as_str();
            (word, super::runs::strategy(*strategy), word == self.form.strategy)
        });
        all.collect()
    }

    fn priorities(&self) -> [(&'static str, bool); 3] {
        let chosen = Priority::from_word(&self.form.priority).unwrap_or(Priority::OF_BATCHES);
        Priority::ALL.map(|priority| (priority.as_str(), priority == chosen))
    }
}

/// The form, and the batches there are.
pub async fn list(
    State(app): State<App>,
    Query(query): Query<BatchesQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    page(&batches(&app, shell, query.after, BatchForm::default()).await?)
}

/// Takes a batch and leads to it. What cannot be used comes back as it was typed.
pub async fn create(
    State(app): State<App>,
    shell: Shell,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Response, Error> {
    let form = BatchForm::read(body?).await?;
    let limits = &app.config.limits;
    let refused = match form.batch(limits) {
        Ok(Asked { recipe, priority, items }) => {
            match keep(&app, &form.name, &recipe, priority, items).await {
                Ok(batch) => {
                    return Ok(Redirect::to(&format!("/batches/{}", batch.id)).into_response());
                }
                Err(error) if error.fields().next().is_some() => form::faults(&error),
                Err(error) => return Err(error),
            }
        }
        Err(faults) => faults,
    };
    let again = BatchesPage { faults: refused, ..batches(&app, shell, None, form).await? };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
}

async fn batches(
    app: &App,
    shell: Shell,
    after: Option<BatchId>,
    form: BatchForm,
) -> Result<BatchesPage, Error> {
    let found = app.store.batches().list(after, PAGE).await?;
    let now = app.clock.now();
    let row = |batch: &Batch| Row {
        id: batch.id.to_string(),
        name: batch.name.clone(),
        status: one::status_word(batch.status),
        priority: batch.priority.as_str(),
        ended: batch.ended(),
        total: batch.total,
        right: batch.right,
        judged: batch.right + batch.wrong,
        when: When::new(batch.created_at, now),
    };
    Ok(BatchesPage {
        shell,
        form,
        faults: Vec::new(),
        rows: found.data.iter().map(row).collect(),
        older: found.next.map(|id| format!("/batches?after={id}")),
        max_items: MAX_ITEMS,
        max_bytes: app.config.server.max_body_bytes,
    })
}
