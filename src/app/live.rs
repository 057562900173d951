//! The runs at work in this process: how far they are, what they tell, and how to stop them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::feed::{Feed, Limits, Room};
use crate::domain::{Event, Run, RunId, RunStatus};
use crate::engine::Cancel;

/// Feeds kept of runs that did not complete, newest last: what such a run told is kept nowhere
/// else, and those who were reading may come back for it.
const UNFINISHED: usize = 64;

/// Clones share one list.
#[derive(Debug, Clone)]
pub struct Live(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    room: Arc<Room>,
    changes: watch::Sender<Option<RunId>>,
}

#[derive(Debug, Default)]
struct State {
    at_work: HashMap<RunId, AtWork>,
    unfinished: VecDeque<(RunId, Arc<Feed>)>,
}

/// One run at work.
#[derive(Debug)]
struct AtWork {
    cancel: Cancel,
    feed: Arc<Feed>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Live {
    /// Nothing at work; `limits` bound what is kept of what runs tell.
    pub fn new(limits: Limits) -> Self {
        let (state, changes) = (Mutex::default(), watch::Sender::new(None));
        Self(Arc::new(Shared { state, room: Room::new(limits), changes }))
    }

    /// Makes a run known until the guard is dropped, and tells that it was created.
    pub fn enter(&self, run: &Run, cancel: &Cancel) -> LiveGuard {
        let feed = Arc::new(Feed::new(&self.0.room));
        feed.tell(Event::created(run));
        let at_work = AtWork { cancel: cancel.clone(), feed: Arc::clone(&feed) };
        self.lock().at_work.insert(run.id, at_work);
        self.0.changes.send_replace(Some(run.id));
        LiveGuard { live: self.clone(), id: run.id, feed }
    }

    /// What a run tells; `None` when it is not at work here and did not fail here lately.
    pub fn feed(&self, id: RunId) -> Option<Arc<Feed>> {
        let state = self.lock();
        let unfinished = || state.unfinished.iter().find(|(of, _)| *of == id).map(|(_, feed)| feed);
        state.at_work.get(&id).map(|run| &run.feed).or_else(unfinished).cloned()
    }

    /// The run that last entered or was asked to stop. Whoever is slow misses some, but not that
    /// there was something. To miss nothing, take it before looking.
    pub fn changes(&self) -> watch::Receiver<Option<RunId>> {
        self.0.changes.subscribe()
    }

    /// The stage a run has reached; `None` when it is not at work here or has not begun its first.
    pub fn stage(&self, id: RunId) -> Option<&'static str> {
        self.lock().at_work.get(&id)?.feed.stage()
    }

    /// Asks a run to stop; `false` when it is not at work here.
    pub fn cancel(&self, id: RunId) -> bool {
        let asked = self.lock().at_work.get(&id).map(|run| run.cancel.cancel()).is_some();
        self.0.changes.send_replace(Some(id));
        asked
    }

    /// Asks every run to stop.
    pub fn cancel_all(&self) {
        self.lock().at_work.values().for_each(|run| run.cancel.cancel());
    }

    /// How many runs are at work.
    pub fn count(&self) -> usize {
        self.lock().at_work.len()
    }

    /// Oldest first, until there are few and they take at most half of the room.
    fn keep_unfinished(&self, id: RunId, feed: Arc<Feed>) {
        let room = &self.0.room;
        let mut state = self.lock();
        state.unfinished.push_back((id, feed));
        while state.unfinished.len() > UNFINISHED
            || (room.used() > room.limits.all / 2 && !state.unfinished.is_empty())
        {
            state.unfinished.pop_front();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells what its run does, and forgets the run when dropped.
#[derive(Debug)]
pub struct LiveGuard {
    live: Live,
    id: RunId,
    feed: Arc<Feed>,
}

impl LiveGuard {
    /// Tells everybody who reads along. Never waits.
    pub fn tell(&self, event: Event) {
        self.feed.tell(event);
    }

    /// Tells how the run ended; said once it is stored, so that whoever hears it finds it there.
    pub fn end(&self, run: Run) {
        let completed = run.status == RunStatus::Completed;
        self.feed.end(run);
        if !completed {
            self.live.keep_unfinished(self.id, Arc::clone(&self.feed));
        }
    }

    /// For whoever reads along from the beginning.
    pub fn feed(&self) -> Arc<Feed> {
        Arc::clone(&self.feed)
    }
}

impl Drop for LiveGuard {
    fn drop(&mut self) {
        self.live.lock().at_work.remove(&self.id);
        self.feed.leave();
    }
}
