//! `glore lab labels`: the step labels of a run, held against the worlds.

use std::fmt::Write;
use std::path::PathBuf;

use candle_core::Device;

use super::reproduce::preset;
use super::table::row;
use super::watch::Watch;
use crate::cli::print;
use crate::lab::problems::Split;
use crate::lab::reproduce::{Bench, LabelTruth, label_truth, tokenizer};

/// Hold the step labels of a run against the worlds of its problems
///
/// Says how many labels are right, by the rollouts of each prefix and by those of all prefixes with the
/// same sums, for right samples and for wrong ones of problems that some sample or none solved.
/// Training never looks at this.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Preset of the run, by its name or in a file.
    #[arg(long, default_value = "small", value_name = "NAME|FILE")]
    preset: String,
    /// Folder of the run [default: runs/PRESET].
    #[arg(long, value_name = "FOLDER")]
    run: Option<PathBuf>,
    /// Labels of validation problems instead of training problems.
    #[arg(long)]
    validation: bool,
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let preset = preset(&args.preset)?;
    let folder = args.run.clone().unwrap_or_else(|| PathBuf::from("runs").join(&preset.name));
    let tokenizer = tokenizer(&preset, &folder)?;
    let found = {
        let mut watch = Watch::new();
        let mut see = |report: crate::lab::reproduce::Report<'_>| watch.see(report);
        let mut bench = Bench::new(preset, folder, tokenizer, Device::Cpu, &mut see);
        label_truth(&mut bench, if args.validation { Split::Validation } else { Split::Train })?
    };
    match args.json {
        true => print(&format!("{}\n", serde_json::to_string_pretty(&found)?)),
        false => print(&table(&found)),
    }
}

fn table(found: &LabelTruth) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{:<48} {:>8} {:>10} {:>9} {:>7} {:>18} {:>6}",
        "samples", "prefixes", "false good", "false bad", "right %", "95 % interval", "n"
    );
    for one in &found.rows {
        let by = [("", &one.own), (", by the same sums", &one.same_sums)];
        for (how, agreement) in by {
            let (name, figure) = (format!("{}{how}", one.samples), row(&agreement.right));
            let _ = writeln!(
                out,
                "{name:<48} {:>8} {:>10} {:>9} {figure}",
                one.prefixes, agreement.false_good, agreement.false_bad
            );
        }
    }
    out
}
