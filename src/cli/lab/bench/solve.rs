//! `glore bench solve`: seconds a solve takes, and tokens a second while drafting.

use std::time::Instant;

use anyhow::ensure;

use crate::cli::engine::load_engine;
use crate::cli::print;
use crate::config::Config;
use crate::domain::{Clock, Problem, RunId, Strategy, SystemClock};
use crate::engine::Cancel;
use crate::lab::measure::bootstrap;
use crate::lab::problems::{Difficulty, Split, problems};
use crate::pipeline::{Ask, Order, Settings};

/// Solves `count` validation problems one after another and prints medians with 95 % intervals.
pub(super) fn run(count: usize, config: &Config) -> anyhow::Result<()> {
    ensure!(count > 0, "--problems 0: there is nothing to time");
    let engine = load_engine(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (mut seconds, mut rates) = (Vec::new(), Vec::new());
    for problem in problems(Split::Validation, 1, Difficulty::default()).take(count) {
        let order = order(&problem.text, config)?;
        let (now, cancel) = (SystemClock.now(), Cancel::new());
        let clock = Instant::now();
        let solved = crate::pipeline::run(engine.as_ref(), &order, now, &cancel, &|_| {});
        let run = runtime.block_on(solved)?;
        seconds.push(clock.elapsed().as_secs_f64());
        let draft_seconds = run.timings_ms.draft.max(1) as f64 / 1000.0;
        rates.extend(run.solutions.first().map(|draft| draft.tokens as f64 / draft_seconds));
    }
    print(&line("one solve (draft, scores, both refinements, choice)", "s", &seconds))?;
    print(&line("drafting", "tokens/s", &rates))
}

/// A greedy solve by the whole method.
pub(super) fn order(problem: &str, config: &Config) -> anyhow::Result<Order> {
    Ok(Order {
        id: RunId::new(),
        problem: Problem::parse(problem, None)?,
        ask: Ask::Solve { strategy: Strategy::Glore },
        settings: Settings {
            samples: 1,
            temperature: 0.0,
            max_tokens: config.limits.default_tokens,
            seed: 0,
            gate: None,
        },
    })
}

/// The median with its 95 % interval.
pub(super) fn line(what: &str, unit: &str, values: &[f64]) -> String {
    let median = |drawn: &[usize]| {
        let mut drawn: Vec<f64> = drawn.iter().map(|&i| values[i]).collect();
        drawn.sort_by(f64::total_cmp);
        drawn.get(drawn.len() / 2).copied()
    };
    let figure = bootstrap(values.len(), 1, median);
    let [value, low, high] = [figure.value, figure.low, figure.high].map(Option::unwrap_or_default);
    format!("{what}: median {value:.3} {unit} ({low:.3} to {high:.3}, n = {})\n", figure.n)
}
