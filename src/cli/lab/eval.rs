//! `glore eval`: the table of the models in use.

use std::path::PathBuf;

use anyhow::{Context, ensure};

use super::data::{self, File};
use super::models::{InUse, in_use, served, sorm_threshold, step_threshold};
use super::table;
use crate::cli::print;
use crate::config::Config;
use crate::domain::Role;
use crate::lab::measure::{
    Item, Judged, Models, ablate, attempt, evaluate, find_errors, label_table,
};
use crate::lab::problems::{Difficulty, Split, WordProblem, problems};
use crate::lab::sampling::Draw;
use crate::model::{Card, Llama, Weights};

/// Measure the models in use: on generated problems whose every step can be checked, or on a file
///
/// Runs on the lab's own engine, many problems at once, unless --engine says otherwise. The models are those the server would use:
/// the embedded ones, or the small Llama folders of `[models.ROLE]`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which problems: test, validation, harder (more steps than in training), or unseen (families
    /// left out of training).
    #[arg(long, default_value = "test", value_parser = ["test", "validation", "harder", "unseen"])]
    split: String,
    /// Instead, a file: problems with answers (GSM8K, SVAMP), or solutions with a first error
    /// (`{problem, steps, label}`, ProcessBench, PRM800K, Math-Shepherd).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["split", "labels"])]
    data: Option<PathBuf>,
    /// Form of the file, if its fields do not tell.
    #[arg(long, requires = "data")]
    form: Option<String>,
    /// How many problems, at most.
    #[arg(long, default_value_t = 1000)]
    problems: usize,
    /// Seed of the problems.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seeds of the samples of best-of-3 and majority-of-3.
    #[arg(long, value_delimiter = ',', default_value = "1,2,3")]
    seeds: Vec<u64>,
    /// SORM threshold to try instead of the model's own.
    #[arg(long)]
    threshold: Option<f64>,
    /// Who runs the models: `batch`, the lab's own engine, or `serving`, the engine that answers
    /// requests, one problem after the other.
    #[arg(long, default_value = "batch", value_parser = ["batch", "serving"])]
    engine: String,
    /// Another model in a role, as ROLE=FOLDER of a small Llama with the same tokenizer.
    #[arg(long, value_name = "ROLE=FOLDER", conflicts_with = "engine")]
    with: Vec<String>,
    /// Also change one thing at a time: who locates, who chooses, what is left out, a second round.
    #[arg(long)]
    ablate: bool,
    /// Instead, hold synthetic step labels of the policy's samples against the worlds: before and
    /// after each label rule, for 1 to 16 rollouts.
    #[arg(long, conflicts_with_all = ["ablate", "with", "threshold"])]
    labels: bool,
    /// Print an object for programs instead of a table.
    #[arg(long)]
    json: bool,
}

/// Samples of best-of-3, drawn as the lab draws them; samples a problem for labels.
const SAMPLES: usize = 3;
const LABELLED_SAMPLES: usize = 4;
const TEMPERATURE: f32 = 0.8;

/// Runs the command.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    ensure!(args.problems > 0, "--problems 0: there is nothing to measure");
    let mut used = in_use(config)?;
    for other in &args.with {
        let (role, folder) = other.split_once('=').context("--with takes ROLE=FOLDER")?;
        let role: Role = role.parse().map_err(|_| anyhow::anyhow!("--with: no role `{role}`"))?;
        let folder = PathBuf::from(folder);
        let weights = Weights::load(&folder)?;
        // Another model has another cut: that of the one it stands in for says nothing of it.
        let card = Card::read(&folder)?;
        if role == Role::Sorm {
            (used.thresholds.sorm, used.sources.sorm) =
                sorm_threshold(card.as_ref().and_then(|card| card.threshold));
        }
        if role == Role::Orm {
            (used.thresholds.orm, used.sources.orm) = step_threshold(card.as_ref());
        }
        ensure!(
            weights.config.vocab_size == used.tokenizer.vocab_size(),
            "--with {other}: its vocabulary has {} tokens, the others' {}",
            weights.config.vocab_size,
            used.tokenizer.vocab_size()
        );
        used.llamas.insert(role, Llama::new(weights));
    }
    if let Some(threshold) = args.threshold {
        (used.thresholds.sorm, used.sources.sorm) = (threshold, "--threshold");
    }
    let (data, items) = match &args.data {
        Some(path) => match data::read(path, args.form.as_deref(), args.problems, &used)? {
            File::Problems(items) => (path.display().to_string(), items),
            File::Solutions(judged) => {
                return stepwise(args, &used, &models(args, config, &used)?, &judged);
            }
        },
        None => {
            let problems = generated(args);
            if args.labels {
                return labels(args, &used, &problems);
            }
            let data = format!("{} split, seed {}", args.split, args.seed);
            (data, problems.iter().map(Item::from).collect())
        }
    };
    let models = &models(args, config, &used)?;
    let InUse { thresholds, tokenizer, .. } = &used;
    let samples = Draw { n: SAMPLES, temperature: TEMPERATURE, seed: args.seed };
    let tried = attempt(models, tokenizer, &items, *thresholds, samples, &args.seeds)?;
    let evaluation = evaluate(&tried, &data, &args.seeds);
    let ablations = match args.ablate {
        true => ablate(models, tokenizer, &items, &tried, args.seed)?,
        false => Vec::new(),
    };
    if args.json {
        let mut object = serde_json::to_value(&evaluation)?;
        object["threshold_sources"] = serde_json::to_value(used.sources)?;
        if args.ablate {
            object["ablations"] = serde_json::to_value(&ablations)?;
        }
        return print(&format!("{}\n", serde_json::to_string_pretty(&object)?));
    }
    print(&table::evaluation(&evaluation, used.sources))?;
    print(&table::ablations(&ablations))
}

fn labels(args: &Args, used: &InUse, problems: &[WordProblem]) -> anyhow::Result<()> {
    let how = Draw { n: LABELLED_SAMPLES, temperature: TEMPERATURE, seed: args.seed };
    let found = label_table(used.llama(Role::Policy), &used.tokenizer, problems, how)?;
    match args.json {
        true => print(&format!("{}\n", serde_json::to_string_pretty(&found)?)),
        false => print(&table::labels(&found)),
    }
}

fn models(args: &Args, config: &Config, used: &InUse) -> anyhow::Result<Models> {
    match args.engine.as_str() {
        "serving" => served(config),
        _ => Ok(used.models()),
    }
}

fn stepwise(args: &Args, used: &InUse, models: &Models, judged: &[Judged]) -> anyhow::Result<()> {
    let InUse { thresholds, tokenizer, .. } = used;
    let found = find_errors(models, tokenizer, judged, *thresholds, args.seed)?;
    match args.json {
        true => print(&format!("{}\n", serde_json::to_string_pretty(&found)?)),
        false => print(&table::stepwise(&found)),
    }
}

fn generated(args: &Args) -> Vec<WordProblem> {
    let (split, difficulty) = match args.split.as_str() {
        "validation" => (Split::Validation, Difficulty::default()),
        "harder" => (Split::Harder, Difficulty::harder()),
        "unseen" => (Split::Unseen, Difficulty::default()),
        _ => (Split::Test, Difficulty::default()),
    };
    problems(split, args.seed, difficulty).take(args.problems).collect()
}
