//! `glore lab begin`: a run that goes on from the models in use.

use std::path::PathBuf;

use anyhow::ensure;
use candle_core::Device;

use super::models::in_use;
use super::reproduce::preset;
use super::watch::Watch;
use crate::cli::print;
use crate::config::Config;
use crate::lab::reproduce::{Bench, PRACTICE, begin};

/// Begin a run from the models in use, to train otherwise what comes after the student
///
/// Takes the policy as the student and the ORM as what the SORM starts from (with the preset `further`,
/// each model as what the training of its role starts from), and draws the student's samples and the
/// validation rollouts. After that `glore train sorm --full-search` and its flags
/// show what a label rule or a number of rollouts does, without base, student and ORM being trained
/// first. `glore reproduce --out FOLDER` trains everything after the student in it anew, or, with the
/// preset `further`, those that it has steps for on from the models in use.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Numbers of problems, samples, rollouts and steps, and the seed: by name or in a file.
    #[arg(long, default_value = "small", value_name = "NAME|FILE")]
    preset: String,
    /// Folder of the run.
    #[arg(long, value_name = "FOLDER")]
    run: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let preset = preset(&args.preset)?;
    // The models put there would be taken for those that the trainings ended with.
    ensure!(
        !["base", PRACTICE].iter().any(|training| args.run.join(training).exists()),
        "--run {}: there is a run with trainings of its own; name another folder",
        args.run.display()
    );
    let used = in_use(config)?;
    {
        let mut watch = Watch::new();
        let mut see = |report: crate::lab::reproduce::Report<'_>| watch.see(report);
        let (folder, words) = (args.run.clone(), used.tokenizer.clone());
        let mut bench = Bench::new(preset, folder, words, Device::Cpu, &mut see);
        begin(&mut bench, |role| used.llama(role).weights())?;
    }
    print(&format!("glore train sorm --full-search --name x --run {}\n", args.run.display()))
}
