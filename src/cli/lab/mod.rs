//! Commands of the lab: make the models, measure them, time the machine, exchange
//! data sets.

mod annotations;
mod begin;
pub(super) mod bench;
mod data;
pub(super) mod dataset;
pub(super) mod eval;
pub(super) mod export;
pub(super) mod import;
mod labelled;
mod labels;
mod models;
pub(super) mod report;
pub(super) mod reproduce;
mod simulate;
mod table;
pub(super) mod train;
mod tune;
mod watch;

use crate::config::Config;

/// Commands of the lab that need a name of their own.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Begin(begin::Args),
    Labels(labels::Args),
    SimulateAnnotators(simulate::SimulateArgs),
}

/// Runs the command.
pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    match &args.what {
        What::Begin(args) => begin::run(args, config),
        What::Labels(args) => labels::run(args),
        What::SimulateAnnotators(args) => simulate::run(args, config),
    }
}
