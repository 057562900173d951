//! `glore reproduce`: from nothing to five checkpoints and a table.

use std::path::PathBuf;

use anyhow::Context;
use candle_core::Device;

use super::{table, watch::Watch};
use crate::cli::print;
use crate::lab::reproduce::{Preset, reproduce};

/// Make the five models from synthetic data and evaluate them
///
/// Writes word problems, trains the student on them, samples and rolls out its solutions, trains
/// ORM, SORM, global and local refiner on what that shows, tunes the SORM's threshold on validation
/// problems and evaluates on test problems. Every stage writes files and is not done again: stop it
/// at any time and run the same command to go on.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Sizes and seeds: `small` (what is shipped) or `smoke` (seconds, learns nothing).
    #[arg(long, default_value = "small")]
    preset: String,
    /// Folder for everything that is made [default: runs/PRESET].
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print the evaluation as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let preset = Preset::named(&args.preset)
        .with_context(|| format!("there is no preset `{}`; small and smoke are", args.preset))?;
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(&preset.name));
    let evaluation = {
        let mut watch = Watch::new();
        reproduce(&preset, &folder, &Device::Cpu, &mut |report| watch.see(report))?
    };
    match args.json {
        true => print(&format!("{}\n", serde_json::to_string_pretty(&evaluation)?)),
        false => {
            print(&table::evaluation(&evaluation))?;
            print(&format!("checkpoints: {}\n", folder.join("checkpoints").display()))
        }
    }
}
