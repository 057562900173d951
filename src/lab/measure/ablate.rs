//! The same problems with one thing changed: who locates, who chooses, what is left out, how often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, Attempts, choose};
use super::bench::{Bench, Tried};
use super::figures::average;
use super::item::Item;
use super::models::Models;
use super::stats::{Figure, rate};
use crate::domain::Role;
use crate::engine::Tokenizer;
use crate::lab::LabError;

/// One change and what it gave: `glore`, `fix_rate`, `break_rate`, and `minus_default`, the paired
/// difference to GLoRe as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ablation {
    pub name: String,
    pub figures: BTreeMap<String, Figure>,
}

/// Every change that needs no other model.
///
/// # Errors
/// [`LabError`] when a model fails.
pub fn ablate(
    models: &Models,
    tokenizer: &Tokenizer,
    items: &[Item],
    tried: &Attempts,
    seed: u64,
) -> Result<Vec<Ablation>, LabError> {
    let bench = Bench { models, tokenizer, items };
    let all = &tried.attempts;
    let put = |name: &str, chosen: Vec<&Tried>| compare(name, all, &chosen, seed);
    let among = |candidates: fn(&Attempt) -> Vec<&Tried>| -> Vec<&Tried> {
        all.iter().map(|a| choose(&a.draft, candidates(a).into_iter(), 0.0)).collect()
    };
    let mut found = vec![
        put("draft and global only", among(|a| vec![&a.global])),
        put("draft and local only", among(|a| a.local.iter().collect())),
        put("an oracle chooses", all.iter().map(oracle).collect()),
    ];
    let drafts: Vec<Tried> = all.iter().map(|a| a.draft.clone()).collect();
    let by_orm = drafts.iter().map(|d| d.first_under(Role::Orm, tried.thresholds.orm)).collect();
    let by_gold: Vec<_> = drafts.iter().map(Tried::gold_first_error).collect();
    let located = [("the ORM locates", by_orm), ("an oracle locates", by_gold)];
    for (name, errors) in located {
        if name.contains("oracle") && items.iter().any(|item| item.world.is_none()) {
            continue;
        }
        let locals: Vec<Option<Tried>> = bench.locals(&drafts, &errors)?;
        let each = all.iter().zip(&locals);
        let chosen = each.map(|(a, l)| choose(&a.draft, [&a.global].into_iter().chain(l), 0.0));
        let mut ablation = put(name, chosen.collect());
        let alone = all.iter().zip(&locals).map(|(a, l)| l.as_ref().unwrap_or(&a.draft).correct);
        ablation.figures.insert("local".to_owned(), rate(alone));
        found.push(ablation);
    }
    let first: Vec<Tried> = all.iter().map(|a| a.chosen(0.0).clone()).collect();
    let globals = bench.globals(&first)?;
    let errors: Vec<_> =
        first.iter().map(|f| f.first_under(Role::Sorm, tried.thresholds.sorm)).collect();
    let locals = bench.locals(&first, &errors)?;
    let each = first.iter().zip(&globals).zip(&locals);
    let second = each.map(|((f, g), l)| choose(f, [g].into_iter().chain(l), 0.0));
    found.push(put("a second round of refinement", second.collect()));
    Ok(found)
}

/// GLoRe with another model in one role, beside the usual one.
pub fn compare_models(name: &str, usual: &Attempts, other: &Attempts, seed: u64) -> Ablation {
    let chosen: Vec<&Tried> = other.attempts.iter().map(|a| a.chosen(0.0)).collect();
    compare(name, &usual.attempts, &chosen, seed)
}

/// GLoRe with a margin that was chosen on other problems.
pub fn with_margin(name: &str, margin: f64, tried: &Attempts, seed: u64) -> Ablation {
    let chosen: Vec<&Tried> = tried.attempts.iter().map(|a| a.chosen(margin)).collect();
    compare(name, &tried.attempts, &chosen, seed)
}

/// What the policy of `models` solves by itself, greedily, beside GLoRe: is it the refinement that
/// helps, or is the refiner just a better student?
///
/// # Errors
/// [`LabError`] when the model fails.
pub fn solves_alone(
    name: &str,
    models: &Models,
    tokenizer: &Tokenizer,
    items: &[Item],
    tried: &Attempts,
    seed: u64,
) -> Result<Ablation, LabError> {
    let drafts = Bench { models, tokenizer, items }.drafts()?;
    Ok(compare(name, &tried.attempts, &drafts.iter().collect::<Vec<_>>(), seed))
}

fn oracle(a: &Attempt) -> &Tried {
    a.candidates().find(|c| c.correct).unwrap_or(&a.draft)
}

fn compare(name: &str, all: &[Attempt], chosen: &[&Tried], seed: u64) -> Ablation {
    let each = || all.iter().zip(chosen);
    let wrong = each().filter(|(a, _)| !a.draft.correct);
    let right = each().filter(|(a, _)| a.draft.correct);
    let gain = |(a, c): (&Attempt, &&Tried)| {
        f64::from(u8::from(c.correct)) - f64::from(u8::from(a.chosen(0.0).correct))
    };
    let figures = [
        ("glore", rate(chosen.iter().map(|c| c.correct))),
        ("minus_default", average(&each().map(gain).collect::<Vec<_>>(), seed)),
        ("fix_rate", rate(wrong.map(|(_, c)| c.correct))),
        ("break_rate", rate(right.map(|(_, c)| !c.correct))),
    ];
    let figures = figures.into_iter().map(|(key, figure)| (key.to_owned(), figure)).collect();
    Ablation { name: name.to_owned(), figures }
}
