//! `GET /review/queues/{id}`: one queue, its items and why they are there.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Person, today};
use crate::app::App;
use crate::domain::review::{Mode, QueueSettings, Suggestions};
use crate::domain::{Actor, ItemId, PersonRole, QueueId, SubmissionId};
use crate::store::{Mine, Queue};
use crate::web::id_path::IdPath;
use crate::web::pages::components::one_line;
use crate::web::pages::{Shell, page};
use crate::web::{self, Code, Error, Query};

/// Items on one page.
const ITEMS: usize = 50;
/// Runs looked at by one press of the button.
const FILL: usize = 500;

/// What the address says besides the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct QueueQuery {
    after: Option<String>,
    done: Option<String>,
    /// What was handed in last.
    saved: Option<String>,
    /// Nothing waits for the reader.
    empty: Option<String>,
    looked: Option<usize>,
    entered: Option<usize>,
    more: Option<bool>,
}

struct Why {
    rule: &'static str,
    sentence: String,
}

struct Row {
    id: String,
    run: String,
    problem: String,
    whys: Vec<Why>,
    /// People who rated it.
    done: usize,
    held: bool,
}

#[derive(Template)]
#[template(path = "pages/review_queue.html")]
struct QueuePage {
    shell: Shell,
    queue: Queue,
    about: String,
    mine: Mine,
    rows: Vec<Row>,
    done: bool,
    older: Option<String>,
    saved: Option<String>,
    empty: bool,
    filled: Option<String>,
    /// Details would tell the reader what the models think before they have rated.
    hidden: bool,
    /// How many people rated each item. While an item waits this would tell which ones are gold:
    /// those that wait for more people than the queue asks.
    counted: bool,
}

/// No queue has this id.
pub fn no_queue(id: QueueId) -> Error {
    Error::new(Code::NotFound, format!("there is no queue `{id}`"))
}

/// How a queue works, in a line.
pub fn about(settings: &QueueSettings) -> String {
    let mode = match settings.mode {
        Mode::FirstError => "stops at the first wrong step",
        Mode::PerStep => "every step",
    };
    let scores = match settings.suggestions {
        Suggestions::Before => "scores shown",
        Suggestions::After => "scores shown once rated",
        Suggestions::Never => "scores hidden",
    };
    let people = match settings.overlap {
        1 => "1 person an item".to_owned(),
        n => format!("{n} people an item"),
    };
    format!("{mode} · {scores} · {people} · {:.0} % at random", settings.random_share * 100.0)
}

/// The queue.
pub async fn show(
    State(app): State<App>,
    IdPath(id): IdPath<QueueId>,
    Query(query): Query<QueueQuery>,
    reader: web::Person,
    shell: Shell,
) -> Result<Response, Error> {
    let counted = query.done.is_some() || reader.role >= PersonRole::Adjudicator;
    let person = Person::from(reader);
    let reviews = app.store.reviews();
    let queue = reviews.queue(id).await?.ok_or_else(|| no_queue(id))?;
    let now = app.clock.now();
    let done = query.done.is_some();
    let after = query.after.as_deref().and_then(|id| id.parse::<ItemId>().ok());
    let items = reviews.items(id, !done, after, ITEMS, now).await?;
    let hidden = queue.settings.suggestions != Suggestions::Before && !done;
    let rows = items.data.into_iter().map(|row| Row {
        id: row.item.id.to_string(),
        run: row.item.run.to_string(),
        problem: one_line(&row.problem, 120),
        whys: row
            .item
            .reasons
            .iter()
            .map(|reason| Why {
                rule: reason.rule().words(),
                // What others said is for those who have handed the item in, on its page.
                sentence: match hidden || reason.is_of_people() {
                    true => String::new(),
                    false => reason.sentence(),
                },
            })
            .collect(),
        done: row.item.done,
        held: row.held,
    });
    let rows = rows.collect();
    let marker = if done { "&done=1" } else { "" };
    let filled = query.looked.map(|looked| {
        let entered = query.entered.unwrap_or(0);
        let more = if query.more == Some(true) {
            "There are older ones: press again."
        } else {
            "These were all there are."
        };
        format!("{looked} runs looked at, {entered} entered. {more}")
    });
    page(&QueuePage {
        about: about(&queue.settings),
        mine: reviews.mine(id, &person.id, today(now)).await?,
        rows,
        done,
        older: items.next.map(|after| format!("?after={after}{marker}")),
        saved: query.saved.and_then(|id| id.parse::<SubmissionId>().ok()).map(|id| id.to_string()),
        empty: query.empty.is_some(),
        filled,
        hidden,
        counted,
        queue,
        shell,
    })
}

/// Looks at earlier runs.
pub async fn fill(
    State(app): State<App>,
    IdPath(id): IdPath<QueueId>,
    actor: Actor,
) -> Result<Response, Error> {
    let filled = app.store.reviews().fill(id, FILL, &actor, app.clock.now()).await?;
    let filled = filled.ok_or_else(|| no_queue(id))?;
    let address = format!(
        "/review/queues/{id}?looked={}&entered={}&more={}",
        filled.looked, filled.entered, filled.more
    );
    Ok(Redirect::to(&address).into_response())
}
