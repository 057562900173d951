//! The models in use; others may take their place while the server runs.

use std::sync::{Arc, PoisonError, RwLock};

use crate::engine::Engine;

/// Cheap to clone: every clone sees the same models.
#[derive(Clone)]
pub struct Engines(Arc<RwLock<Arc<dyn Engine>>>);

impl Engines {
    /// Uses `engine` until it is replaced.
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        Self(Arc::new(RwLock::new(engine)))
    }

    /// The models of this moment. Whoever needs them to be the same from beginning to end, as a run
    /// does, asks once and keeps the answer.
    pub fn now(&self) -> Arc<dyn Engine> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Uses `engine` from now on and returns what was used before. What is at work goes on with that,
    /// so the caller is to wait before it drops the last of it.
    pub fn replace(&self, engine: Arc<dyn Engine>) -> Arc<dyn Engine> {
        std::mem::replace(&mut *self.0.write().unwrap_or_else(PoisonError::into_inner), engine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ScriptedEngine;

    #[test]
    fn who_asked_before_keeps_what_it_has() {
        let [first, second]: [Arc<dyn Engine>; 2] =
            [Arc::new(ScriptedEngine::new()), Arc::new(ScriptedEngine::new())];
        let engines = Engines::new(Arc::clone(&first));
        let (kept, other) = (engines.now(), engines.clone());
        let before = other.replace(Arc::clone(&second));
        assert!(Arc::ptr_eq(&kept, &first) && Arc::ptr_eq(&before, &first));
        assert!(Arc::ptr_eq(&engines.now(), &second));
    }
}
