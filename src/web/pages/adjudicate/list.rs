//! The list: which items need a decision most.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::domain::PersonRole;
use crate::domain::agreement::Located;
use crate::domain::annotation::{Outcome, Reviewed, item_agreement, judgements};
use crate::store::QueueName;
use crate::web::pages::components::one_line;
use crate::web::pages::quality::chosen;
use crate::web::pages::{Shell, page};
use crate::web::{Error, Person, Query};

/// The newest so many undecided items are compared.
const ITEMS: usize = 500;
/// Longest problem in the list, in characters.
const PROBLEM: usize = 120;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    queue: Option<String>,
    /// The item that was decided just now.
    decided: Option<String>,
}

struct Row {
    item: String,
    problem: String,
    people: usize,
    /// Share of pairs of ratings that are the same, with a word.
    agreement: String,
    first_errors: String,
}

#[derive(Template)]
#[template(path = "pages/adjudicate.html")]
struct ListPage {
    shell: Shell,
    queues: Vec<QueueName>,
    queue: Option<QueueName>,
    rows: Vec<Row>,
    has_more: bool,
    most: usize,
    decided: Option<String>,
}

/// Undecided items, lowest agreement first.
pub async fn list(
    State(app): State<App>,
    person: Person,
    Query(query): Query<ListQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    person.require(PersonRole::Adjudicator)?;
    let quality = app.store.quality();
    let queues = quality.queues().await?;
    let queue = match query.queue.as_deref() {
        Some(id) if !id.is_empty() => chosen(&queues, Some(id))?,
        _ => None,
    };
    let found = quality.undecided(queue.as_ref().map(|queue| queue.id.as_str()), ITEMS).await?;
    let mut items: Vec<(f64, Reviewed)> =
        found.items.into_iter().map(|item| (rank(&item), item)).collect();
    items.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.item.cmp(&b.1.item)));
    let decided = query.decided.filter(|id| id.starts_with("itm_") && id.len() <= 64);
    page(&ListPage {
        shell,
        queues,
        queue,
        rows: items.iter().map(|(_, item)| row(item)).collect(),
        has_more: found.has_more,
        most: ITEMS,
        decided,
    })
}

/// People who do not even agree whether it can be rated come first, then those who agree least.
fn rank(item: &Reviewed) -> f64 {
    let mixed = item.submissions.windows(2).any(|two| two[0].outcome != two[1].outcome);
    if mixed { -1.0 } else { item_agreement(item).unwrap_or(1.0) }
}

fn row(item: &Reviewed) -> Row {
    let agreement = match item_agreement(item) {
        Some(share) => format!("{:.0} %", 100.0 * share),
        None => "not comparable".to_owned(),
    };
    let judged = judgements(std::slice::from_ref(item));
    let mut words: Vec<String> = judged
        .located
        .iter()
        .flatten()
        .map(|located| match located {
            Located::Sound => "none".to_owned(),
            Located::Wrong(step) => format!("step {step}"),
        })
        .collect();
    let ended = |how| item.submissions.iter().filter(|s| s.outcome == how).count();
    words.extend((0..ended(Outcome::BadProblem)).map(|_| "bad problem".to_owned()));
    words.extend((0..ended(Outcome::GaveUp)).map(|_| "gave up".to_owned()));
    Row {
        item: item.item.clone(),
        problem: one_line(&item.problem, PROBLEM),
        people: item.submissions.len(),
        agreement,
        first_errors: if words.is_empty() { "–".to_owned() } else { words.join(", ") },
    }
}
