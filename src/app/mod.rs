//! The application: what every request and every worker shares.
//!
//! `live.rs` knows the runs at work, `feed.rs` what each of them has told so far; `engines.rs` has the
//! models in use; `door.rs` is what logging in costs, `attempts.rs` how often it may be tried.

mod attempts;
mod door;
mod engines;
mod feed;
mod live;
#[cfg(test)]
mod tests;

pub use door::{Door, DoorError, random};
pub use engines::Engines;
pub use feed::{Feed, Limits, Read};
pub use live::{Live, LiveGuard};

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::domain::{Clock, SystemClock};
use crate::engine::{Engine, Gate};
use crate::store::Store;

/// Cheap to clone: every clone is the same application.
#[derive(Clone)]
pub struct App {
    /// What is in force.
    pub config: Arc<Config>,
    /// What is on disk.
    pub store: Store,
    /// What runs the models.
    pub engine: Engines,
    /// Who may use the engine now, and how many may wait.
    pub gate: Gate,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The runs at work in this process.
    pub live: Live,
    /// How people are let in.
    pub door: Door,
    /// One place a stream of events; they are few, and one more is refused at once.
    pub streams: Arc<Semaphore>,
    /// Rung after a run was put in the queue.
    pub wake: Arc<Notify>,
    /// Cancelled when the server is to stop: readiness goes off, workers claim nothing more, those
    /// who read the events of a run are sent away.
    pub shutdown: CancellationToken,
}

impl App {
    /// An application at rest; nothing runs until a server or a worker is given a clone.
    pub fn new(config: Config, store: Store, engine: Arc<dyn Engine>, gate: Gate) -> Self {
        Self {
            streams: Arc::new(Semaphore::new(config.server.max_streams)),
            config: Arc::new(config),
            store,
            engine: Engines::new(engine),
            gate,
            clock: Arc::new(SystemClock),
            live: Live::default(),
            door: Door::default(),
            wake: Arc::default(),
            shutdown: CancellationToken::new(),
        }
    }
}
