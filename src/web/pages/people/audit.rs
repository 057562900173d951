//! `/admin/audit`: what was done, by whom, newest first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::super::components::When;
use super::super::query::query;
use super::super::{Shell, page};
use crate::app::App;
use crate::domain::{Action, AuditEntry, Timestamp};
use crate::web::{Error, Query};

/// Lines of a page.
const LINES: usize = 50;

/// Whose lines, and from where on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    name: String,
    before: Option<i64>,
}

/// One line.
struct Line {
    number: i64,
    when: When,
    who: String,
    did: String,
    target: String,
    detail: String,
    address: String,
    request: String,
}

#[derive(Template)]
#[template(path = "pages/people/audit.html")]
struct AuditPage {
    shell: Shell,
    name: String,
    lines: Vec<Line>,
    newest: Option<String>,
    older: Option<String>,
}

impl Line {
    fn new(entry: AuditEntry, now: Timestamp) -> Self {
        let action = Action::ALL.iter().find(|action| action.as_str() == entry.action);
        Self {
            number: entry.number,
            when: When::new(entry.at, now),
            did: action.map_or(entry.action, |action| action.words().to_owned()),
            // Whoever logs in does it to nobody else.
            target: if entry.target == entry.actor.name { String::new() } else { entry.target },
            who: entry.actor.name,
            detail: entry.detail,
            address: entry.actor.address,
            request: entry.actor.request_id,
        }
    }
}

/// The page.
pub async fn show(
    State(app): State<App>,
    Query(AuditQuery { name, before }): Query<AuditQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    let name = name.trim().to_owned();
    let wanted = Some(name.as_str()).filter(|name| !name.is_empty());
    // One more than is shown says whether there are older ones.
    let mut entries = app.store.audit().page(wanted, before, LINES + 1).await?;
    let more = entries.len() > LINES;
    entries.truncate(LINES);
    let address = |before: Option<i64>| {
        let mut pairs = Vec::new();
        pairs.extend(wanted.map(|name| ("name", name.to_owned())));
        pairs.extend(before.map(|before| ("before", before.to_string())));
        format!("/admin/audit{}", query(pairs))
    };
    let older = entries.last().filter(|_| more).map(|last| address(Some(last.number)));
    let newest = before.map(|_| address(None));
    let now = app.clock.now();
    let lines = entries.into_iter().map(|entry| Line::new(entry, now)).collect();
    page(&AuditPage { shell, name, lines, newest, older })
}
