//! What a run has told so far, for anybody who reads along.
//!
//! A reader keeps its place and asks for what comes after it; telling never waits for a reader, and
//! a reader that is slow finds what it has not read where it was. Memory is bounded, a feed and all
//! feeds: what does not fit is left out, and the readers of a run that completes get it from the
//! run itself, since its events can be told again ([`crate::domain::replay`]).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::domain::{Event, Run, RunStatus};

/// Most events handed out at once: what a reader holds while it writes to a slow client.
const BATCH: usize = 64;

/// How many bytes of events are kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of one run.
    pub run: usize,
    /// Of all runs.
    pub all: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { run: 1024 * 1024, all: 16 * 1024 * 1024 }
    }
}

/// The memory that all feeds share.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) limits: Limits,
    used: AtomicUsize,
}

impl Room {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, used: AtomicUsize::new(0) })
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }

    fn take(&self, bytes: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.limits.all);
        self.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, fits).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::AcqRel);
    }
}

/// The events of one run.
#[derive(Debug)]
pub struct Feed {
    state: Mutex<State>,
    news: watch::Sender<()>,
    room: Arc<Room>,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Event>,
    bytes: usize,
    /// Something did not fit; nothing after it is kept, so that there are no gaps.
    full: bool,
    stage: Option<&'static str>,
    end: Option<End>,
}

#[derive(Debug)]
enum End {
    Run(Arc<Run>),
    /// Without an end: the run will be done again.
    Left,
}

/// What there is after a place.
#[derive(Debug)]
pub enum Read {
    /// The next events, not necessarily all.
    Events(Vec<Event>),
    /// Nothing yet.
    Wait,
    /// The run has ended, and what is still lacking follows from it ([`crate::domain::rest`]).
    Ended(Arc<Run>),
    /// Nothing, and nothing will come.
    Over,
}

impl Feed {
    pub(super) fn new(room: &Arc<Room>) -> Self {
        let (state, news) = (Mutex::default(), watch::Sender::new(()));
        Self { state, news, room: Arc::clone(room) }
    }

    /// Adds an event, if there is room for it.
    pub(super) fn tell(&self, event: Event) {
        let mut state = self.lock();
        if let Event::Stage { stage } = &event {
            state.stage = Some(stage.as_str());
        }
        let bytes = event.bytes();
        let fits = state.bytes.saturating_add(bytes) <= self.room.limits.run;
        if state.full || !fits || !self.room.take(bytes) {
            state.full = true;
            return;
        }
        state.bytes += bytes;
        state.events.push(event);
        drop(state);
        self.news.send_replace(());
    }

    /// Says how the run ended.
    pub(super) fn end(&self, run: Run) {
        self.lock().end.get_or_insert_with(|| End::Run(Arc::new(run)));
        self.news.send_replace(());
    }

    /// Says that nothing more will come, unless the end was told.
    pub(super) fn leave(&self) {
        self.lock().end.get_or_insert(End::Left);
        self.news.send_replace(());
    }

    /// The stage the run has reached.
    pub fn stage(&self) -> Option<&'static str> {
        self.lock().stage
    }

    /// What comes after the first `after` events.
    pub fn read(&self, after: usize) -> Read {
        let state = self.lock();
        match (state.events.get(after..), &state.end) {
            (Some(more), _) if !more.is_empty() => {
                Read::Events(more.iter().take(BATCH).cloned().collect())
            }
            (_, None) => Read::Wait,
            (_, Some(End::Left)) => Read::Over,
            // The one event more is the end itself.
            (None, Some(End::Run(run))) if run.status != RunStatus::Completed => Read::Over,
            (_, Some(End::Run(run))) => Read::Ended(Arc::clone(run)),
        }
    }

    /// Changes whenever [`Feed::read`] may have something new to say. To miss nothing, take it
    /// before reading.
    pub fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let bytes = self.lock().bytes;
        self.room.give_back(bytes);
    }
}
