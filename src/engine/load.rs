//! From the configuration to a running engine.

use std::sync::Arc;

use super::batch::BatchEngine;
use super::mixed::MixedEngine;
use super::plan::{Place, Plan, plan};
use super::remote::{RemoteEngine, Rules};
use super::{Engine, EngineError};
use crate::config::{Config, EngineKind};
use crate::domain::Role;
use crate::model::{Llama, Weights};

/// Loads the model of every role, the embedded one where the configuration names none, and meets
/// the servers of those that are played elsewhere. Blocks for as long as it takes: well under two
/// seconds for the embedded models, minutes for large ones.
///
/// # Errors
/// [`EngineError::CannotLoad`] with the file and what is wrong with it;
/// [`EngineError::Unavailable`] with the address and what it answered.
pub fn load(config: &Config) -> Result<Arc<dyn Engine>, EngineError> {
    let plans = plan(config)?;
    // Servers first: they are soon asked, and a large model is not loaded for nothing.
    let remote = RemoteEngine::connect(config, Rules::default())?;
    if plans.is_empty() {
        return Ok(Arc::new(remote));
    }
    let here = load_here(config, plans)?;
    if remote.is_empty() {
        return Ok(here);
    }
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|role| remote.plays(*role)).collect();
    Ok(Arc::new(MixedEngine::new(here, Arc::new(remote), roles)))
}

fn load_here(config: &Config, plans: Vec<Plan>) -> Result<Arc<dyn Engine>, EngineError> {
    match config.engine.kind {
        EngineKind::Batch => Ok(Arc::new(batch(plans)?)),
        #[cfg(feature = "mistralrs")]
        EngineKind::Mistral => mistral(config, plans),
        #[cfg(not(feature = "mistralrs"))]
        EngineKind::Mistral => {
            let reason = "this build has no mistral.rs; set engine.kind = \"batch\"".to_owned();
            Err(EngineError::Unavailable { role: Role::Policy, reason })
        }
    }
}

/// In a build for GPUs mistral.rs calls GPU kernels for a model on the CPU too, and fails ("query must
/// be a cuda tensor"); there the lab's own engine plays the roles that stay on the CPU.
#[cfg(feature = "mistralrs")]
fn mistral(config: &Config, plans: Vec<Plan>) -> Result<Arc<dyn Engine>, EngineError> {
    let own = |plan: &Plan| cfg!(feature = "cuda") && plan.place == Place::Cpu;
    let (cpu, rest): (Vec<Plan>, Vec<Plan>) = plans.into_iter().partition(own);
    let roles: Vec<Role> = cpu.iter().map(|plan| plan.description.role).collect();
    if rest.is_empty() {
        return Ok(Arc::new(batch(cpu)?));
    }
    let engine = super::mistral::MistralEngine::load(rest, &config.engine)?;
    if cpu.is_empty() {
        return Ok(Arc::new(engine));
    }
    Ok(Arc::new(MixedEngine::new(Arc::new(engine), Arc::new(batch(cpu)?), roles)))
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
    Ok(BatchEngine::of_some(plans.into_iter().map(load).collect::<Result<_, _>>()?))
}
