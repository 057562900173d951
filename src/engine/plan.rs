//! Which model plays which role, and how: the configuration, held against what lies on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checkpoint::Checkpoint;
use super::{Control, Description, EngineError, LabelPair, embedded};
use crate::config::{Config, Dtype, ModelSource, Quantisation, ScoreFormat};
use crate::domain::{Probability, Role, Threshold, ThresholdSource};
use crate::model::{Card, Tokenizer};

/// Where a model computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Cpu,
    /// The GPU of this number.
    Cuda(usize),
}

/// A checked model and how it is to be run.
#[derive(Debug, Clone)]
pub struct Plan {
    pub checkpoint: Checkpoint,
    pub description: Description,
    pub place: Place,
    pub dtype: Dtype,
    pub quantisation: Option<Quantisation>,
}

/// Finds and checks the model of every role that is played here, without loading it into an engine.
///
/// # Errors
/// [`EngineError::CannotLoad`] with the file and what is wrong with it.
pub fn plan(config: &Config) -> Result<Vec<Plan>, EngineError> {
    plan_each(config).into_iter().map(|(_, plan)| plan).collect()
}

/// The same, going on after a role that has no usable model.
pub fn plan_each(config: &Config) -> Vec<(Role, Result<Plan, EngineError>)> {
    let all_named = Role::ALL.iter().all(|role| config.models.contains_key(role));
    let embedded =
        if all_named { Ok(BTreeMap::new()) } else { embedded::unpack(&config.store.dir) };
    let plan = |role: Role| {
        if let Some(source) = config.models.get(&role) {
            return plan_one(role, source, name(&source.path));
        }
        match embedded.as_ref().map_err(EngineError::clone)?.get(&role) {
            Some(path) => plan_one(role, &ModelSource::at(path), format!("embedded/{role}")),
            None => Err(EngineError::CannotLoad {
                role,
                path: PathBuf::from(format!("models/embedded/{role}")),
                reason: format!("this build has no embedded model; set models.{role}.path"),
            }),
        }
    };
    let here = |role: &Role| !config.models.get(role).is_some_and(ModelSource::is_remote);
    Role::ALL.into_iter().filter(here).map(|role| (role, plan(role))).collect()
}

fn name(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into())
}

fn plan_one(role: Role, source: &ModelSource, model_id: String) -> Result<Plan, EngineError> {
    let cannot =
        |reason: String| EngineError::CannotLoad { role, path: source.path.clone(), reason };
    let place = place(&source.device).map_err(cannot)?;
    if place == Place::Cpu && source.dtype == Dtype::Bf16 {
        return Err(cannot("bf16 cannot be computed on the cpu".to_owned()));
    }
    let step_tag = step_tag(role, source).map_err(cannot)?;
    let checkpoint = Checkpoint::open(role, &source.path)?;
    let (tokenizer, card) = (&checkpoint.tokenizer, checkpoint.card.as_ref());
    let labels = labels(role, source, tokenizer, card).map_err(cannot)?;
    let description = Description {
        role,
        model_id,
        hash: checkpoint.hash.clone(),
        context_length: checkpoint.context_length,
        tokenizer: Arc::clone(tokenizer),
        device: source.device.clone(),
        score_format: source.score_format,
        labels,
        threshold: (role == Role::Sorm).then(|| threshold(source, card)),
        parameters: Some(checkpoint.parameters),
        begin: checkpoint.begin.clone(),
        end: checkpoint.end.clone(),
        step_tag,
    };
    let (dtype, quantisation) = (source.dtype, source.quantisation);
    Ok(Plan { checkpoint, description, place, dtype, quantisation })
}

fn place(device: &str) -> Result<Place, String> {
    let number = device.strip_prefix("cuda:").and_then(|n| n.parse().ok());
    match (device, number) {
        ("cpu", _) => Ok(Place::Cpu),
        (_, Some(_)) if !cfg!(feature = "cuda") => {
            Err(format!("device = \"{device}\" needs a build with the `cuda` feature"))
        }
        (_, Some(number)) => Ok(Place::Cuda(number)),
        _ => Err(format!("device = \"{device}\" is neither `cpu` nor `cuda:N`")),
    }
}

/// The tag after each step; only of the `step_tag` format.
pub(super) fn step_tag(role: Role, source: &ModelSource) -> Result<Option<String>, String> {
    let tagged = source.score_format == ScoreFormat::StepTag;
    if role.is_reward() && tagged && source.step_tag.as_ref().is_none_or(String::is_empty) {
        return Err("score_format = \"step_tag\" needs a step_tag".to_owned());
    }
    Ok(source.step_tag.clone().filter(|_| tagged))
}

/// The label tokens of a reward role: as configured, else as its card says, else ours.
pub(super) fn labels(
    role: Role,
    source: &ModelSource,
    tokenizer: &Tokenizer,
    card: Option<&Card>,
) -> Result<Option<LabelPair>, String> {
    if !role.is_reward() {
        return Ok(None);
    }
    let ours = || [Control::Good, Control::Bad].map(|control| control.as_str().to_owned());
    let carded = || card.and_then(|card| card.labels.clone());
    let words = source.labels.clone().or_else(carded).unwrap_or_else(ours);
    let [good, bad] = words.map(|word| {
        let id = tokenizer.id(&word);
        id.ok_or_else(|| format!("label `{word}` is not a token of its tokenizer; set labels"))
    });
    let (good, bad) = (good?, bad?);
    if good == bad {
        return Err("the two labels are the same token".to_owned());
    }
    Ok(Some(LabelPair { good, bad }))
}

/// The threshold of the SORM: as configured, else as its card says, else the middle.
pub(super) fn threshold(source: &ModelSource, card: Option<&Card>) -> Threshold {
    let configured = source.threshold.and_then(Probability::new);
    let carded = || card.and_then(|card| card.threshold);
    configured
        .map(|sorm| Threshold { sorm, source: ThresholdSource::Configuration })
        .or_else(carded)
        .unwrap_or_else(|| Threshold {
            sorm: Probability::new(0.5).expect("a half lies between 0 and 1"),
            source: ThresholdSource::Default,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_read_by_name() {
        assert_eq!(place("cpu"), Ok(Place::Cpu));
        for bad in ["gpu", "cuda", "cuda:x", ""] {
            assert!(place(bad).is_err(), "{bad}");
        }
        assert_eq!(place("cuda:1").is_ok(), cfg!(feature = "cuda"));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = plan_one(Role::Orm, &ModelSource::at(Path::new("/no/such/folder")), "x".into());
        let error = error.expect_err("missing").to_string();
        assert!(error.contains("orm") && error.contains("/no/such/folder"), "{error}");
    }
}
