//! Review: queues, the rating page, and what belongs to them.
//!
//! `list.rs` and `queue.rs` show queues, `form.rs` is how they are set; `desk.rs` is the rating
//! page, made by `rows.rs` and `choice.rs` from what the store has; `act.rs` are its buttons, all of
//! them forms (`act_form.rs`, the texts in them `typed.rs`), and `keep.rs` keeps what they ask for;
//! `keys.rs` is the key map; `flag.rs` sends a run here. `person.rs` says who it is, and `seat.rs` what
//! the handlers of the rating page need besides. The script in `static/review.js` only presses these buttons, and `static/press.js`
//! names presses that must not count twice: to add a button, add a form, and a line in `keys.rs` if
//! it should have a key.

mod act;
mod act_form;
mod choice;
mod desk;
mod flag;
mod form;
mod keep;
mod keys;
mod list;
mod person;
mod queue;
mod rows;
mod seat;
mod typed;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::{get, post};

pub use flag::FlagPart;
pub use person::Person;

use crate::app::App;
use crate::domain::review::ModelName;
use crate::domain::{Role, Timestamp};

/// The pages of review.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/review", get(list::show))
        .route("/review/queues", post(form::create))
        .route("/review/queues/new", get(form::new))
        .route("/review/queues/{id}", get(queue::show))
        .route("/review/queues/{id}/settings", get(form::edit).post(form::update))
        .route("/review/queues/{id}/fill", post(queue::fill))
        .route("/review/queues/{id}/next", post(act::next))
        .route("/review/items/{id}", get(desk::show))
        .route("/review/items/{id}/take", post(act::take))
        .route("/review/items/{id}/act", post(act::act))
        .route("/review/items/{id}/keep", post(act::longer))
        .route("/review/items/{id}/skip", post(act::skip))
        .route("/review/items/{id}/leave", post(act::leave))
        .route("/review/items/{id}/submit", post(act::submit))
        .route("/review/submissions/{id}/undo", post(act::undo_submission))
        .route("/review/keys", get(keys::show).post(keys::save))
        .route("/runs/{id}/flag", get(flag::show).post(flag::send))
}

/// The models that the engine runs now, by role.
pub fn models(app: &App) -> BTreeMap<Role, ModelName> {
    let engine = app.engine.now();
    let name = |role| {
        let model = engine.describe(role);
        (role, ModelName { id: model.model_id.clone(), hash: model.hash.clone() })
    };
    Role::ALL.into_iter().map(name).collect()
}

/// The beginning of the day, in UTC.
fn today(now: Timestamp) -> Timestamp {
    now.replace_time(time::Time::MIDNIGHT)
}
