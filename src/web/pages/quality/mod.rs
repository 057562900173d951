//! `GET /review/quality`: how far people agree with each other, with gold, with the SORM and with the
//! ORM's choice, a queue at a time.

mod tables;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use self::tables::measure;
use super::components::Findings;
use super::{Shell, page};
use crate::app::App;
use crate::domain::{Invalid, PersonRole};
use crate::store::QueueName;
use crate::web::{Code, Error, Person, Query};

/// Items that are looked at unless the address says otherwise, and at most.
const ITEMS: usize = 500;
const MOST_ITEMS: usize = 5_000;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct QualityQuery {
    pub queue: Option<String>,
    /// The newest so many items.
    pub items: Option<usize>,
}

/// A queue to look at.
struct QueueLink {
    id: String,
    name: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "pages/quality.html")]
struct QualityPage {
    shell: Shell,
    queues: Vec<QueueLink>,
    /// Of the queue: id and name.
    queue: Option<QueueName>,
    /// Items looked at.
    items: usize,
    /// There are more: the address that looks at as many as can be.
    more: Option<String>,
    most: usize,
    decided: u64,
    gold: u64,
    findings: Findings,
}

/// The statistics of a queue, of the first one unless the address names another.
pub async fn show(
    State(app): State<App>,
    person: Person,
    Query(query): Query<QualityQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    // It tells how each person does against gold.
    person.require(PersonRole::Adjudicator)?;
    let limit = query.items.unwrap_or(ITEMS);
    if !(1..=MOST_ITEMS).contains(&limit) {
        let detail = format!("must lie between 1 and {MOST_ITEMS}, {limit} was given");
        return Err(Invalid::new("/items", "out_of_range", detail).into());
    }
    let quality = app.store.quality();
    let queues = quality.queues().await?;
    let queue = chosen(&queues, query.queue.as_deref())?;
    let mut shown = QualityPage {
        shell,
        queues: links(&queues, queue.as_ref()),
        items: 0,
        more: None,
        most: MOST_ITEMS,
        decided: 0,
        gold: 0,
        findings: Findings { parts: Vec::new() },
        queue,
    };
    if let Some(queue) = &shown.queue {
        let reviews = quality.newest(&queue.id, limit).await?;
        let people = reviews.items.iter().flat_map(|item| &item.submissions);
        let people = people.map(|submission| submission.person.clone()).collect();
        let names = quality.names(people).await?;
        (shown.decided, shown.gold) = quality.decided_and_gold(&queue.id).await?;
        shown.items = reviews.items.len();
        let all = || format!("/review/quality?queue={}&items={MOST_ITEMS}", queue.id);
        shown.more = (reviews.has_more && limit < MOST_ITEMS).then(all);
        shown.findings = blocking(move || measure(&reviews.items, &names)).await?;
    }
    page(&shown)
}

/// The queue that is asked for, or the first.
pub(super) fn chosen(
    queues: &[QueueName],
    wanted: Option<&str>,
) -> Result<Option<QueueName>, Error> {
    let Some(wanted) = wanted.filter(|id| !id.is_empty()) else {
        return Ok(queues.first().cloned());
    };
    let found = queues.iter().find(|queue| queue.id == wanted).cloned();
    found.map(Some).ok_or_else(|| {
        let shown: String = wanted.chars().take(80).collect();
        Error::new(Code::NotFound, format!("there is no queue `{shown}`"))
    })
}

fn links(queues: &[QueueName], queue: Option<&QueueName>) -> Vec<QueueLink> {
    let link = |each: &QueueName| QueueLink {
        id: each.id.clone(),
        name: each.name.clone(),
        here: Some(each) == queue,
    };
    queues.iter().map(link).collect()
}

/// Counts where that holds up nobody: resampling takes a while.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::new(Code::Internal, "the statistics could not be counted").because(e))
}

/// Names of people by what their rows call them.
pub(super) type Names = BTreeMap<String, String>;
