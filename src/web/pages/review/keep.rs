//! Keeping what was pressed and typed, and what the page says where that cannot be.

use super::desk::{Fault, Refusal, no_item};
use super::seat::Seat;
use super::typed::Texts;
use crate::domain::ItemId;
use crate::domain::review::{Action, Edit};
use crate::store::{Acted, Desk};
use crate::web::Error;

/// What is to be kept.
pub(super) struct Wish<'a> {
    /// What it is, in words.
    pub(super) words: String,
    /// The step it is about.
    pub(super) step: Option<usize>,
    pub(super) actions: Vec<Action>,
    /// What was typed when it was pressed.
    pub(super) texts: &'a Texts,
    /// What the client calls this press.
    pub(super) press: Option<&'a str>,
}

/// What came too late, so that nothing typed is lost.
pub(super) struct Unkept {
    /// What it was, in words.
    pub(super) words: String,
    /// What each text is, and what was typed.
    pub(super) texts: Vec<(String, String)>,
}

/// Keeps one change after the other; what is refused is said on the page.
///
/// # Errors
/// When the item is not on the person's desk, what is wrong with no step, and errors of the store.
pub(super) async fn keep(
    Seat { app, person, .. }: &Seat,
    id: ItemId,
    desk: &Desk,
    wish: Wish<'_>,
) -> Result<Option<Refusal>, Error> {
    let Wish { words, step, actions, texts, press } = wish;
    let steps = desk.steps();
    for (n, action) in actions.into_iter().enumerate() {
        let about = text_of(&action).or(step);
        // Each change of a press is known by a name of its own when the press is sent again.
        let press = press.map(|press| format!("{press}-{n}"));
        let (reviews, now) = (app.store.reviews(), app.clock.now());
        match reviews.press(id, &person.id, action, press.as_deref(), now).await? {
            Acted::Saved | Acted::Nothing => {}
            Acted::HandedIn => {
                let texts = texts.changes(desk).into_iter().filter_map(typed).collect();
                let handed_in = Some(Unkept { words, texts });
                return Ok(Some(Refusal { handed_in, ..Refusal::default() }));
            }
            Acted::NotYours => return Err(no_item(id)),
            Acted::Refused(invalid) => {
                let shown = about.filter(|step| (1..=steps).contains(step));
                let Some(step) = shown else { return Err(invalid.into()) };
                let fault = Some(Fault { step, sentence: invalid.detail });
                return Ok(Some(Refusal { fault, texts: texts.clone(), ..Refusal::default() }));
            }
        }
    }
    Ok(None)
}

/// Keeps the texts that came with a press that leaves the page.
///
/// # Errors
/// Those of [`keep`].
pub(super) async fn keep_texts(
    seat: &Seat,
    id: ItemId,
    texts: &Texts,
) -> Result<Option<Refusal>, Error> {
    if texts.is_empty() {
        return Ok(None);
    }
    let desk =
        seat.app.store.reviews().desk(id, &seat.person.id).await?.ok_or_else(|| no_item(id))?;
    let actions = texts.changes(&desk).into_iter().map(Action::Edit).collect();
    let wish = Wish { words: "what you typed".to_owned(), step: None, actions, texts, press: None };
    keep(seat, id, &desk, wish).await
}

/// The step whose text it is.
fn text_of(action: &Action) -> Option<usize> {
    match action {
        Action::Edit(Edit::Critique { step, .. } | Edit::Correct { step, .. }) => Some(*step),
        _ => None,
    }
}

fn typed(edit: Edit) -> Option<(String, String)> {
    let (what, text) = match edit {
        Edit::Critique { step, text } => (format!("What is wrong with step {step}"), text),
        Edit::Correct { step, text } => (format!("Step {step} as it should be"), text),
        _ => return None,
    };
    (!text.is_empty()).then_some((what, text))
}
