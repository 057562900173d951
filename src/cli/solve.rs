//! `glore solve`: one problem, on the terminal, without a server.

use std::io::{IsTerminal, Read};

use anyhow::{Context, anyhow, bail};
use clap::ValueEnum;

use super::engine::load_engine;
use super::show;
use super::style::Style;
use crate::config::Config;
use crate::domain::{Clock, MAX_PROBLEM_BYTES, Strategy, SystemClock};
use crate::engine::Cancel;
use crate::pipeline;
use crate::web::api::solve::SolveRequest;

/// Solve one problem and show the draft, its scores, the critique, the refinements and the choice.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  glore solve \"Ann has 3 bags of 4 pens. She loses 2. How many pens has she?\"
  glore solve --answer 10 \"Ann has 3 bags of 4 pens. She loses 2. How many pens has she?\"
  glore solve --strategy best-of-n --samples 5 --seed 1 - < problem.txt
  glore solve --json \"What is 2 + 3?\" | jq .answer")]
pub struct Args {
    /// The problem in words; `-` reads it from standard input.
    problem: String,
    /// The answer it should have; the solutions are then marked right or wrong.
    #[arg(long, value_name = "ANSWER")]
    answer: Option<String>,
    /// How to solve it.
    #[arg(long, value_enum, default_value = "glore")]
    strategy: Choice,
    /// Samples of best-of-n.
    #[arg(long, value_name = "N")]
    samples: Option<usize>,
    /// 0 always takes the likeliest word; best-of-n takes 0.7 when nothing is said.
    #[arg(long, value_name = "T")]
    temperature: Option<f64>,
    /// Most tokens a solution may have.
    #[arg(long, value_name = "N")]
    max_tokens: Option<usize>,
    /// The same seed gives the same solutions.
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Refine only a draft whose outcome score is under this.
    #[arg(long, value_name = "P")]
    gate: Option<f64>,
    /// Print the run as the API answers it.
    #[arg(long)]
    json: bool,
}

/// [`Strategy`] as the command line spells it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Choice {
    /// Draft, global and local refinement, chosen by the outcome score.
    Glore,
    /// The draft alone, scored.
    Draft,
    /// Several samples, chosen by the outcome score.
    BestOfN,
}

/// Solves and prints.
pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let order = request(args)?
        .order(&config.limits)
        .map_err(|refused| anyhow!("{}", refused.detail().to_owned()))?;
    let engine = load_engine(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let cancel = Cancel::new();
    let done = runtime.block_on(pipeline::run(
        &*engine,
        &order,
        SystemClock.now(),
        &cancel,
        &|_stage| {},
    ))?;
    if args.json {
        return super::print(&format!("{}\n", serde_json::to_string_pretty(&done)?));
    }
    super::print(&show::run(&done, Style::of_stdout()))
}

fn request(args: &Args) -> anyhow::Result<SolveRequest> {
    let strategy = match args.strategy {
        Choice::Glore => Strategy::Glore,
        Choice::Draft => Strategy::Draft,
        Choice::BestOfN => Strategy::BestOfN,
    };
    let problem = if args.problem == "-" { read_stdin()? } else { args.problem.clone() };
    Ok(SolveRequest {
        problem,
        reference_answer: args.answer.clone(),
        strategy: Some(strategy),
        samples: args.samples,
        temperature: args.temperature,
        max_tokens: args.max_tokens,
        seed: args.seed,
        gate: args.gate,
        background: false,
        priority: None,
    })
}

/// One byte more than a problem may have is enough to see that it has too many.
fn read_stdin() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        bail!(
            "`-` reads the problem from standard input, which is a terminal; pipe a file into it"
        );
    }
    let mut bytes = Vec::new();
    let most = MAX_PROBLEM_BYTES as u64 + 1;
    std::io::stdin().take(most).read_to_end(&mut bytes).context("cannot read standard input")?;
    // A cut in the middle of a character must read as too long, not as broken text.
    if bytes.len() as u64 == most {
        bail!("/problem: at most {MAX_PROBLEM_BYTES} bytes are allowed, standard input has more");
    }
    String::from_utf8(bytes).context("standard input is not UTF-8")
}
