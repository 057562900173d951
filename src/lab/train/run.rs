//! The loop: fill a batch, share it among threads, add their gradients, step, measure, remember.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use candle_core::Device;
use rayon::prelude::*;

use super::example::Example;
use super::metrics::{Metrics, Progress};
use super::order::Order;
use super::schedule::Plan;
use super::state::{self, Position};
use crate::lab::LabError;
use crate::model::{
    AdamW, BlockShape, Gradient, Head, Llama, ModelError, Packed, Weights, Workspace, gradient,
};

/// Steps between saved states and lines of the metrics file.
const SAVE_EVERY: usize = 200;
const REPORT_EVERY: usize = 25;

/// The outcome: the weights with the best validation loss.
#[derive(Debug)]
pub struct Trained {
    pub weights: Weights,
    pub validation_loss: f32,
    pub steps: usize,
    pub tokens: u64,
}

/// What is trained on what, where, and how.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    pub plan: &'a Plan,
    pub head: Head,
    pub examples: &'a [Example],
    /// Measured every now and then; decides which weights are kept.
    pub held_out: &'a [Example],
    /// What the held-out examples are made for: labels alone where training predicts more.
    pub held_out_head: Head,
    pub device: &'a Device,
    /// For the state, the best weights and `metrics.jsonl`.
    pub folder: &'a Path,
}

/// Trains from `start` on the task's examples, in a new seeded order each pass; resumes when a state
/// of the same plan lies in the folder.
///
/// # Errors
/// [`LabError::Nothing`] without examples, [`LabError::Diverged`], and errors of files and device.
pub fn train(
    task: Task,
    start: Weights,
    report: &mut dyn FnMut(&Progress),
) -> Result<Trained, LabError> {
    let Task { plan, head, examples, held_out, held_out_head, device, folder } = task;
    if examples.is_empty() || held_out.is_empty() {
        let reason = format!("{} to train on, {} held out", examples.len(), held_out.len());
        return Err(LabError::Nothing { stage: "train", reason });
    }
    let state_folder = folder.join("state");
    let best_folder = folder.join("best");
    std::fs::create_dir_all(&best_folder).map_err(|e| LabError::io(&best_folder, e))?;
    let mut metrics = Metrics::open(folder)?;
    let inputs = state::inputs(&start, [(examples, head), (held_out, held_out_head)]);
    let (mut at, mut weights, mut adam) = match state::load(&state_folder, plan, &inputs)? {
        Some(resumed) => resumed,
        None => {
            let adam = AdamW::new(&start, plan.adam);
            let plan = plan.clone();
            let fresh = Position {
                plan,
                inputs,
                step: 0,
                adam_steps: 0,
                best: None,
                since_best: 0,
                tokens: 0,
            };
            (fresh, start, adam)
        }
    };
    let shape = Arc::new(BlockShape::new(&weights.config));
    let mut order = Order::at(plan, examples, at.step);
    let (clock, tokens_before) = (Instant::now(), at.tokens);
    let (first, mut recent, mut recent_weight) = (at.step, 0.0f64, 0.0f64);

    while at.step < plan.steps && at.since_best < plan.patience {
        let shards = order.next_batch();
        let weight: f32 = shards.iter().map(Packed::total_weight).sum();
        let mut sum = gradients(&weights, &shape, &shards, head, device)?;
        if !sum.loss.is_finite() {
            return Err(LabError::Diverged { name: plan.name.clone(), step: at.step });
        }
        sum.parts().for_each(|part| part.iter_mut().for_each(|g| *g /= weight));
        adam.step(&mut weights, &mut sum, plan.rate_at(at.step));
        at.step += 1;
        at.tokens += shards.iter().map(|shard| shard.tokens.len() as u64).sum::<u64>();
        recent += f64::from(sum.loss);
        recent_weight += f64::from(weight);

        let last = at.step == plan.steps;
        let mut validation_loss = None;
        if at.step.is_multiple_of(plan.validate_every) || last {
            let loss = held_out_loss(&weights, held_out, held_out_head);
            validation_loss = Some(loss);
            if at.best.is_none_or(|best| loss < best) {
                (at.best, at.since_best) = (Some(loss), 0);
                weights.save(&best_folder, crate::model::Precision::F32)?;
            } else {
                at.since_best += 1;
            }
        }
        if at.step.is_multiple_of(REPORT_EVERY) || validation_loss.is_some() {
            let seconds = clock.elapsed().as_secs_f64();
            let progress = Progress {
                name: plan.name.clone(),
                step: at.step,
                steps: plan.steps,
                loss: (recent / recent_weight.max(1.0)) as f32,
                validation_loss,
                rate: plan.rate_at(at.step - 1),
                tokens: at.tokens,
                tokens_per_second: (at.tokens - tokens_before) as f64 / seconds,
                seconds_left: seconds / (at.step - first) as f64 * (plan.steps - at.step) as f64,
            };
            (recent, recent_weight) = (0.0, 0.0);
            metrics.write(&progress)?;
            report(&progress);
        }
        // The end by patience is an end as well: it must not be trained up to again.
        if at.step.is_multiple_of(SAVE_EVERY) || last || at.since_best == plan.patience {
            let (adam_steps, moments) = adam.state();
            at.adam_steps = adam_steps;
            state::save(&state_folder, &at, &weights, &moments)?;
        }
    }
    let weights = Weights::load(&best_folder)?;
    let validation_loss = at.best.unwrap_or(f32::NAN);
    Ok(Trained { weights, validation_loss, steps: at.step, tokens: at.tokens })
}

