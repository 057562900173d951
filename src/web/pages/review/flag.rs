//! `/runs/{id}/flag`: sends a run to a queue, with a reason.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Person;
use crate::app::App;
use crate::domain::{QueueId, RunId};
use crate::store::{Flagged, StoreError};
use crate::web::pages::{Shell, page};
use crate::web::{Code, Error, Form, Query, RunPath};

/// Longest reason, in characters.
const MAX_REASON: usize = 500;

/// What `components/review_flag.html` shows: put it in a page as `flag`.
#[derive(Debug, Clone)]
pub struct FlagPart {
    pub run: RunId,
    /// Id and name of every open queue.
    pub queues: Vec<(String, String)>,
    pub queue: String,
    pub reason: String,
    pub fault: Option<String>,
}

impl FlagPart {
    /// The blank form.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(app: &App, run: RunId) -> Result<Self, StoreError> {
        let queues = app.store.reviews().queues().await?.into_iter().filter(|queue| queue.open);
        let queues = queues.map(|queue| (queue.id.to_string(), queue.settings.name)).collect();
        Ok(Self { run, queues, queue: String::new(), reason: String::new(), fault: None })
    }
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FlagForm {
    queue: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "pages/review_flag.html")]
struct FlagPage {
    shell: Shell,
    flag: FlagPart,
}

/// The step that it is about, where somebody comes from one: `?of=local&step=2`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FlagQuery {
    /// The solution, as the page of the run calls it.
    of: String,
    step: Option<u16>,
}

impl FlagQuery {
    /// How the reason begins.
    fn reason(&self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        match self.step {
            Some(step) if self.of.chars().all(plain) && self.of.len() <= 32 => {
                format!("{}, step {step}: ", self.of)
            }
            _ => String::new(),
        }
    }
}

/// The form by itself.
pub async fn show(
    State(app): State<App>,
    RunPath(run): RunPath,
    Query(query): Query<FlagQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    if app.store.runs().get(run).await?.is_none() {
        return Err(Error::no_run(&run.to_string()));
    }
    let flag = FlagPart { reason: query.reason(), ..FlagPart::of(&app, run).await? };
    page(&FlagPage { shell, flag })
}

/// Sends the run there. What cannot be sent comes back as it was typed.
pub async fn send(
    State(app): State<App>,
    RunPath(run): RunPath,
    person: Person,
    shell: Shell,
    Form(FlagForm { queue, reason }): Form<FlagForm>,
) -> Result<Response, Error> {
    let part = FlagPart::of(&app, run).await?;
    let again = |fault: &str| {
        let fault = Some(fault.to_owned());
        let flag = FlagPart { queue: queue.clone(), reason: reason.clone(), fault, ..part.clone() };
        let page = page(&FlagPage { shell: shell.clone(), flag })?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let words = reason.trim();
    if words.is_empty() {
        return again("say why it is worth a look");
    }
    if words.chars().count() > MAX_REASON {
        return again("at most 500 characters are allowed for the reason");
    }
    if words.chars().any(char::is_control) {
        return again("the reason must be one line without control characters");
    }
    let Ok(id) = queue.parse::<QueueId>() else { return again("choose a queue") };
    match app.store.reviews().flag(run, id, &person.id, words, app.clock.now()).await? {
        Flagged::Item(_) => Ok(Redirect::to(&format!("/review/queues/{id}")).into_response()),
        Flagged::NoRun => Err(Error::no_run(&run.to_string())),
        Flagged::NoQueue => again("this queue is gone; choose another"),
        Flagged::NothingToRate => {
            let detail = "the run has no solution with steps that could be rated";
            Err(Error::new(Code::Invalid, detail).field("/queue", "nothing_to_rate", detail))
        }
    }
}
