//! `glore export`: sets of a run, or what people said.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::lab;
use crate::config::Config;
use crate::domain::annotation::{AfterError, Form, Manifest, Neutral, Options, Resolve, Unrated};
use crate::domain::{Action, Actor, Clock, SystemClock};
use crate::store::{Export, Store, StoreError};

/// Write training sets, or what people said of solutions, for trainers of large models
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[group(skip)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    set: Option<lab::export::Args>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Annotations(AnnotationsArgs),
}

/// What people said in the review queues, with a manifest beside the file
///
/// Reads the store beside a server that may be at work. The manifest, FILE.manifest.json, has the
/// filters, the counts and the hash of the file.
#[derive(Debug, clap::Args)]
struct AnnotationsArgs {
    /// trl: {prompt, completions, labels}; prm800k: a line a submission; raw: every action;
    /// preference: {prompt, chosen, rejected}; labels: every label, and whether its score was shown.
    #[arg(long, default_value = "trl", value_parser = Form::ALL.map(Form::as_str))]
    form: String,
    /// File to write, over what it holds.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only items of this queue, by its name or id.
    #[arg(long)]
    queue: Option<String>,
    /// trl: whose word counts where people differ; an adjudicator's always does.
    #[arg(long, default_value = "majority", value_parser = ["majority", "unanimous", "adjudicated"])]
    resolve: String,
    /// trl: leave out items that fewer people rated, unless an adjudicator decided them.
    #[arg(long, default_value_t = 1)]
    min_annotations: usize,
    /// trl: only items that an adjudicator decided, or that several people rated alike.
    #[arg(long)]
    only_verified: bool,
    /// trl: what a rating of 0 becomes.
    #[arg(long, default_value = "positive", value_parser = ["positive", "negative", "drop"])]
    neutral: String,
    /// trl: the steps after the first wrong one.
    #[arg(long, default_value = "truncate", value_parser = ["truncate", "false"])]
    after_first_error: String,
    /// trl: a step without a label ends the solution, or leaves the item out.
    #[arg(long, default_value = "truncate", value_parser = ["truncate", "drop_item"])]
    unrated: String,
}

/// Runs the command.
pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    match (&args.what, &args.set) {
        (Some(What::Annotations(args)), _) => super::block_on(annotations(args, config)),
        (None, Some(set)) => lab::export::run(set),
        (None, None) => bail!("say what: a set of a run, or annotations"),
    }
}

async fn annotations(args: &AnnotationsArgs, config: &Config) -> anyhow::Result<()> {
    let store = Store::beside(&config.store.dir).await?;
    let queue = match &args.queue {
        None => None,
        Some(wanted) => {
            let queues = store.quality().queues().await?;
            let found = queues.into_iter().find(|q| q.id == *wanted || q.name == *wanted);
            Some(found.with_context(|| format!("--queue {wanted}: there is no such queue"))?)
        }
    };
    let name = queue.as_ref().map_or("every queue", |queue| queue.name.as_str());
    if let Err(error) = write_down(config, name, &args.form).await {
        eprintln!("this export is not in the audit log: {error}");
    }
    let mut export = Export::new(options(args, queue.map(|queue| queue.id))?, None);
    let fail = |e: std::io::Error| anyhow::anyhow!("{}: {e}", args.out.display());
    let unfinished = beside(&args.out, ".part");
    let mut file = BufWriter::new(File::create(&unfinished).map_err(fail)?);
    while let Some(piece) = export.next(store.quality()).await? {
        file.write_all(piece.as_bytes()).map_err(fail)?;
    }
    file.into_inner().map_err(|e| fail(e.into_error()))?.sync_all().map_err(fail)?;
    std::fs::rename(&unfinished, &args.out).map_err(fail)?;
    let manifest = export.manifest();
    let beside = beside(&args.out, ".manifest.json");
    std::fs::write(&beside, serde_json::to_vec_pretty(&manifest)?)
        .with_context(|| beside.display().to_string())?;
    super::print(&report(&manifest, &args.out))
}

/// A line of the audit log, as for an export from the pages. A store that can only be read, such as a
/// copy, has none.
async fn write_down(config: &Config, queue: &str, form: &str) -> Result<(), StoreError> {
    let store = Store::open_beside(&config.store.dir).await?;
    let (actor, action, now) =
        (Actor::command_line(), Action::AnnotationsExported, SystemClock.now());
    store.audit().add(&actor, action, queue, &format!("form {form}"), now).await
}

fn options(args: &AnnotationsArgs, queue: Option<String>) -> anyhow::Result<Options> {
    ensure!(args.min_annotations <= 100, "--min-annotations: 0 to 100");
    Ok(Options {
        // The parser of the command line let only known words through.
        form: Form::from_word(&args.form).unwrap_or_default(),
        queue,
        resolve: match args.resolve.as_str() {
            "adjudicated" => Resolve::Adjudicated,
            "unanimous" => Resolve::Unanimous,
            _ => Resolve::Majority,
        },
        min_annotations: args.min_annotations,
        only_verified: args.only_verified,
        neutral: match args.neutral.as_str() {
            "negative" => Neutral::Negative,
            "drop" => Neutral::Drop,
            _ => Neutral::Positive,
        },
        after_first_error: match args.after_first_error.as_str() {
            "false" => AfterError::False,
            _ => AfterError::Truncate,
        },
        unrated: match args.unrated.as_str() {
            "drop_item" => Unrated::DropItem,
            _ => Unrated::Truncate,
        },
    })
}

/// The file's name with something after it.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// What was written, in lines for people.
fn report(manifest: &Manifest, file: &Path) -> String {
    let counts = &manifest.counts;
    let what = match manifest.options.form {
        Form::Raw => "actions",
        Form::Labels => "submissions",
        _ => "items",
    };
    let mut text = format!(
        "{} lines from {} {what} written to {}\n",
        counts.lines,
        counts.read,
        file.display()
    );
    for (why, n) in &counts.left_out {
        text += &format!("left out {n}: {why}\n");
    }
    text + &format!("sha256 {}\n", manifest.sha256)
}
