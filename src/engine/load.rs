//! From the configuration to a running engine.

use std::sync::Arc;

use super::batch::BatchEngine;
use super::plan::{Place, Plan, plan};
use super::{Engine, EngineError};
use crate::config::{Config, EngineKind};
#[cfg(not(feature = "mistralrs"))]
use crate::domain::Role;
use crate::model::{Llama, Weights};

/// Loads the model of every role, the embedded one where the configuration names none. Blocks for
/// as long as it takes: well under two seconds for the embedded models, minutes for large ones.
///
/// # Errors
/// [`EngineError::CannotLoad`] with the file and what is wrong with it.
pub fn load(config: &Config) -> Result<Arc<dyn Engine>, EngineError> {
    let plans = plan(config)?;
    match config.engine.kind {
        EngineKind::Batch => Ok(Arc::new(batch(plans)?)),
        #[cfg(feature = "mistralrs")]
        EngineKind::Mistral => {
            Ok(Arc::new(super::mistral::MistralEngine::load(plans, &config.engine)?))
        }
        #[cfg(not(feature = "mistralrs"))]
        EngineKind::Mistral => {
            let reason = "this build has no mistral.rs; set engine.kind = \"batch\"".to_owned();
            Err(EngineError::Unavailable { role: Role::Policy, reason })
        }
    }
}

fn batch(plans: Vec<Plan>) -> Result<BatchEngine, EngineError> {
    let load = |plan: Plan| {
        let path = plan.checkpoint.path;
        let role = plan.description.role;
        let cannot = |reason| EngineError::CannotLoad { role, path: path.clone(), reason };
        if plan.place != Place::Cpu || plan.quantisation.is_some() {
            return Err(cannot("the batch engine runs on the cpu without quantisation".to_owned()));
        }
        let weights = Weights::load(&path).map_err(|e| cannot(e.to_string()))?;
        Ok((Llama::new(weights), plan.description))
    };
    BatchEngine::new(plans.into_iter().map(load).collect::<Result<_, _>>()?)
}
