//! Problems and stepwise solutions from a file, for `glore eval --data`.

use std::path::Path;

use anyhow::{Context, ensure};

use super::models::InUse;
use crate::domain::{Answer, Role, Solution};
use crate::lab::formats::{self, Data, Form};
use crate::lab::measure::{Item, Judged};
use crate::pipeline::prompt;

/// A file, read and cut to `most` entries that fit the models.
pub(super) enum File {
    Problems(Vec<Item>),
    Solutions(Vec<Judged>),
}

/// Tokens kept free for a draft and for a refinement of it, as the lab writes them.
const ROOM: usize = 2 * 224;

/// Reads `path`; entries that do not fit the models are left out and counted on standard error.
pub(super) fn read(
    path: &Path,
    form: Option<&str>,
    most: usize,
    used: &InUse,
) -> anyhow::Result<File> {
    let form = form
        .map(|name| Form::named(name).with_context(|| format!("--form {name}: no such form")))
        .transpose()?;
    let context = used.llama(Role::Policy).weights().config.max_position_embeddings;
    let mut left_out = 0;
    let mut fits = |tokens: usize, room: usize| {
        let fit = tokens + room <= context;
        left_out += usize::from(!fit);
        fit
    };
    let file = match formats::read(path, form)? {
        Data::Given(given) => {
            let mut items = Vec::new();
            for one in given.into_iter().take(most) {
                let tokens = prompt::policy(&used.tokenizer, &one.problem)?.len();
                let answer = one.answer.as_deref().and_then(Answer::parse);
                if answer.is_some() && fits(tokens, ROOM) {
                    items.push(Item { text: one.problem, answer, world: None });
                }
            }
            File::Problems(items)
        }
        Data::Stepwise(all) => {
            let mut judged = Vec::new();
            for one in all.into_iter().take(most) {
                let solution = Solution { steps: one.steps, answer_text: None };
                let tokens = prompt::scored(&used.tokenizer, &one.problem, &solution)?.tokens.len();
                if fits(tokens, 0) {
                    judged.push(Judged {
                        problem: one.problem,
                        solution,
                        first_error: one.first_error,
                    });
                }
            }
            File::Solutions(judged)
        }
    };
    if left_out > 0 {
        eprintln!("{left_out} entries are longer than the models' {context} tokens and left out");
    }
    let empty = match &file {
        File::Problems(items) => items.is_empty(),
        File::Solutions(judged) => judged.is_empty(),
    };
    ensure!(!empty, "{}: nothing in it can be measured", path.display());
    Ok(file)
}
