//! `glore lab simulate-annotators`: how many labels buy how many points.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use candle_core::Device;

use super::models::in_use;
use super::watch::Watch;
use crate::cli::print;
use crate::config::Config;
use crate::domain::Role;
use crate::lab::annotated::{Bought, How, Located, Market, Order, Simulation, pool, simulate};
use crate::lab::problems::{Difficulty, Split, problems};
use crate::lab::reproduce::Report;

/// Let annotators whose error rate is known label the models' solutions, and see what the SORM
/// learns from them
///
/// Solutions of generated problems are labelled from gold with noise, in the order in which a review
/// queue serves them and in a random one; the SORM in use is fine-tuned on so many of them, and
/// measured on solutions of other problems with gold. The same seeds give the same numbers.
#[derive(Debug, clap::Args)]
pub struct SimulateArgs {
    /// Chance that a step is judged as what it is not.
    #[arg(long, default_value_t = 0.1)]
    error_rate: f64,
    /// People a solution; most of them decide.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10))]
    overlap: u8,
    /// Solutions labelled, each number apart.
    #[arg(long, value_delimiter = ',', default_value = "100,300,1000")]
    solutions: Vec<usize>,
    /// Seeds of annotators, order and training.
    #[arg(long, value_delimiter = ',', default_value = "1")]
    seeds: Vec<u64>,
    /// Problems whose solutions can be labelled.
    #[arg(long, default_value_t = 2000)]
    pool: usize,
    /// Problems to measure on.
    #[arg(long, default_value_t = 1000)]
    held_out: usize,
    /// Seed of the problems.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Optimiser steps of each training, at most.
    #[arg(long, default_value_t = 200)]
    steps: usize,
    /// Tokens of a batch.
    #[arg(long, default_value_t = 2048)]
    tokens_per_step: usize,
    /// Highest learning rate.
    #[arg(long, default_value_t = 2e-4)]
    rate: f32,
    /// Folder for the trainings and `annotators.json`.
    #[arg(long, value_name = "FOLDER", default_value = "runs/annotators")]
    out: PathBuf,
    /// Print an object for programs instead of a table.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &SimulateArgs, config: &Config) -> anyhow::Result<()> {
    ensure!((0.0..=0.5).contains(&args.error_rate), "--error-rate: 0 to 0.5");
    ensure!(args.pool > 0 && args.held_out > 0, "--pool and --held-out: at least one problem");
    ensure!(
        !args.solutions.is_empty() && !args.seeds.is_empty(),
        "--solutions and --seeds: at least one"
    );
    let used = in_use(config)?;
    let drawn = |split, n| -> anyhow::Result<_> {
        let told: Vec<_> = problems(split, args.seed, Difficulty::default()).take(n).collect();
        Ok(pool(&used.models(), &used.tokenizer, &told)?)
    };
    eprintln!("drafting and scoring {} and {} solutions", args.pool, args.held_out);
    let (bought_from, held_out) =
        (drawn(Split::Train, args.pool)?, drawn(Split::Test, args.held_out)?);
    let simulation = Simulation {
        error_rate: args.error_rate,
        overlap: usize::from(args.overlap),
        budgets: args.solutions.clone(),
        seeds: args.seeds.clone(),
        how: How {
            steps: args.steps,
            tokens_per_step: args.tokens_per_step,
            rate: args.rate,
            language: 0.0,
            seed: args.seed,
        },
    };
    let market = Market {
        pool: &bought_from,
        held_out: &held_out,
        start: used.llama(Role::Sorm).weights(),
        threshold: used.thresholds.sorm,
        tokenizer: &used.tokenizer,
        device: &Device::Cpu,
        folder: &args.out,
    };
    std::fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let (before, bought) = {
        let mut watch = Watch::new();
        let mut see = |progress: &_| watch.see(Report::Training(progress));
        simulate(market, &simulation, &mut see, &mut |_| {})?
    };
    let found = serde_json::json!({
        "simulation": simulation, "pool": bought_from.len(), "before": before, "bought": bought,
    });
    let text = serde_json::to_string_pretty(&found)?;
    let file = args.out.join("annotators.json");
    std::fs::write(&file, &text).with_context(|| file.display().to_string())?;
    match args.json {
        true => print(&format!("{text}\n")),
        false => print(&table(&before, &bought)),
    }
}

/// A line for each number of solutions, order and seed.
fn table(before: &Located, bought: &[Bought]) -> String {
    let percent =
        |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{:.1}", 100.0 * v));
    let mut text = format!(
        "before: first error told exactly {} % of {} solutions, threshold {:.2}\n",
        percent(before.accuracy.value),
        before.accuracy.n,
        before.threshold
    );
    text += "order   seed solutions ratings  labels  wrong  first error %  gain in points (95 %)\n";
    for order in Order::ALL {
        for one in bought.iter().filter(|one| one.order == order) {
            let wrong = one.wrong_labels as f64 / one.labels.max(1) as f64;
            let interval = match (one.gain.low, one.gain.high) {
                (Some(low), Some(high)) => format!("({:+.1} to {:+.1})", 100.0 * low, 100.0 * high),
                _ => String::new(),
            };
            text += &format!(
                "{:<7} {:>4} {:>9} {:>7} {:>7} {:>5.1}% {:>14} {:>+6.1} {interval}\n",
                order.as_str(),
                one.seed,
                one.solutions,
                one.ratings,
                one.labels,
                100.0 * wrong,
                percent(one.after.accuracy.value),
                100.0 * one.gain.value.unwrap_or(0.0),
            );
        }
    }
    text
}
