//! The buttons of the rating page. Each is a form; the answer leads to the page to go on with.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::act_form::ActForm;
use super::desk::{Refusal, address, no_item, refused};
use super::keep::{Unkept, Wish, keep, keep_texts};
use super::queue::no_queue;
use super::seat::Seat;
use super::typed::Texts;
use super::{Person, models};
use crate::app::App;
use crate::domain::review::{Handed, Outcome};
use crate::domain::{ItemId, QueueId, SubmissionId};
use crate::store::{Next, Submitted, Withdrawn};
use crate::web::id_path::IdPath;
use crate::web::{Code, Error, Form, Query};

/// Which step a button belongs to, where its form holds every step.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StepQuery {
    step: Option<String>,
}

/// Keeps a change and goes on to the next step.
pub async fn act(
    seat: Seat,
    IdPath(id): IdPath<ItemId>,
    Query(query): Query<StepQuery>,
    Form(form): Form<ActForm>,
) -> Result<Response, Error> {
    let form = form.of_step(query.step);
    let reviews = seat.app.store.reviews();
    let desk = reviews.desk(id, &seat.person.id).await?.ok_or_else(|| no_item(id))?;
    let wish = Wish {
        words: form.words(),
        step: form.step(),
        actions: form.actions(&desk),
        texts: &form.texts,
        press: form.press(),
    };
    if let Some(refusal) = keep(&seat, id, &desk, wish).await? {
        return refused(seat, id, refusal).await;
    }
    let rated = form.is_rating();
    let desk = reviews.desk(id, &seat.person.id).await?.ok_or_else(|| no_item(id))?;
    let place = match form.step() {
        Some(step) if !rated => format!("/review/items/{id}#step-{step}"),
        step => address(&desk, step),
    };
    Ok(Redirect::to(&place).into_response())
}

/// More time.
pub async fn longer(
    seat: Seat,
    IdPath(id): IdPath<ItemId>,
    Form(texts): Form<Texts>,
) -> Result<Response, Error> {
    seat.app.store.reviews().keep(id, &seat.person.id, seat.app.clock.now()).await?;
    if let Some(refusal) = keep_texts(&seat, id, &texts).await? {
        return refused(seat, id, refusal).await;
    }
    Ok(Redirect::to(&format!("/review/items/{id}")).into_response())
}

/// Takes an item by name.
pub async fn take(
    State(app): State<App>,
    IdPath(id): IdPath<ItemId>,
    person: Person,
) -> Result<Redirect, Error> {
    match app.store.reviews().take(id, &person.id, &models(&app), app.clock.now()).await? {
        Next::Item(id) => Ok(Redirect::to(&format!("/review/items/{id}"))),
        _ => Err(no_item(id)),
    }
}

/// The next item of a queue.
pub async fn next(
    State(app): State<App>,
    IdPath(queue): IdPath<QueueId>,
    person: Person,
) -> Result<Response, Error> {
    go_on(&app, queue, &person, None).await
}

/// How an item is handed in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SubmitForm {
    /// A word of [`Outcome`]; rated where it is missing.
    outcome: Option<String>,
    /// Hand in although something is missing.
    partial: Option<String>,
    #[serde(flatten)]
    texts: Texts,
}

/// Skips the item; it comes back at the end.
pub async fn skip(
    seat: Seat,
    IdPath(id): IdPath<ItemId>,
    Form(texts): Form<Texts>,
) -> Result<Response, Error> {
    if let Some(refusal) = keep_texts(&seat, id, &texts).await? {
        return refused(seat, id, refusal).await;
    }
    put_off(&seat, id, "skip", &texts.reason("skip")).await
}

/// Goes on without a word; it comes back at the end as well.
pub async fn leave(
    seat: Seat,
    IdPath(id): IdPath<ItemId>,
    Form(texts): Form<Texts>,
) -> Result<Response, Error> {
    if let Some(refusal) = keep_texts(&seat, id, &texts).await? {
        return refused(seat, id, refusal).await;
    }
    put_off(&seat, id, "leave", "").await
}

async fn put_off(
    Seat { app, person, .. }: &Seat,
    id: ItemId,
    kind: &'static str,
    reason: &str,
) -> Result<Response, Error> {
    let reviews = app.store.reviews();
    if !reviews.put_off(id, &person.id, kind, reason, app.clock.now()).await? {
        return Err(no_item(id));
    }
    let item = reviews.item(id).await?.ok_or_else(|| no_item(id))?;
    go_on(app, item.queue, person, None).await
}

