//! The engine that the configuration asks for.

use std::sync::Arc;

use crate::config::Config;
use crate::engine::{self, Engine, Gate, Metered};

/// More replicas than this on one machine wait for memory, not for cores.
const MAX_AUTOMATIC: usize = 4;

/// Loads every model and times what it does.
pub(super) fn load_engine(config: &Config) -> anyhow::Result<Arc<dyn Engine>> {
    Ok(Arc::new(Metered::new(engine::load(config)?)))
}

/// As many places as the engine can use.
pub(super) fn gate(config: &Config) -> Gate {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(MAX_AUTOMATIC);
    let replicas = Some(config.engine.replicas).filter(|n| *n > 0).unwrap_or_else(cores);
    let concurrent = Some(config.engine.concurrent).filter(|n| *n > 0).unwrap_or(replicas);
    Gate::new(concurrent, config.engine.queue)
}
