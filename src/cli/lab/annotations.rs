//! What people said, from a file or from the store, as the lab reads it.

use std::path::Path;

use anyhow::{Context, ensure};

use crate::cli::block_on;
use crate::config::Config;
use crate::domain::Solution;
use crate::domain::annotation::{Resolve, Reviewed, Training, resolve};
use crate::engine::Tokenizer;
use crate::lab::formats::{Stepwise, read_stepwise};
use crate::pipeline::prompt;
use crate::store::Store;

/// Stands for the store of the configuration in the place of a file.
const STORE: &str = "store";
/// Items read from the store at a time.
const PAGE: usize = 200;

/// Whose word counts in the store.
pub(super) fn how(word: &str) -> anyhow::Result<Resolve> {
    match word {
        "adjudicated" => Ok(Resolve::Adjudicated),
        "majority" => Ok(Resolve::Majority),
        "unanimous" => Ok(Resolve::Unanimous),
        other => anyhow::bail!("--resolve {other}: adjudicated, majority or unanimous"),
    }
}

/// Reads `from`: the word `store`, or a file of any stepwise form.
pub(super) fn read(from: &str, resolve: &str, config: &Config) -> anyhow::Result<Vec<Stepwise>> {
    let how = how(resolve)?;
    let records = match from {
        STORE => block_on(stored(config, how))?,
        file => read_stepwise(Path::new(file), None)?,
    };
    ensure!(
        !records.is_empty(),
        "--with-annotations {from}: it holds no labels{}",
        if from == STORE { " (--resolve says whose count)" } else { "" }
    );
    Ok(records)
}

async fn stored(config: &Config, how: Resolve) -> anyhow::Result<Vec<Stepwise>> {
    let store = Store::beside(&config.store.dir).await?;
    let (mut records, mut after) = (Vec::new(), String::new());
    loop {
        let found = store.quality().after(None, &after, PAGE).await?;
        records.extend(found.items.iter().filter_map(|item| record(item, how)));
        match found.items.last() {
            Some(last) if found.has_more => after.clone_from(&last.item),
            _ => return Ok(records),
        }
    }
}

/// The labels of an item; none where there are none to go by.
fn record(item: &Reviewed, how: Resolve) -> Option<Stepwise> {
    let line = Training::default().line(item, &resolve(item, how)?).ok()?;
    let first_error = line.labels.iter().position(|right| !right).map(|index| index + 1);
    Some(Stepwise { problem: item.problem.clone(), steps: line.completions, first_error })
}

/// Leaves out what does not fit a model of `context` tokens, and says how much that is.
pub(super) fn fitting(
    mut records: Vec<Stepwise>,
    tokenizer: &Tokenizer,
    context: usize,
) -> anyhow::Result<Vec<Stepwise>> {
    let before = records.len();
    let mut kept = Vec::with_capacity(before);
    for record in records.drain(..) {
        let solution = Solution { steps: record.steps.clone(), answer_text: None };
        let prompt = prompt::scored(tokenizer, &record.problem, &solution)
            .with_context(|| format!("a solution of `{}`", record.problem))?;
        if prompt.tokens.len() <= context {
            kept.push(record);
        }
    }
    if kept.len() < before {
        let out = before - kept.len();
        eprintln!("{out} solutions are longer than the model's {context} tokens and left out");
    }
    ensure!(!kept.is_empty(), "no human-labelled solution fits the model");
    Ok(kept)
}
