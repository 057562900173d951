//! The model of each role: its files, tokenizer, versions and hash.

use super::{Check, State};
use crate::config::Config;
use crate::domain::Role;
use crate::engine::{EngineError, Plan, embedded_hash, plan_each};
use crate::model::PROMPT_VERSION;

/// Characters of a hash that tell two models apart.
const SHORT: usize = 12;

/// Embedded models are unpacked somewhere else: the doctor changes nothing in the data folder.
pub(super) fn checks(config: &Config) -> Vec<Check> {
    let place = match tempfile::tempdir() {
        Ok(place) => place,
        Err(e) => {
            return vec![Check::new("models", State::Fail, format!("no temporary folder: {e}"))];
        }
    };
    let mut config = config.clone();
    config.store.dir = place.path().to_owned();
    plan_each(&config)
        .into_iter()
        .map(|(role, plan)| {
            let embedded = !config.models.contains_key(&role);
            let (state, detail) = judged(role, plan, embedded);
            Check::new(format!("model {role}"), state, detail)
        })
        .collect()
}

fn judged(role: Role, plan: Result<Plan, EngineError>, embedded: bool) -> (State, String) {
    let Plan { checkpoint, description, .. } = match plan {
        Ok(plan) => plan,
        Err(error) => return (State::Fail, error.to_string()),
    };
    let hash: String = checkpoint.hash.chars().take(SHORT).collect();
    let said = format!(
        "{}, {} parameters, {} tokens of vocabulary, context {}, on {}, sha256 {hash}",
        description.model_id,
        checkpoint.parameters,
        checkpoint.vocab_size,
        description.context_length,
        description.device,
    );
    if embedded && embedded_hash(role).is_some_and(|listed| listed != checkpoint.hash) {
        return (State::Fail, format!("{said}: not the weights that its manifest lists"));
    }
    match &checkpoint.card {
        Some(card) if card.prompt_version != PROMPT_VERSION => {
            let version = card.prompt_version;
            (
                State::Fail,
                format!("{said}: trained for prompt version {version}, not {PROMPT_VERSION}"),
            )
        }
        Some(card) if card.role != role => {
            (State::Warn, format!("{said}: trained as {}", card.role))
        }
        _ => (State::Ok, said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_model_is_whole_and_the_one_its_manifest_lists() {
        let checks = checks(&Config::default());
        assert_eq!(checks.len(), Role::ALL.len());
        for (check, role) in checks.iter().zip(Role::ALL) {
            assert_eq!(check.state, State::Ok, "{}: {}", check.name, check.detail);
            assert!(embedded_hash(role).is_some(), "{role} is in the manifest");
        }
    }

    #[test]
    fn a_card_of_another_version_or_role_is_seen() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::default();
        config.store.dir = dir.path().to_owned();
        let mut plans = plan_each(&config);
        let (role, plan) = plans.swap_remove(0);
        let mut plan = plan.expect("an embedded model");
        let card = plan.checkpoint.card.as_mut().expect("a card");
        card.role = Role::Local;
        assert_eq!(judged(role, Ok(plan.clone()), true).0, State::Warn);
        plan.checkpoint.card.as_mut().expect("a card").prompt_version = PROMPT_VERSION + 1;
        assert_eq!(judged(role, Ok(plan.clone()), true).0, State::Fail);
        plan.checkpoint.card = None;
        assert_eq!(judged(role, Ok(plan.clone()), true).0, State::Ok);
        plan.checkpoint.hash = "0".repeat(64);
        assert_eq!(judged(role, Ok(plan), true).0, State::Fail);
    }
}
