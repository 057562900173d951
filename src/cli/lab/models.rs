//! The models in use, loaded into the lab's own engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;

use crate::cli::engine::load_engine;
use crate::config::Config;
use crate::domain::Role;
use crate::engine::{Plan, Tokenizer, plan};
use crate::lab::measure::{Models, Thresholds};
use crate::lab::runner::{Runner, Served};
use crate::model::{Llama, Weights};

/// The models in use, ready for the lab.
pub(super) struct InUse {
    pub llamas: BTreeMap<Role, Llama>,
    pub thresholds: Thresholds,
    pub tokenizer: Tokenizer,
}

impl InUse {
    /// The model of a role.
    pub fn llama(&self, role: Role) -> &Llama {
        &self.llamas[&role]
    }

    /// All of them, run by the lab's own engine.
    pub fn models(&self) -> Models {
        let each = self.llamas.iter();
        Models(each.map(|(&role, llama)| (role, Arc::new(llama.clone()) as Arc<_>)).collect())
    }
}

/// The models in use, run by the engine that serves.
pub(super) fn served(config: &Config) -> anyhow::Result<Models> {
    let runtime = Arc::new(tokio::runtime::Runtime::new()?);
    let engine = runtime.block_on(async { load_engine(config) })?;
    let served: Arc<dyn Runner> = Arc::new(Served::new(engine, runtime));
    Ok(Models(Role::ALL.into_iter().map(|role| (role, served.clone())).collect()))
}

/// Loads what the server would use: the embedded models, or the small Llama folders of
/// `[models.ROLE]`.
pub(in crate::cli) fn in_use(config: &Config) -> anyhow::Result<InUse> {
    let mut llamas = BTreeMap::new();
    let mut thresholds = Thresholds { sorm: 0.5, orm: 0.5 };
    let mut tokenizer = None;
    for Plan { checkpoint, description, .. } in plan(config)? {
        let role = description.role;
        if let (Role::Orm, Some(card)) = (role, &checkpoint.card) {
            thresholds.orm = card.made["step_threshold"].as_f64().unwrap_or(0.5);
        }
        if let (Role::Sorm, Some(threshold)) = (role, description.threshold) {
            thresholds.sorm = threshold.sorm.get();
        }
        tokenizer = Some(checkpoint.tokenizer.clone());
        llamas.insert(role, Llama::new(Weights::load(&checkpoint.path)?));
    }
    let tokenizer = tokenizer.context("no model plays any role")?;
    Ok(InUse { llamas, thresholds, tokenizer: (*tokenizer).clone() })
}
