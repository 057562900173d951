//! `glore check`: whether the database is sound, and its counters right.

use anyhow::bail;

use crate::config::Config;
use crate::store::Upkeep;

/// Check the database: pages, indexes, references, counters. A server may go on meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  glore check                        exit code 1 when something is wrong
  glore check --repair-counts        count the runs again and write the counters anew")]
pub struct Args {
    /// Write counters that are wrong anew; nothing else is changed.
    #[arg(long)]
    repair_counts: bool,
}

/// Checks and prints a line for each thing that was looked at.
pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    super::block_on(async {
        let mut database = Upkeep::reading(&config.store.dir).await?;
        let faults = database.faults().await?;
        let mut text = match &*faults {
            [] => "ok    pages, indexes and references\n".to_owned(),
            faults => faults.iter().map(|fault| format!("fail  {fault}\n")).collect(),
        };
        let wrong = database.wrong_counts().await?;
        // Rows that cannot be trusted are no ground to write counters from.
        let repaired = args.repair_counts && !wrong.is_empty() && faults.is_empty();
        if repaired {
            Upkeep::writing(&config.store.dir).await?.repair_counts().await?;
        }
        for count in &wrong {
            let word = if repaired { "fixed" } else { "fail " };
            let name = format!("{} {}", count.facet, count.value);
            let (kept, counted) = (count.kept, count.counted);
            let name = name.trim_end();
            text.push_str(&format!("{word} counter {name}: kept {kept}, counted {counted}\n"));
        }
        if wrong.is_empty() {
            text.push_str("ok    counters\n");
        }
        super::print(&text)?;
        let left = faults.len() + if repaired { 0 } else { wrong.len() };
        match left {
            0 => Ok(()),
            _ if faults.is_empty() => {
                bail!("{left} counters are wrong; --repair-counts mends them")
            }
            _ => bail!("{left} faults; docs/operations.md says how to restore a backup"),
        }
    })
}
