//! Some roles played here, the others elsewhere.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::remote::RemoteEngine;
use super::{
    Cancel, Description, Engine, EngineError, GenerateRequest, Generation, Health, ScoreRequest,
};
use crate::domain::{Probability, Role};

/// Asks whoever plays the role.
pub(super) struct MixedEngine {
    here: Arc<dyn Engine>,
    remote: RemoteEngine,
}

impl MixedEngine {
    /// `here` plays every role that `remote` does not.
    pub(super) fn new(here: Arc<dyn Engine>, remote: RemoteEngine) -> Self {
        Self { here, remote }
    }

    fn of(&self, role: Role) -> &dyn Engine {
        if self.remote.plays(role) { &self.remote } else { &*self.here }
    }
}

impl Engine for MixedEngine {
    fn generate<'a>(
        &'a self,
        role: Role,
        request: GenerateRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Generation>, EngineError>> {
        self.of(role).generate(role, request, cancel)
    }

    fn score<'a>(
        &'a self,
        role: Role,
        request: ScoreRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Probability>, EngineError>> {
        self.of(role).score(role, request, cancel)
    }

    fn describe(&self, role: Role) -> &Description {
        self.of(role).describe(role)
    }

    fn health(&self) -> Health {
        match self.here.health() {
            Health::Ready => self.remote.health(),
            broken => broken,
        }
    }
}
