//! `GET /review/items/{id}`: the rating page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::choice::{ChoiceView, choice};
use super::keep::Unkept;
use super::keys::KeyMap;
use super::rows::{StepRow, rows};
use super::seat::Seat;
use super::today;
use super::typed::Texts;
use crate::domain::review::{Missing, Mode, Suggestions};
use crate::domain::{ItemId, SubmissionId, Timestamp};
use crate::store::{Desk, Mine};
use crate::web::id_path::IdPath;
use crate::web::pages::{Shell, page};
use crate::web::{Code, Error, Query};

/// What the address says besides the item.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DeskQuery {
    /// What was handed in before this item.
    saved: Option<String>,
}

/// The time that is left.
struct Lease {
    /// `13:20`.
    left: String,
    /// `14:32:05 UTC`.
    until: String,
    /// For the script, which counts by the server's clock.
    expires: String,
    now: String,
    over: bool,
}

/// Why the item is here.
struct Why {
    rule: &'static str,
    text: String,
}

/// What the person wanted and did not get.
#[derive(Default)]
pub(super) struct Refusal {
    /// Steps and choice that are not answered.
    pub(super) missing: Option<Missing>,
    pub(super) fault: Option<Fault>,
    /// What was typed, where it is not kept.
    pub(super) texts: Texts,
    /// Which of the reason forms was sent without a reason.
    pub(super) reason_of: Option<&'static str>,
    /// What came too late: the item is handed in.
    pub(super) handed_in: Option<Unkept>,
}

/// What is wrong with a step.
pub(super) struct Fault {
    pub(super) step: usize,
    pub(super) sentence: String,
}

#[derive(Template)]
#[template(path = "pages/review_item.html")]
struct DeskPage {
    shell: Shell,
    keys: KeyMap,
    id: ItemId,
    run: String,
    queue: String,
    queue_name: String,
    waiting: usize,
    mine: Mine,
    mode: Mode,
    whys: Vec<Why>,
    lease: Option<Lease>,
    problem: String,
    reference: Option<String>,
    answer: Option<String>,
    rows: Vec<StepRow>,
    choice: Option<ChoiceView>,
    guidelines: String,
    guidelines_version: usize,
    /// A newer version than the one this item was served with.
    newer: bool,
    can_undo: bool,
    can_redo: bool,
    /// What the next undo or redo of this page is called.
    press: String,
    left: usize,
    submission: Option<SubmissionId>,
    previous: Option<ItemId>,
    following: Option<ItemId>,
    saved: Option<SubmissionId>,
    refusal: Refusal,
}

impl DeskPage {
    fn scripts(&self) -> [String; 2] {
        ["press.js", "review.js"].map(|name| self.shell.asset(name))
    }

    /// Whether this reason form was sent without a reason.
    fn asks(&self, outcome: &str) -> bool {
        self.refusal.reason_of == Some(outcome)
    }

    /// A reason that was typed.
    fn reason(&self, word: &str) -> &str {
        self.refusal.texts.reason_typed(word)
    }

    fn missing_words(&self) -> Option<String> {
        let missing = self.refusal.missing.as_ref()?;
        let steps: Vec<String> = missing.steps.iter().map(ToString::to_string).collect();
        let steps = match steps.len() {
            0 => None,
            1 => Some(format!("step {} is not rated", steps[0])),
            _ => Some(format!("steps {} are not rated", steps.join(", "))),
        };
        let choice = missing.choice.then(|| "no solution is chosen".to_owned());
        Some(steps.into_iter().chain(choice).collect::<Vec<_>>().join(", and "))
    }
}

#[derive(Template)]
#[template(path = "pages/review_take.html")]
struct TakePage {
    shell: Shell,
    id: ItemId,
    queue: String,
}

/// The item as the reader has it; a button to take it for somebody who was never given it.
pub async fn show(
    seat: Seat,
    IdPath(id): IdPath<ItemId>,
    Query(query): Query<DeskQuery>,
) -> Result<Response, Error> {
    let reviews = seat.app.store.reviews();
    if reviews.desk(id, &seat.person.id).await?.is_none() {
        let item = reviews.item(id).await?.ok_or_else(|| no_item(id))?;
        return page(&TakePage { shell: seat.shell, id, queue: item.queue.to_string() });
    }
    let saved = query.saved.and_then(|id| id.parse().ok());
    let desk = desk_page(seat, id, Refusal::default()).await?;
    page(&DeskPage { saved, ..desk })
}

