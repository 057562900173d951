//! Review: runs enter queues, people get items and nobody gets another's, what they say is kept.

mod api;
mod audit;
mod blind;
mod choice;
mod enter;
mod flow;
mod forms;
mod handed_in;
mod lease;
mod log;
mod press;
mod sheet;
mod shown;
mod submit;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use glore::domain::review::{
    Action, Edit, Handed, Outcome, QueueSettings, Suggestions, Verdict, Weights,
};
use glore::domain::{Actor, Clock, ItemId, QueueId, Run, Timestamp};
use glore::store::{Acted, Next, Saved, Store};
use sqlx::{Connection, SqliteConnection};
use time::Duration;

use crate::app::TestApp;
use crate::pages::samples;

/// A moment that tests move.
#[derive(Clone)]
pub struct HandClock(Arc<Mutex<Timestamp>>);

impl HandClock {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Timestamp::UNIX_EPOCH + Duration::days(20_000))))
    }

    pub fn forward(&self, by: Duration) {
        *self.0.lock().expect("not poisoned") += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("not poisoned")
    }
}

/// Whoever is at this machine, where there are no users.
pub fn local() -> Actor {
    Actor { name: "local".to_owned(), ..Actor::command_line() }
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::days(20_000) + Duration::seconds(seconds)
}

/// Everything enters, nothing is left to chance but the order.
pub fn settings() -> QueueSettings {
    QueueSettings { name: "all".to_owned(), random_share: 1.0, ..QueueSettings::default() }
}

pub async fn queue(store: &Store, settings: &QueueSettings) -> QueueId {
    let saved = store.reviews().create(settings, "Judge the substance.", &local(), at(0)).await;
    match saved.expect("written") {
        Saved::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

/// A queue with `n` items, each a run with three solutions.
pub async fn filled(store: &Store, settings: &QueueSettings, n: usize) -> QueueId {
    let queue = queue(store, settings).await;
    for _ in 0..n {
        store.runs().insert(&samples::local_wins()).await.expect("kept");
    }
    queue
}

pub async fn next(store: &Store, queue: QueueId, person: &str, now: Timestamp) -> Option<ItemId> {
    match store.reviews().next(queue, person, &BTreeMap::new(), now).await.expect("asked") {
        Next::Item(item) => Some(item),
        Next::Nothing => None,
        other => panic!("{other:?}"),
    }
}

pub fn rate(step: usize, verdict: Verdict) -> Action {
    Action::Edit(Edit::Rate { step, verdict: Some(verdict), accepted: false })
}

pub async fn act(store: &Store, item: ItemId, person: &str, action: Action, now: Timestamp) {
    let acted = store.reviews().act(item, person, action, now).await.expect("written");
    assert_eq!(acted, Acted::Saved);
}

/// Only random items: the rules have no say.
pub fn only_random() -> QueueSettings {
    let mut weights = Weights::default();
    for rule in Weights::rules() {
        weights.set(rule, 0.0);
    }
    QueueSettings { weights, suggestions: Suggestions::Never, ..settings() }
}

/// What stands in the file, for what no other reader shows.
pub async fn raw(dir: &Path) -> SqliteConnection {
    let address = format!("sqlite://{}", dir.join("glore.db").display());
    SqliteConnection::connect(&address).await.expect("opened beside the store")
}

pub async fn with_clock() -> (TestApp, HandClock) {
    let mut app = TestApp::new().await;
    let clock = HandClock::new();
    app.app.clock = Arc::new(clock.clone());
    app.router = glore::web::router(app.app.clone());
    (app, clock)
}

/// A run whose solutions have no steps.
pub fn nothing_to_rate() -> Run {
    samples::run("What?", None, Vec::new())
}

/// The steps as they are rated, whole or not.
pub fn rated(partial: bool) -> Handed {
    let outcome = Outcome::Rated;
    Handed { outcome, reason: None, comment: None, edits: Vec::new(), partial }
}