/// Mean loss a prediction over held-out examples, in nats.
fn held_out_loss(weights: &Weights, examples: &[Example], head: Head) -> f32 {
    const EXAMPLES_A_BATCH: usize = 32;
    let llama = Llama::new(weights.clone());
    let losses: Vec<(f32, f32)> = examples
        .par_chunks(EXAMPLES_A_BATCH)
        .map_init(Workspace::default, |work, chunk| {
            let mut batch = Packed::default();
            chunk.iter().for_each(|example| example.pack(&mut batch));
            (llama.loss(&batch, head, work), batch.total_weight())
        })
        .collect();
    let sum = |of: fn(&(f32, f32)) -> f32| losses.iter().map(|l| f64::from(of(l))).sum::<f64>();
    (sum(|l| l.0) / sum(|l| l.1)) as f32
}

fn gradients(
    weights: &Weights,
    shape: &Arc<BlockShape>,
    shards: &[Packed],
    head: Head,
    device: &Device,
) -> Result<Gradient, LabError> {
    let parts = shards
        .par_iter()
        .map(|shard| gradient(weights, shape, shard, head, device))
        .collect::<Result<Vec<_>, ModelError>>()?;
    let mut parts = parts.into_iter();
    let stage = "train";
    let mut sum =
        parts.next().ok_or_else(|| LabError::Nothing { stage, reason: "an empty batch".into() })?;
    parts.for_each(|part| sum.add(part));
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AdamSettings, LlamaConfig};

    fn plan(steps: usize) -> Plan {
        Plan {
            name: "copy".into(),
            steps,
            tokens_per_step: 128,
            rate: 3e-3,
            warm_up: 5,
            validate_every: 20,
            patience: 100,
            seed: 4,
            adam: AdamSettings::default(),
        }
    }

    /// After a token comes the token 10 higher: learnt in a few steps.
    fn examples(from: u32) -> Vec<Example> {
        (from..from + 40).map(|i| Example::completion(&[9, 20 + i % 40], &[30 + i % 40])).collect()
    }

    fn run(steps: usize, folder: &Path) -> Trained {
        let start = Weights::random(&LlamaConfig::small(300, 32, 1, 64), 1);
        let (train_on, held_out) = (examples(0), examples(0));
        let (plan, device) = (plan(steps), Device::Cpu);
        let task = Task {
            plan: &plan,
            head: Head::Vocabulary,
            examples: &train_on,
            held_out: &held_out,
            held_out_head: Head::Vocabulary,
            device: &device,
            folder,
        };
        train(task, start, &mut |_| {}).expect("trained")
    }

    #[test]
    fn it_learns_and_the_same_seed_gives_the_same_weights() {
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let first = run(200, folders[0].path());
        let second = run(200, folders[1].path());
        assert!(first.validation_loss < 0.5, "{}", first.validation_loss);
        assert_eq!(first.weights, second.weights);
    }

    #[test]
    fn a_training_that_ran_out_of_patience_is_not_done_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let start = Weights::random(&LlamaConfig::small(300, 32, 1, 64), 1);
        // Nothing is learnt at this rate, so that the first measurement stays the best.
        let plan = Plan { rate: 0.0, patience: 2, ..plan(400) };
        let examples = examples(0);
        let task = Task {
            plan: &plan,
            head: Head::Vocabulary,
            examples: &examples,
            held_out: &examples,
            held_out_head: Head::Vocabulary,
            device: &Device::Cpu,
            folder: folder.path(),
        };
        let mut reports = 0;
        let first = train(task, start.clone(), &mut |_| reports += 1).expect("trained");
        assert_eq!(first.steps, 60, "measured at 20, 40 and 60");
        let done = reports;
        let again = train(task, start, &mut |_| reports += 1).expect("read");
        assert_eq!((again.steps, reports), (60, done));
    }

    #[test]
    fn a_finished_training_is_not_done_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = run(40, folder.path());
        let again = run(40, folder.path());
        assert_eq!(first.weights, again.weights);
        let lines = std::fs::read_to_string(folder.path().join("metrics.jsonl")).expect("metrics");
        assert_eq!(lines.lines().filter(|l| l.contains("\"step\":40,")).count(), 1);
    }
}
