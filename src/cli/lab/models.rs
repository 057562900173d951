//! The models in use, loaded into the lab's own engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;

use crate::cli::engine::load_engine;
use crate::config::Config;
use crate::domain::{Role, Threshold, ThresholdSource};
use crate::engine::{Plan, Tokenizer, plan};
use crate::lab::measure::{Models, Thresholds};
use crate::lab::runner::{Runner, Served};
use crate::model::{Card, Llama, Weights};

/// The models in use, ready for the lab.
pub(super) struct InUse {
    pub llamas: BTreeMap<Role, Llama>,
    pub thresholds: Thresholds,
    /// Where they come from, in words.
    pub sources: Sources,
    pub tokenizer: Tokenizer,
}

/// Where the thresholds of SORM and ORM come from.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(super) struct Sources {
    pub sorm: &'static str,
    pub orm: &'static str,
}

/// No card holds one.
pub(super) const UNTUNED: &str = "not tuned";
/// A card of the lab holds it.
pub(super) const TUNED: &str = "validation";

/// The cut of an ORM's steps, as its card has it.
pub(super) fn step_threshold(card: Option<&Card>) -> (f64, &'static str) {
    let tuned = card.and_then(|card| card.made["step_threshold"].as_f64());
    tuned.map_or((0.5, UNTUNED), |cut| (cut, TUNED))
}

/// The SORM's threshold, as its card or the configuration has it.
pub(super) fn sorm_threshold(threshold: Option<Threshold>) -> (f64, &'static str) {
    let Some(Threshold { sorm, source }) = threshold else { return (0.5, UNTUNED) };
    let source = match source {
        ThresholdSource::Validation => TUNED,
        ThresholdSource::Training => "training labels",
        ThresholdSource::Configuration => "configuration",
        ThresholdSource::Default => UNTUNED,
    };
    (sorm.get(), source)
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
    let mut sources = Sources { sorm: UNTUNED, orm: UNTUNED };
    let mut tokenizer = None;
    for Plan { checkpoint, description, .. } in plan(config)? {
        let role = description.role;
        if role == Role::Orm {
            (thresholds.orm, sources.orm) = step_threshold(checkpoint.card.as_ref());
        }
        if role == Role::Sorm {
            (thresholds.sorm, sources.sorm) = sorm_threshold(description.threshold);
        }
        tokenizer = Some(checkpoint.tokenizer.clone());
        llamas.insert(role, Llama::new(Weights::load(&checkpoint.path)?));
    }
    let tokenizer = tokenizer.context("no model plays any role")?;
    Ok(InUse { llamas, thresholds, sources, tokenizer: (*tokenizer).clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Probability;
    use serde_json::json;

    #[test]
    fn a_threshold_says_where_it_comes_from() {
        assert_eq!(step_threshold(None), (0.5, UNTUNED));
        assert_eq!(sorm_threshold(None), (0.5, UNTUNED));
        let card = |made| Card {
            role: Role::Orm,
            prompt_version: 1,
            parameters: 1,
            labels: None,
            threshold: None,
            made,
        };
        assert_eq!(step_threshold(Some(&card(json!({"step_threshold": 0.3})))), (0.3, TUNED));
        assert_eq!(step_threshold(Some(&card(json!({})))), (0.5, UNTUNED));
        let sorm = Probability::new(0.25).expect("a probability");
        let from = |source| sorm_threshold(Some(Threshold { sorm, source })).1;
        assert_eq!(from(ThresholdSource::Training), "training labels");
        assert_ne!(from(ThresholdSource::Training), from(ThresholdSource::Validation));
    }
}
