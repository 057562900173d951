//! `glore bench`: how fast this machine is at what the program does.

mod pages;
mod rollouts;
mod service;
mod solve;
mod train;

use crate::config::Config;

/// Time this machine: training, rolling out, solving with the models in use, or the pages over a large store
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Training: tokens a second for three model sizes, beside this machine's matrix products.
    Train {
        /// Optimiser steps a size.
        #[arg(long, default_value_t = 20)]
        steps: usize,
    },
    /// Rolling out wrong samples: rollouts and tokens a second, and what sharing and halving save.
    Rollouts {
        /// How many generated problems are sampled.
        #[arg(long, default_value_t = 200)]
        problems: usize,
    },
    /// The pages over a store that is filled for it: median and slowest hundredth of each.
    Pages {
        /// Sizes of the store, in runs.
        #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000])]
        runs: Vec<usize>,
        /// Requests a page.
        #[arg(long, default_value_t = 200)]
        requests: usize,
        /// Where the stores are made; a folder of their own that is removed afterwards.
        #[arg(long, value_name = "DIR")]
        dir: Option<std::path::PathBuf>,
    },
    /// What the service adds to a solve: the same problems by the pipeline alone and by requests.
    Service {
        /// How many generated problems.
        #[arg(long, default_value_t = 40)]
        problems: usize,
    },
    /// Solving, one problem after another, on the serving engine: seconds and tokens a second.
    Solve {
        /// How many generated problems.
        #[arg(long, default_value_t = 40)]
        problems: usize,
    },
}

/// Runs the command.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    match &args.what {
        What::Train { steps } => train::run(*steps),
        What::Rollouts { problems } => rollouts::run(*problems, config),
        What::Pages { runs, requests, dir } => pages::run(runs, *requests, dir.as_deref()),
        What::Service { problems } => service::run(*problems, config),
        What::Solve { problems } => solve::run(*problems, config),
    }
}
