//! `GET /batches/{id}`: how far a batch is, and its results.

use askama::Template;
use axum::extract::State;
use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::components::{Urgency, When};
use super::super::priority::PriorityForm;
use super::super::run::HX_REQUEST;
use super::super::{Shell, page, static_files};
use crate::app::App;
use crate::domain::{Actor, Priority, Timestamp};
use crate::store::{Batch, BatchStatus};
use crate::web::api::batches::{cancel as api, get, priority};
use crate::web::{BatchPath, Error, Form, Query};

/// What the page shows already.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LiveQuery {
    seen: Option<usize>,
}

/// A batch as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BatchView {
    id: String,
    name: String,
    status: &'static str,
    at_work: bool,
    can_cancel: bool,
    priority: &'static str,
    /// While something of it may still wait.
    urgency: Option<Urgency>,
    total: usize,
    begun: usize,
    ended: usize,
    completed: usize,
    failed: usize,
    cancelled: usize,
    right: usize,
    wrong: usize,
    percent: usize,
    /// Changes when anything above does.
    seen: usize,
    when: When,
}

impl BatchView {
    fn new(batch: &Batch, now: Timestamp) -> Self {
        let at_work = matches!(batch.status, BatchStatus::Running | BatchStatus::Cancelling);
        let running = batch.status == BatchStatus::Running;
        let urgency = Urgency::new(format!("/batches/{}", batch.id), batch.priority);
        let progress = batch.begun + batch.ended() + usize::from(!at_work);
        let rank = Priority::ALL.iter().filter(|lower| **lower < batch.priority).count();
        Self {
            id: batch.id.to_string(),
            name: batch.name.clone(),
            status: status_word(batch.status),
            at_work,
            can_cancel: running,
            priority: batch.priority.as_str(),
            urgency: running.then_some(urgency),
            total: batch.total,
            begun: batch.begun,
            ended: batch.ended(),
            completed: batch.completed,
            failed: batch.failed,
            cancelled: batch.cancelled,
            right: batch.right,
            wrong: batch.wrong,
            percent: batch.ended() * 100 / batch.total.max(1),
            seen: progress * Priority::ALL.len() + rank,
            when: When::new(batch.created_at, now),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/batch.html")]
struct BatchPage {
    shell: Shell,
    batch: BatchView,
}

impl BatchPage {
    fn htmx(&self) -> String {
        static_files::url(static_files::HTMX)
    }
}

/// The part of the page that changes.
#[derive(Template)]
#[template(path = "components/batch_state.html")]
struct BatchState {
    batch: BatchView,
}

/// The whole page.
pub async fn show(
    State(app): State<App>,
    BatchPath(id): BatchPath,
    shell: Shell,
) -> Result<Response, Error> {
    let batch = BatchView::new(&get::one(&app, id).await?, app.clock.now());
    page(&BatchPage { shell, batch })
}

/// The part that changes, for the page that polls it; 204 while nothing has changed.
pub async fn live(
    State(app): State<App>,
    BatchPath(id): BatchPath,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut response = if headers.contains_key(HX_REQUEST) {
        let batch = BatchView::new(&get::one(&app, id).await?, app.clock.now());
        if batch.at_work && query.seen == Some(batch.seen) {
            StatusCode::NO_CONTENT.into_response()
        } else {
            page(&BatchState { batch })?
        }
    } else {
        Redirect::to(&format!("/batches/{id}")).into_response()
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static(HX_REQUEST));
    Ok(response)
}

/// Ends the batch and shows it.
pub async fn cancel(
    State(app): State<App>,
    BatchPath(id): BatchPath,
    actor: Actor,
) -> Result<Redirect, Error> {
    api::cancel(&app, id, &actor).await?;
    Ok(Redirect::to(&format!("/batches/{id}")))
}

/// Makes what waits of it more or less urgent and shows it; where nothing waits any more it is just
/// shown.
pub async fn prioritise(
    State(app): State<App>,
    BatchPath(id): BatchPath,
    Form(form): Form<PriorityForm>,
) -> Result<Redirect, Error> {
    priority::set(&app, id, form.priority()?).await?;
    Ok(Redirect::to(&format!("/batches/{id}")))
}

/// What a status is called.
pub(super) fn status_word(status: BatchStatus) -> &'static str {
    match status {
        BatchStatus::Running => "at work",
        BatchStatus::Cancelling => "being cancelled",
        BatchStatus::Completed => "done",
        BatchStatus::Cancelled => "cancelled",
    }
}
