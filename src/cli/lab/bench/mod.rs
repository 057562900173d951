//! `glore bench`: how fast this machine is at what the program does.

mod solve;
mod train;

use crate::config::Config;

/// Time this machine: training, or solving with the models in use
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
    /// Solving, one problem after another, on the serving engine: seconds and tokens a second.
    Solve {
        /// How many generated problems.
        #[arg(long, default_value_t = 40)]
        problems: usize,
    },
}

/// Runs the command.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    match args.what {
        What::Train { steps } => train::run(steps),
        What::Solve { problems } => solve::run(problems, config),
    }
}
