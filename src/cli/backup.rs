//! `glore backup`: a copy of the database, beside a server that goes on.

use std::path::PathBuf;

use crate::config::Config;
use crate::store::Upkeep;

/// Write a checked copy of the database to a new file; a server may go on meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  glore backup /backups/glore-2025-01-31.db
  GLORE_STORE__DIR=/var/lib/glore glore backup /backups/monday.db

docs/operations.md says how to restore one.")]
pub struct Args {
    /// The file to write; it must not exist.
    file: PathBuf,
}

/// Copies, checks, and says what there is.
pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    super::block_on(async {
        let mut database = Upkeep::reading(&config.store.dir).await?;
        database.backup(&args.file).await?;
        let mut copy = Upkeep::reading_file(&args.file).await?;
        let (runs, schema) = (copy.runs().await?, copy.schema().await?.found);
        let bytes = std::fs::metadata(&args.file)?.len();
        let file = args.file.display();
        super::print(&format!("{file}: {runs} runs, schema {schema}, {bytes} bytes, checked\n"))
    })
}
