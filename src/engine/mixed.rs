//! Some roles played by one engine, the others by another.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::{
    Cancel, Description, Engine, EngineError, GenerateRequest, Generation, Health, ScoreRequest,
};
use crate::domain::{Probability, Role};

/// Asks whoever plays the role.
pub(super) struct MixedEngine {
    usual: Arc<dyn Engine>,
    other: Arc<dyn Engine>,
    /// Roles of the other.
    roles: Vec<Role>,
}

impl MixedEngine {
    /// `other` plays `roles`, `usual` the rest.
    pub(super) fn new(
        usual: Arc<dyn Engine>,
        other: Arc<dyn Engine>,
        roles: impl IntoIterator<Item = Role>,
    ) -> Self {
        Self { usual, other, roles: roles.into_iter().collect() }
    }

    fn of(&self, role: Role) -> &dyn Engine {
        if self.roles.contains(&role) { &*self.other } else { &*self.usual }
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
        match self.usual.health() {
            Health::Ready => self.other.health(),
            broken => broken,
        }
    }
}
