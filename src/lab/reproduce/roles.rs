//! The four models that start from the student.

use crate::domain::Role;
use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::labels::Rules;
use crate::lab::sampling::labels;
use crate::lab::sets::{
    Rollouts, Sample, global_pairs, global_set, local_pairs, local_set, orm_samples, sorm_set,
};
use crate::lab::train::{Example, Task, Trained, train};
use crate::model::{Head, Precision};

use super::bench::{Bench, Report};

/// Trains one of the four on its set. Where an earlier stage found nothing to learn from (a student
/// that never solves anything has no right samples), the role keeps the student's weights.
///
/// # Errors
/// [`LabError`] when an earlier stage is missing, from training and from files.
pub fn fine_tune(bench: &mut Bench, role: Role) -> Result<Trained, LabError> {
    let start = bench.model(Role::Policy)?.llama.weights().clone();
    let examples = set(bench, role, "")?;
    let held_out = set(bench, role, "-validation")?;
    if examples.is_empty() || held_out.is_empty() {
        let best = bench.folder.join(role.as_str()).join("best");
        std::fs::create_dir_all(&best).map_err(|e| LabError::io(&best, e))?;
        start.save(&best, Precision::F32)?;
        return Ok(Trained { weights: start, validation_loss: f32::NAN, steps: 0, tokens: 0 });
    }
    let pair = labels(&bench.tokenizer)?;
    let head = if role.is_reward() {
        Head::Labels { good: pair.good, bad: pair.bad }
    } else {
        Head::Vocabulary
    };
    let preset = &bench.preset;
    let steps = match role {
        Role::Orm => preset.orm_steps,
        Role::Sorm => preset.sorm_steps,
        Role::Global => preset.global_steps,
        Role::Local => preset.local_steps,
        Role::Policy => preset.expert_steps,
    };
    let plan = preset.fine_tuning_plan(role.as_str(), steps);
    let (device, folder) = (bench.device.clone(), bench.folder.join(role.as_str()));
    let report = &mut bench.report;
    let task = Task {
        plan: &plan,
        head,
        examples: &examples,
        held_out: &held_out,
        device: &device,
        folder: &folder,
    };
    train(task, start, &mut |progress| report(Report::Training(progress)))
}

/// The set of a role, from the files of the training split or, with `-validation`, the other.
fn set(bench: &Bench, role: Role, suffix: &str) -> Result<Vec<Example>, LabError> {
    let (tokenizer, seed) = (&bench.tokenizer, bench.preset.seed);
    let copies = bench.preset.copies_of_ten;
    let samples = || SetFile::new(&bench.folder, &format!("samples{suffix}")).read::<Sample>();
    let rollouts = || SetFile::new(&bench.folder, &format!("rollouts{suffix}")).read::<Rollouts>();
    Ok(match role {
        Role::Orm => orm_samples(tokenizer, &samples()?)?,
        Role::Sorm => sorm_set(tokenizer, &rollouts()?, Rules::default(), seed)?,
        Role::Global => global_set(tokenizer, &global_pairs(&samples()?, copies, seed))?,
        Role::Local => {
            local_set(tokenizer, &local_pairs(&rollouts()?, Rules::default(), copies, seed))?
        }
        Role::Policy => Vec::new(),
    })
}
