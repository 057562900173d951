//! One copy of a model, built anew when its engine died.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mistralrs::Model;

use super::build::Recipe;
use crate::engine::EngineError;

/// A running engine, or the reason why there is none.
type State = Result<Arc<Model>, String>;

pub(super) struct Replica {
    recipe: Recipe,
    state: Mutex<State>,
    /// Held while the engine is built anew, so that several requests that saw it die build one.
    building: tokio::sync::Mutex<()>,
}

impl Replica {
    /// Blocks.
    pub(super) fn build(recipe: &Recipe) -> Result<Self, EngineError> {
        let model = Arc::new(recipe.build()?);
        let building = tokio::sync::Mutex::default();
        Ok(Self { recipe: recipe.clone(), state: Mutex::new(Ok(model)), building })
    }

    pub(super) fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The engine; built now when it died and could not be built then.
    pub(super) async fn model(self: &Arc<Self>) -> Result<Arc<Model>, EngineError> {
        let _turn = self.building.lock().await;
        if let Ok(model) = &*self.state() {
            return Ok(Arc::clone(model));
        }
        self.build_anew().await
    }

    /// To be called by whoever saw `dead` die. An engine that panicked may have left a poisoned
    /// cache behind: restarting it on the same model, as mistral.rs does, would panic again.
    pub(super) async fn died(self: &Arc<Self>, dead: &Arc<Model>, how: &str) {
        let role = self.recipe.role;
        let _turn = self.building.lock().await;
        if !matches!(&*self.state(), Ok(model) if Arc::ptr_eq(model, dead)) {
            return;
        }
        tracing::error!(%role, how, "an engine died; building a new one");
        metrics::counter!("glore_engine_deaths_total", "role" => role.as_str()).increment(1);
        *self.state() = Err(format!("its engine died: {how}"));
        if let Err(error) = self.build_anew().await {
            tracing::error!(%role, %error, "the engine could not be built anew");
        }
    }

    /// Why there is no engine, if there is none.
    pub(super) fn broken(&self) -> Option<String> {
        self.state().as_ref().err().cloned()
    }

    async fn build_anew(&self) -> Result<Arc<Model>, EngineError> {
        let recipe = self.recipe.clone();
        let role = recipe.role;
        let built = tokio::task::spawn_blocking(move || recipe.build()).await;
        match built.map_err(|e| e.to_string()).and_then(|b| b.map_err(|e| e.to_string())) {
            Ok(model) => {
                let model = Arc::new(model);
                *self.state() = Ok(Arc::clone(&model));
                Ok(model)
            }
            Err(reason) => {
                *self.state() = Err(reason.clone());
                Err(EngineError::Unavailable { role, reason })
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
