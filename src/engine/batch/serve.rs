//! The lab's engine behind the [`Engine`] trait.

use std::collections::BTreeMap;

use futures::future::BoxFuture;

use super::samples::continue_all;
use super::score::score_all;
use crate::domain::{Probability, Role};
use crate::engine::{
    Cancel, Description, Engine, EngineError, GenerateRequest, Generation, Health, ScoreRequest,
};
use crate::model::Llama;

/// A small Llama for each role, run on the threads for blocking work.
pub struct BatchEngine {
    roles: BTreeMap<Role, (Llama, Description)>,
}

impl BatchEngine {
    /// An engine over loaded models.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] naming a role that no model plays.
    pub fn new(models: Vec<(Llama, Description)>) -> Result<Self, EngineError> {
        let engine = Self::of_some(models);
        match Role::ALL.into_iter().find(|role| !engine.roles.contains_key(role)) {
            Some(role) => {
                Err(EngineError::Unavailable { role, reason: "no model plays it".to_owned() })
            }
            None => Ok(engine),
        }
    }

    /// The same for some of the roles; it must not be asked for the others.
    pub(in crate::engine) fn of_some(models: Vec<(Llama, Description)>) -> Self {
        let roles = models.into_iter().map(|(llama, about)| (about.role, (llama, about)));
        Self { roles: roles.collect() }
    }

    /// The model of a role, for work on many problems at once.
    pub fn llama(&self, role: Role) -> &Llama {
        &self.roles[&role].0
    }
}

impl Engine for BatchEngine {
    fn generate<'a>(
        &'a self,
        role: Role,
        request: GenerateRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Generation>, EngineError>> {
        let (llama, cancel) = (self.llama(role).clone(), cancel.clone());
        let work = move || continue_all(&llama, role, &[request], &cancel);
        Box::pin(async move { blocking(role, work).await?.pop().ok_or_else(|| lost(role)) })
    }

    fn score<'a>(
        &'a self,
        role: Role,
        request: ScoreRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Probability>, EngineError>> {
        let (llama, cancel) = (self.llama(role).clone(), cancel.clone());
        let work = move || score_all(&llama, role, &[request], &cancel);
        Box::pin(async move { blocking(role, work).await?.pop().ok_or_else(|| lost(role)) })
    }

    fn describe(&self, role: Role) -> &Description {
        &self.roles[&role].1
    }

    fn health(&self) -> Health {
        Health::Ready
    }
}

async fn blocking<T: Send + 'static>(
    role: Role,
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|panic| {
        Err(EngineError::Unavailable { role, reason: format!("it stopped: {panic}") })
    })
}

fn lost(role: Role) -> EngineError {
    EngineError::Unavailable { role, reason: "it gave no answer".to_owned() }
}
