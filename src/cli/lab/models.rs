//! The models in use, loaded into the lab's own engine.

use std::collections::BTreeMap;

use anyhow::Context;

use crate::config::Config;
use crate::domain::Role;
use crate::engine::{Plan, Tokenizer, plan};
use crate::lab::measure::{Models, Thresholds};
use crate::model::{Llama, Weights};

/// The models in use, ready for the lab.
pub(super) struct InUse {
    pub models: Models,
    pub thresholds: Thresholds,
    pub tokenizer: Tokenizer,
}

/// Loads what the server would use: the embedded models, or the small Llama folders of
/// `[models.ROLE]`.
pub(in crate::cli) fn in_use(config: &Config) -> anyhow::Result<InUse> {
    let mut models = BTreeMap::new();
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
        models.insert(role, Llama::new(Weights::load(&checkpoint.path)?));
    }
    let tokenizer = tokenizer.context("no model plays any role")?;
    Ok(InUse { models: Models(models), thresholds, tokenizer: (*tokenizer).clone() })
}