/// The same page with what was refused on it, and nothing lost that was typed.
pub(super) async fn refused(seat: Seat, id: ItemId, refusal: Refusal) -> Result<Response, Error> {
    let status = match refusal.handed_in {
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let desk = desk_page(seat, id, refusal).await?;
    Ok((status, page(&desk)?).into_response())
}

/// No item has this id, or this person was never given it.
pub(super) fn no_item(id: ItemId) -> Error {
    Error::new(Code::NotFound, format!("there is no item `{id}` on your desk"))
}

async fn desk_page(seat: Seat, id: ItemId, refusal: Refusal) -> Result<DeskPage, Error> {
    let Seat { app, person, shell, keys } = seat;
    let reviews = app.store.reviews();
    let desk = reviews.desk(id, &person.id).await?.ok_or_else(|| no_item(id))?;
    let now = app.clock.now();
    let sheet = desk.log.sheet(desk.steps());
    let missing = sheet.missing(desk.serving.mode, !desk.serving.candidates.is_empty());
    let mut rows = rows(&desk, &sheet, &keys);
    if let Some(fault) = &refusal.fault {
        rows.iter_mut().for_each(|row| row.show_again(fault, &refusal.texts));
    }
    let rating = desk.submission.is_none();
    let hidden = rating && desk.serving.suggestions != Suggestions::Before;
    let whys = desk.item.reasons.iter().map(|reason| Why {
        rule: reason.rule().words(),
        text: match hidden || rating && reason.is_of_people() {
            true => reason.hint(),
            false => reason.sentence(),
        },
    });
    let version = desk.serving.guidelines;
    Ok(DeskPage {
        mine: reviews.mine(desk.queue.id, &person.id, today(now)).await?,
        guidelines: reviews.guidelines(desk.queue.id, version).await?,
        guidelines_version: version,
        newer: desk.queue.guidelines.version > version,
        whys: whys.collect(),
        lease: desk.expires.map(|expires| lease(expires, now)),
        choice: choice(&desk, &sheet, &keys),
        left: missing.steps.len() + usize::from(missing.choice),
        answer: desk.solution().and_then(|solution| solution.answer.clone()),
        rows,
        run: desk.run.id.to_string(),
        queue: desk.queue.id.to_string(),
        mode: desk.serving.mode,
        can_undo: desk.log.can_undo(),
        can_redo: desk.log.can_redo(),
        press: uuid::Uuid::now_v7().simple().to_string(),
        submission: desk.submission,
        previous: desk.previous,
        following: desk.following,
        waiting: desk.queue.waiting,
        queue_name: desk.queue.settings.name,
        problem: desk.run.problem.text,
        reference: desk.run.problem.reference_answer,
        saved: None,
        shell,
        keys,
        id,
        refusal,
    })
}

fn lease(expires: Timestamp, now: Timestamp) -> Lease {
    let clock = format_description!("[hour]:[minute]:[second] UTC");
    let seconds = (expires - now).whole_seconds().max(0);
    Lease {
        left: format!("{}:{:02}", seconds / 60, seconds % 60),
        until: expires.format(&clock).unwrap_or_default(),
        expires: expires.format(&Rfc3339).unwrap_or_default(),
        now: now.format(&Rfc3339).unwrap_or_default(),
        over: seconds == 0,
    }
}

/// Where the next thing to do is.
pub(super) fn address(desk: &Desk, step: Option<usize>) -> String {
    let id = desk.item.id;
    let last = desk.log.sheet(desk.steps()).last(desk.serving.mode);
    match step {
        Some(step) if step < last => format!("/review/items/{id}#step-{}", step + 1),
        Some(_) if desk.serving.candidates.is_empty() => format!("/review/items/{id}#hand-in"),
        Some(_) => format!("/review/items/{id}#choice"),
        None => format!("/review/items/{id}#hand-in"),
    }
}
