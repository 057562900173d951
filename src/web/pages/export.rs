//! `GET /review/export`: labels as a file, with the options in the address, and the manifest of the
//! same options as another.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{Shell, page};
use crate::app::App;
use crate::domain::{Actor, PersonRole};
use crate::store::QueueName;
use crate::web::api::annotations::{self, ExportQuery, stream_of};
use crate::web::{Error, Person, Query};

/// One option with its values: value, words.
struct Choice {
    name: &'static str,
    label: &'static str,
    values: &'static [(&'static str, &'static str)],
}

const FORMS: &[(&str, &str)] = &[
    ("trl", "TRL stepwise: prompt, completions, labels"),
    ("prm800k", "PRM800K: a line a submission"),
    ("raw", "raw actions: everything that was done"),
    ("preference", "preference pairs: prompt, chosen, rejected"),
    ("labels", "labels: what was said of each step, and whether its score was shown"),
];

/// Options of the TRL form.
const CHOICES: [Choice; 4] = [
    Choice {
        name: "resolve",
        label: "Where people differ",
        values: &[
            ("majority", "most of them decide"),
            ("unanimous", "only what all say"),
            ("adjudicated", "only what an adjudicator decided"),
        ],
    },
    Choice {
        name: "neutral",
        label: "A rating of 0 is",
        values: &[
            ("positive", "right"),
            ("negative", "wrong"),
            ("drop", "a reason to leave the item out"),
        ],
    },
    Choice {
        name: "after_first_error",
        label: "After the first wrong step",
        values: &[("truncate", "cut off"), ("false", "call all steps wrong")],
    },
    Choice {
        name: "unrated",
        label: "A step without a label",
        values: &[("truncate", "ends the solution"), ("drop_item", "leaves the item out")],
    },
];

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PageQuery {
    queue: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/export.html")]
struct ExportPage {
    shell: Shell,
    queues: Vec<QueueName>,
    queue: String,
    forms: &'static [(&'static str, &'static str)],
    choices: [Choice; 4],
}

/// The form; what it asks for is sent by [`file`].
pub async fn show(
    State(app): State<App>,
    person: Person,
    Query(query): Query<PageQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    person.require(PersonRole::Adjudicator)?;
    let queues = app.store.quality().queues().await?;
    let queue = query.queue.unwrap_or_default();
    page(&ExportPage { shell, queues, queue, forms: FORMS, choices: CHOICES })
}

/// The file.
pub async fn file(
    State(app): State<App>,
    person: Person,
    actor: Actor,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Error> {
    person.require(PersonRole::Adjudicator)?;
    stream_of(app, &query, &actor).await
}

/// What the file of the same options holds: filters, counts, hash.
pub async fn manifest(
    app: State<App>,
    person: Person,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Error> {
    let form = query.form.as_str();
    let name = format!("attachment; filename=\"annotations-{form}.jsonl.manifest.json\"");
    let manifest = annotations::manifest(app, person, Query(query)).await?;
    let headers = [(CONTENT_DISPOSITION, name), (CACHE_CONTROL, "private, no-store".to_owned())];
    Ok((headers, manifest).into_response())
}