/// Hands the item in, and brings the next.
pub async fn submit(
    seat: Seat,
    IdPath(id): IdPath<ItemId>,
    Form(form): Form<SubmitForm>,
) -> Result<Response, Error> {
    let outcome = match form.outcome.as_deref() {
        None => Outcome::Rated,
        Some(word) => Outcome::from_word(word).ok_or_else(|| {
            Error::new(Code::Invalid, "the outcome must be rated, bad_problem or gave_up")
        })?,
    };
    let texts = form.texts;
    if let Some(refusal) = keep_texts(&seat, id, &texts).await? {
        return refused(seat, id, refusal).await;
    }
    let reason = Some(texts.reason(outcome.as_str())).filter(|reason| !reason.is_empty());
    if outcome != Outcome::Rated && reason.is_none() {
        let refusal = Refusal { reason_of: Some(outcome.as_str()), texts, ..Refusal::default() };
        return refused(seat, id, refusal).await;
    }
    let partial = form.partial.is_some();
    let handed = Handed { outcome, reason, comment: None, edits: Vec::new(), partial };
    let reviews = seat.app.store.reviews();
    match reviews.submit(id, &seat.person.id, &handed, seat.app.clock.now()).await? {
        // From a page that does not know yet that the item is handed in: the reason would be lost.
        Submitted::Already { alike: false, .. } if outcome != Outcome::Rated => {
            let texts =
                handed.reason.into_iter().map(|reason| ("Why".to_owned(), reason)).collect();
            let unkept = Unkept { words: outcome.as_str().replace('_', " "), texts };
            let refusal = Refusal { handed_in: Some(unkept), ..Refusal::default() };
            refused(seat, id, refusal).await
        }
        Submitted::Done(submission) | Submitted::Already { id: submission, .. } => {
            let item = reviews.item(id).await?.ok_or_else(|| no_item(id))?;
            go_on(&seat.app, item.queue, &seat.person, Some(submission)).await
        }
        Submitted::Missing(missing) => {
            let refusal = Refusal { missing: Some(missing), texts, ..Refusal::default() };
            refused(seat, id, refusal).await
        }
        Submitted::Refused(invalid) => Err(invalid.into()),
        Submitted::NotYours => Err(no_item(id)),
    }
}

/// The item on whose page the button stands.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FromQuery {
    from: Option<String>,
}

/// Takes a submission back; its item is as it was. What was typed on the page of the item that came
/// after it is kept first.
pub async fn undo_submission(
    seat: Seat,
    IdPath(id): IdPath<SubmissionId>,
    Query(query): Query<FromQuery>,
    Form(texts): Form<Texts>,
) -> Result<Response, Error> {
    if let Some(from) = query.from.and_then(|from| from.parse().ok())
        && let Some(refusal) = keep_texts(&seat, from, &texts).await?
    {
        return refused(seat, from, refusal).await;
    }
    match seat.app.store.reviews().withdraw(id, &seat.person.id, seat.app.clock.now()).await? {
        Withdrawn::Item(item) => Ok(Redirect::to(&format!("/review/items/{item}")).into_response()),
        Withdrawn::Missing => {
            Err(Error::new(Code::NotFound, format!("you have not handed in `{id}`")))
        }
        Withdrawn::Gold => Err(Error::new(
            Code::Refused,
            "an adjudicator holds these ratings against those of others, so that they stay as they \
             are; ask an adjudicator if something in them is wrong",
        )),
    }
}

async fn go_on(
    app: &App,
    queue: QueueId,
    person: &Person,
    saved: Option<SubmissionId>,
) -> Result<Response, Error> {
    let saved = saved.map(|id| format!("?saved={id}"));
    let next = app.store.reviews().next(queue, &person.id, &models(app), app.clock.now()).await?;
    let place = match next {
        Next::Item(item) => format!("/review/items/{item}{}", saved.unwrap_or_default()),
        Next::Nothing | Next::Closed => {
            let saved = saved.map_or("?empty=1".to_owned(), |saved| format!("{saved}&empty=1"));
            format!("/review/queues/{queue}{saved}")
        }
        Next::Missing => return Err(no_queue(queue)),
    };
    Ok(Redirect::to(&place).into_response())
}
