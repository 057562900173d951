//! `glore import`: data sets of others, or what people said, back into a store.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::lab;
use crate::config::Config;
use crate::domain::annotation::Intake;
use crate::domain::{Clock, SystemClock};
use crate::store::Store;

/// Check a data set of somebody else's, or take in what people said of solutions
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[group(skip)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    set: Option<lab::import::Args>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Annotations(AnnotationsArgs),
}

/// Take in lines of `glore export annotations` in PRM800K or TRL form, as a new closed queue
///
/// Each solution becomes a run that somebody gave, and each person's line a submission; labels
/// without a person count as decided. Exporting that queue with the same options gives the same
/// bytes. No server may be at work on the store.
#[derive(Debug, clap::Args)]
struct AnnotationsArgs {
    /// The lines.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of the queue to make.
    #[arg(long)]
    queue: String,
}

/// Runs the command.
pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    match (&args.what, &args.set) {
        (Some(What::Annotations(args)), _) => super::block_on(annotations(args, config)),
        (None, Some(set)) => lab::import::run(set),
        (None, None) => bail!("say what: a data set, or annotations"),
    }
}

async fn annotations(args: &AnnotationsArgs, config: &Config) -> anyhow::Result<()> {
    let length = args.queue.chars().count();
    ensure!((1..=80).contains(&length), "--queue: a name of 1 to 80 characters");
    let (items, lines) = read(args)?;
    let store = Store::open(&config.store.dir).await?;
    let queues = store.quality().queues().await?;
    let taken = queues.iter().any(|queue| queue.name == args.queue);
    ensure!(!taken, "--queue {}: there is such a queue already", args.queue);
    store.quality().take_in(&args.queue, &items, SystemClock.now()).await?;
    store.close().await?;
    super::print(&format!("{} items from {lines} lines in queue {}\n", items.len(), args.queue))
}

/// Lines about one solution that follow each other become one item.
fn read(args: &AnnotationsArgs) -> anyhow::Result<(Vec<Intake>, usize)> {
    let name = args.file.display();
    let file = std::fs::File::open(&args.file).with_context(|| name.to_string())?;
    let (mut items, mut count): (Vec<Intake>, usize) = (Vec::new(), 0);
    for (line, number) in BufReader::new(file).lines().zip(1..) {
        let line = line.with_context(|| name.to_string())?;
        if line.trim().is_empty() {
            continue;
        }
        count += 1;
        let one = parse(&line).map_err(|why| anyhow::anyhow!("{name}: line {number}: {why}"))?;
        let left = match items.last_mut() {
            Some(last) => last.join(one),
            None => Some(one),
        };
        items.extend(left);
    }
    ensure!(!items.is_empty(), "{name}: is empty");
    Ok((items, count))
}

fn parse(line: &str) -> Result<Intake, String> {
    let value: Value = serde_json::from_str(line).map_err(|e| format!("not JSON: {e}"))?;
    let known = |name| value.get(name).is_some();
    if known("question") {
        let line = serde_json::from_value(value).map_err(|e| e.to_string())?;
        return Intake::of_prm800k(&line);
    }
    if known("completions") {
        let line = serde_json::from_value(value).map_err(|e| e.to_string())?;
        return Intake::of_stepwise(&line);
    }
    Err("is neither in PRM800K nor in TRL's stepwise form".to_owned())
}
