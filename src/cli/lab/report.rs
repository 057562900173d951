//! `glore report`: what a reproduction found, as a document and as the file that is shipped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::print;
use crate::report::{collect, markdown};

/// Write down what a reproduction found: sets, losses, label agreement, evaluation, sweeps
///
/// Reads a run folder, finished or not, and writes the document and the file of results that is
/// compiled into the next build and shown on /lab. Nothing is measured again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the run.
    #[arg(long, default_value = "runs/small")]
    run: PathBuf,
    /// The document.
    #[arg(long, default_value = "docs/results.md")]
    out: PathBuf,
    /// The results for programs and for the pages.
    #[arg(long, default_value = "models/embedded/results.json")]
    json: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let results = collect(&args.run)?;
    write(&args.out, &markdown(&results))?;
    write(&args.json, &format!("{}\n", serde_json::to_string(&results)?))?;
    let Args { run, out, json } = args;
    print(&format!(
        "{}: {} sets, {} trainings, {} evaluations\nwritten: {}, {}\n",
        run.display(),
        results.stages.len(),
        results.curves.len(),
        results.evaluations.len(),
        out.display(),
        json.display()
    ))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
