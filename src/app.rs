//! The application: what every request and every worker shares.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::domain::{Clock, RunId, SystemClock};
use crate::engine::{Cancel, Engine, Gate};
use crate::store::Store;

/// Cheap to clone: every clone is the same application.
#[derive(Clone)]
pub struct App {
    /// What is in force.
    pub config: Arc<Config>,
    /// What is on disk.
    pub store: Store,
    /// What runs the models.
    pub engine: Arc<dyn Engine>,
    /// Who may use the engine now, and how many may wait.
    pub gate: Gate,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The runs at work in this process.
    pub live: Live,
    /// Rung after a run was put in the queue.
    pub wake: Arc<Notify>,
    /// Cancelled when the server is to stop: readiness goes off, workers claim nothing more.
    pub shutdown: CancellationToken,
}

impl App {
    /// An application at rest; nothing runs until a server or a worker is given a clone.
    pub fn new(config: Config, store: Store, engine: Arc<dyn Engine>, gate: Gate) -> Self {
        Self {
            config: Arc::new(config),
            store,
            engine,
            gate,
            clock: Arc::new(SystemClock),
            live: Live::default(),
            wake: Arc::default(),
            shutdown: CancellationToken::new(),
        }
    }
}

/// The runs at work in this process: how far they are, and how to stop them.
#[derive(Debug, Clone, Default)]
pub struct Live(Arc<Mutex<HashMap<RunId, AtWork>>>);

/// One run at work.
#[derive(Debug)]
struct AtWork {
    stage: Option<&'static str>,
    cancel: Cancel,
}

impl Live {
    /// Makes a run known until the guard is dropped.
    pub fn enter(&self, id: RunId, cancel: &Cancel) -> LiveGuard {
        self.lock().insert(id, AtWork { stage: None, cancel: cancel.clone() });
        LiveGuard { live: self.clone(), id }
    }

    /// The stage a run has reached; `None` when it is not at work here or has not begun its first.
    pub fn stage(&self, id: RunId) -> Option<&'static str> {
        self.lock().get(&id)?.stage
    }

    /// Asks a run to stop; `false` when it is not at work here.
    pub fn cancel(&self, id: RunId) -> bool {
        self.lock().get(&id).map(|run| run.cancel.cancel()).is_some()
    }

    /// Asks every run to stop.
    pub fn cancel_all(&self) {
        self.lock().values().for_each(|run| run.cancel.cancel());
    }

    /// How many runs are at work.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, AtWork>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets its run when dropped.
#[derive(Debug)]
pub struct LiveGuard {
    live: Live,
    id: RunId,
}

impl LiveGuard {
    /// Says which stage the run has reached.
    pub fn reached(&self, stage: &'static str) {
        if let Some(run) = self.live.lock().get_mut(&self.id) {
            run.stage = Some(stage);
        }
    }
}

impl Drop for LiveGuard {
    fn drop(&mut self) {
        self.live.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_known_while_its_guard_lives() {
        let (live, cancel, id) = (Live::default(), Cancel::new(), RunId::new());
        let guard = live.enter(id, &cancel);
        assert_eq!(live.stage(id), None);
        guard.reached("draft");
        assert_eq!(live.stage(id), Some("draft"));
        assert!(live.cancel(id) && cancel.is_cancelled());
        drop(guard);
        assert!(!live.cancel(id));
        assert_eq!(live.count(), 0);
    }
}
