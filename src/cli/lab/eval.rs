//! `glore eval`: the table of the models in use.

use std::collections::BTreeMap;

use anyhow::ensure;

use super::table::table;
use crate::cli::print;
use crate::config::Config;
use crate::domain::Role;
use crate::engine::{Plan, plan};
use crate::lab::measure::{Models, Thresholds, attempt, evaluate};
use crate::lab::problems::{Difficulty, Split, problems};
use crate::lab::sampling::Draw;
use crate::model::{Llama, Weights};

/// Measure the models in use on generated problems whose every step can be checked
///
/// Runs on the lab's own engine, many problems at once. The models are those the server would use:
/// the embedded ones, or the small Llama folders of `[models.ROLE]`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which problems: test, validation, or harder (more steps than in training).
    #[arg(long, default_value = "test", value_parser = ["test", "validation", "harder"])]
    split: String,
    /// How many problems.
    #[arg(long, default_value_t = 1000)]
    problems: usize,
    /// Seed of the problems and of the samples.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// SORM threshold to try instead of the model's own.
    #[arg(long)]
    threshold: Option<f64>,
    /// Print an object for programs instead of a table.
    #[arg(long)]
    json: bool,
}

/// Samples of best-of-3, drawn as the lab draws them.
const SAMPLES: usize = 3;
const TEMPERATURE: f32 = 0.8;

/// Runs the command.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    ensure!(args.problems > 0, "--problems 0: there is nothing to measure");
    let split = match args.split.as_str() {
        "validation" => Split::Validation,
        "harder" => Split::Harder,
        _ => Split::Test,
    };
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
    thresholds.sorm = args.threshold.unwrap_or(thresholds.sorm);
    let Some(tokenizer) = tokenizer else { anyhow::bail!("no model plays any role") };
    let difficulty = match split {
        Split::Harder => Difficulty::harder(),
        _ => Difficulty::default(),
    };
    let problems: Vec<_> = problems(split, args.seed, difficulty).take(args.problems).collect();
    let samples = Draw { n: SAMPLES, temperature: TEMPERATURE, seed: args.seed };
    let tried = attempt(&Models(models), &tokenizer, &problems, thresholds, samples)?;
    let data = format!("{} split, seed {}", args.split, args.seed);
    let evaluation = evaluate(&tried, &data, args.seed);
    match args.json {
        true => print(&format!("{}\n", serde_json::to_string_pretty(&evaluation)?)),
        false => print(&table(&evaluation)),
    }
}
