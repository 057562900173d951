//! `glore dataset sorm`: the SORM set of a run with people's labels in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::annotations;
use super::labelled::labelled;
use crate::cli::print;
use crate::config::Config;
use crate::lab::annotated::{MergeCounts, Merged, merge};
use crate::lab::files::SetFile;
use crate::lab::formats::{Stepwise, Supervised};
use crate::lab::labels::Rules;
use crate::pipeline::prompt::plain;

/// Write a training set of a run anew, with something added
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which set: sorm.
    #[arg(value_parser = ["sorm"])]
    set: String,
    /// People's labels: a file of any stepwise form (TRL, PRM800K, ProcessBench, Math-Shepherd), or
    /// `store` for what was decided in the review queues. They count where rollouts say otherwise.
    #[arg(long, value_name = "FILE|store")]
    with_annotations: String,
    /// Of the store: whose word counts, adjudicated, majority or unanimous.
    #[arg(long, default_value = "adjudicated")]
    resolve: String,
    /// Folder of a reproduction, with its rollouts.
    #[arg(long, value_name = "FOLDER", default_value = "runs/small")]
    run: PathBuf,
    /// Name of the set that is written into the folder.
    #[arg(long, default_value = "sorm-annotated")]
    name: String,
}

/// Runs the command.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let plain = args.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let taken = ["rollouts", "samples", "refinements"].iter().any(|n| args.name.starts_with(n));
    anyhow::ensure!(
        plain && !args.name.is_empty() && !taken,
        "--name {}: letters, digits and hyphens, and no name of another set",
        args.name
    );
    let source = SetFile::new(&args.run, "rollouts");
    let manifest = source.manifest().with_context(|| {
        format!(
            "--run {}: has no finished set `rollouts`; `glore reproduce` makes it",
            args.run.display()
        )
    })?;
    let human = annotations::read(&args.with_annotations, &args.resolve, config)?;
    let Merged { set, counts } = merge(&labelled(&args.run)?, Rules::default(), &human);
    let lines: Vec<Supervised> = set
        .iter()
        .map(|one| {
            let labels: Vec<bool> = one.labels.iter().copied().map_while(|label| label).collect();
            Supervised {
                prompt: plain::scored_head(&one.problem),
                completions: one.solution.steps[..labels.len()].to_vec(),
                labels,
            }
        })
        .filter(|line| !line.labels.is_empty())
        .collect();
    let inputs = BTreeMap::from([
        ("rollouts".to_owned(), manifest.sha256),
        ("annotations".to_owned(), hash(&human)),
    ]);
    let settings = json!({ "resolve": args.resolve, "form": "stepwise" });
    let written = SetFile::new(&args.run, &args.name);
    written.write(&args.name, settings, inputs, counted(&counts), &lines)?;
    print(&table(&counts))?;
    print(&format!("{} lines written to {}\n", lines.len(), written.path().display()))
}

fn hash(human: &[Stepwise]) -> String {
    let mut hash = Sha256::new();
    for record in human {
        hash.update(format!("{:?}\n", (&record.problem, &record.steps, record.first_error)));
    }
    crate::lab::files::hexadecimal(&hash.finalize())
}

fn rows(counts: &MergeCounts) -> [(&'static str, usize); 8] {
    [
        ("human_solutions", counts.human_solutions),
        ("human_labels", counts.human_labels),
        ("matched", counts.matched),
        ("added", counts.added),
        ("agreed", counts.agreed),
        ("conflicts", counts.conflicts()),
        ("now_wrong", counts.now_wrong),
        ("now_good", counts.now_good),
    ]
}

fn counted(counts: &MergeCounts) -> BTreeMap<String, u64> {
    rows(counts).map(|(name, n)| (name.to_owned(), n as u64)).into()
}

/// What was found while merging, in lines for people.
pub(super) fn table(counts: &MergeCounts) -> String {
    const WORDS: [&str; 8] = [
        "solutions that people judged",
        "labels they gave",
        "solutions that rollouts had labelled too",
        "solutions that rollouts did not have",
        "labels on which both agree",
        "conflicts, the human label taken",
        "  of these: good by rollouts, wrong by people",
        "  of these: wrong by rollouts, good by people",
    ];
    let rows = rows(counts);
    WORDS.iter().zip(rows).map(|(words, (_, n))| format!("{n:>8}  {words}\n")).collect()
}
