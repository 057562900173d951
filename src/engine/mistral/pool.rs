//! The copies of one role's model, lent out so that no engine gets more than it can bear.

use std::sync::{Arc, Mutex, PoisonError};

use mistralrs::Model;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::build::Recipe;
use super::replica::Replica;
use crate::engine::EngineError;

/// First come, first served.
pub(super) struct Pool {
    replicas: Vec<Arc<Replica>>,
    places: Arc<Semaphore>,
    /// Replicas with a free place, one entry a place.
    free: Mutex<Vec<Arc<Replica>>>,
}

impl Pool {
    /// `sequences` at once in each of `replicas` engines. Blocks.
    pub(super) fn build(
        recipe: &Recipe,
        replicas: usize,
        sequences: usize,
    ) -> Result<Self, EngineError> {
        let replicas: Vec<_> = (0..replicas)
            .map(|_| Replica::build(recipe).map(Arc::new))
            .collect::<Result<_, _>>()?;
        let free: Vec<_> =
            replicas.iter().flat_map(|r| std::iter::repeat_n(Arc::clone(r), sequences)).collect();
        let places = Arc::new(Semaphore::new(free.len()));
        Ok(Self { replicas, places, free: Mutex::new(free) })
    }

    /// Waits for a free place.
    pub(super) async fn lease(self: &Arc<Self>) -> Result<Lease, EngineError> {
        let role = self.replicas[0].recipe().role;
        let gone = || EngineError::Unavailable { role, reason: "it is shut down".to_owned() };
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| gone())?;
        let replica =
            self.free.lock().unwrap_or_else(PoisonError::into_inner).pop().ok_or_else(gone)?;
        // From here on the place is given back by the lease, even if the model is not there.
        let mut lease = Lease { pool: Arc::clone(self), replica, model: None, _place: place };
        lease.model = Some(lease.replica.model().await?);
        Ok(lease)
    }

    /// Why one of the engines is not there, if one is not.
    pub(super) fn broken(&self) -> Option<String> {
        self.replicas.iter().find_map(|replica| replica.broken())
    }
}

/// A place in one engine; free again when dropped.
pub(super) struct Lease {
    pool: Arc<Pool>,
    replica: Arc<Replica>,
    model: Option<Arc<Model>>,
    _place: OwnedSemaphorePermit,
}

impl Lease {
    pub(super) fn halt(&self) -> u32 {
        self.replica.recipe().halt
    }

    pub(super) fn recipe(&self) -> &Recipe {
        self.replica.recipe()
    }

    pub(super) fn model(&self) -> Option<&Arc<Model>> {
        self.model.as_ref()
    }

    /// Reports that the engine did not answer, and waits for a new one.
    pub(super) async fn died(&self, how: &str) {
        if let Some(model) = &self.model {
            self.replica.died(model, how).await;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Before the permit: whoever gets that must find a replica here.
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(Arc::clone(&self.replica));
    }
}
