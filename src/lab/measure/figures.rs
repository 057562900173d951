//! The table of an evaluation (method, "Always measured together").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, Attempts};
use super::bench::Tried;
use super::calibration::{Calibration, calibrate};
use super::stats::{Figure, auroc, bootstrap, rate, share_of};
use super::sweep::{self, GatePoint, MarginPoint, ThresholdPoint};
use super::threshold::Thresholds;
use crate::domain::Role;

/// Every figure of one evaluation by name, and what it was measured on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Which problems: split and seed, or a file.
    pub data: String,
    pub problems: usize,
    /// Seeds of the samples.
    pub seeds: Vec<u64>,
    pub thresholds: Thresholds,
    #[serde(flatten)]
    pub figures: BTreeMap<String, Figure>,
    pub tokens_per_problem: f64,
    pub seconds_per_problem: f64,
    pub calibration: Vec<Calibration>,
    pub threshold_sweep: Vec<ThresholdPoint>,
    pub gate_sweep: Vec<GatePoint>,
    pub margin_sweep: Vec<MarginPoint>,
}

/// Turns attempts into figures. `seeds` are those the samples were drawn with; the first one also
/// seeds the resampling of intervals.
pub fn evaluate(tried: &Attempts, data: &str, seeds: &[u64]) -> Evaluation {
    let all = &tried.attempts;
    let seed = seeds.first().copied().unwrap_or(0);
    let mut figures = BTreeMap::new();
    strategies(all, seed, &mut figures);
    fixes_and_breaks(all, &mut figures);
    reward_models(all, tried.thresholds, seed, &mut figures);
    let n = all.len().max(1) as f64;
    Evaluation {
        data: data.to_owned(),
        problems: all.len(),
        seeds: seeds.to_vec(),
        thresholds: tried.thresholds,
        figures,
        tokens_per_problem: tried.glore_tokens as f64 / n,
        seconds_per_problem: tried.glore_seconds / n,
        calibration: calibrate(all, seed),
        threshold_sweep: sweep::thresholds(all),
        gate_sweep: sweep::gates(all),
        margin_sweep: sweep::margins(all),
    }
}

type Figures = BTreeMap<String, Figure>;

fn strategies(all: &[Attempt], seed: u64, figures: &mut Figures) {
    let mut put = |name: &str, figure| figures.insert(name.to_owned(), figure);
    let of = |right: &dyn Fn(&Attempt) -> bool| rate(all.iter().map(right));
    put("greedy", of(&|a| a.draft.correct));
    put("global", of(&|a| a.global.correct));
    put("local", of(&|a| a.local_or_draft().correct));
    put("glore", of(&|a| a.chosen(0.0).correct));
    put("oracle_dgl", of(&|a| a.candidates().any(|c| c.correct)));

    // Strategies on samples: the mean over seeds of each problem; problems are resampled.
    let mean = |right: &dyn Fn(&[Tried]) -> bool| -> Vec<f64> {
        let of_one = |a: &Attempt| {
            let hits = a.samples.iter().filter(|samples| right(samples)).count();
            hits as f64 / a.samples.len().max(1) as f64
        };
        all.iter().map(of_one).collect()
    };
    let best = mean(&|s| best_sample(s).is_some_and(|s| s.correct));
    put("best_of_3", average(&best, seed));
    let most = mean(&|s| majority(s).is_some_and(|s| s.correct));
    put("majority_of_3", average(&most, seed));
    put("oracle_of_3", average(&mean(&|s| s.iter().any(|s| s.correct)), seed));

    let glore = |a: &Attempt| f64::from(a.chosen(0.0).correct);
    let minus = |other: Vec<f64>| {
        let differences: Vec<f64> = all.iter().zip(other).map(|(a, b)| glore(a) - b).collect();
        average(&differences, seed)
    };
    let hits = |right: &dyn Fn(&Attempt) -> bool| -> Vec<f64> {
        all.iter().map(|a| f64::from(right(a))).collect()
    };
    put("glore_minus_greedy", minus(hits(&|a| a.draft.correct)));
    put("glore_minus_global", minus(hits(&|a| a.global.correct)));
    put("glore_minus_local", minus(hits(&|a| a.local_or_draft().correct)));
    put("glore_minus_best_of_3", minus(best));
}

fn fixes_and_breaks(all: &[Attempt], figures: &mut Figures) {
    let mut put = |name: &str, figure| figures.insert(name.to_owned(), figure);
    let wrong = || all.iter().filter(|a| !a.draft.correct);
    let right = || all.iter().filter(|a| a.draft.correct);
    put("fix_rate_global", rate(wrong().map(|a| a.global.correct)));
    put("fix_rate_local", rate(wrong().map(|a| a.local_or_draft().correct)));
    put("fix_rate", rate(wrong().map(|a| a.chosen(0.0).correct)));
    put("fix_rate_either", rate(wrong().map(|a| a.candidates().any(|c| c.correct))));
    put("break_rate", rate(right().map(|a| !a.chosen(0.0).correct)));
    put("break_rate_global_alone", rate(right().map(|a| !a.global.correct)));
    put("break_rate_local_alone", rate(right().map(|a| !a.local_or_draft().correct)));
    let words = all.iter().filter_map(|a| a.draft.gold).map(|gold| gold.only_words_wrong);
    put("draft_only_words_wrong", rate(words));
}

fn reward_models(all: &[Attempt], cuts: Thresholds, seed: u64, figures: &mut Figures) {
    let mut put = |name: String, figure| figures.insert(name, figure);
    for (name, cut, role) in [("orm", cuts.orm, Role::Orm), ("sorm", cuts.sorm, Role::Sorm)] {
        let steps: Vec<_> = all.iter().map(|a| judged_steps(&a.draft, role)).collect();
        let told = |cut: f64| {
            let parts = steps.iter().filter(|steps| !steps.is_empty()).map(|steps| {
                let hits = steps.iter().filter(|&&(score, right)| (score >= cut) == right).count();
                (hits as f64, steps.len() as f64)
            });
            // The interval is over problems; n says how many steps there are.
            let n = steps.iter().map(Vec::len).sum();
            Figure { n, ..share_of(&parts.collect::<Vec<_>>(), seed) }
        };
        put(format!("{name}_step_accuracy"), told(cut));
        put(format!("{name}_step_accuracy_at_half"), told(0.5));
        let judged = all.iter().filter(|a| a.draft.gold.is_some());
        let exact = |a: &Attempt| a.draft.first_under(role, cut) == a.draft.gold_first_error();
        put(format!("{name}_first_error"), rate(judged.map(exact)));
        let verdict = |a: &Attempt| (a.draft.whole(role) >= 0.5) == a.draft.correct;
        put(format!("{name}_answer_accuracy"), rate(all.iter().map(verdict)));
        let answers: Vec<_> =
            all.iter().map(|a| vec![(a.draft.whole(role), a.draft.correct)]).collect();
        put(format!("{name}_auroc"), area(&answers, seed));
        let refined = |a: &Attempt| -> Vec<_> {
            a.candidates().skip(1).map(|c| (c.whole(role), c.correct)).collect()
        };
        let refined: Vec<Vec<_>> = all.iter().map(refined).collect();
        put(format!("{name}_auroc_refinements"), area(&refined, seed));
        put(format!("{name}_step_auroc"), area(&steps, seed));
    }
    // The tuned cuts of both come from rollout labels, which an ORM by itself does not have; one
    // half is what a classifier trained on its own labels stands at.
    let halves = Thresholds { sorm: 0.5, orm: 0.5 };
    for (name, cuts) in [("", cuts), ("_at_half", halves)] {
        put(format!("sorm_minus_orm_step_accuracy{name}"), gain(all, cuts, seed));
    }
}

/// How much more of the steps the SORM tells right. Steps of one problem stand or fall together:
/// problems are resampled, not steps.
fn gain(all: &[Attempt], cuts: Thresholds, seed: u64) -> Figure {
    let told = |a: &Attempt, role, cut: f64| -> f64 {
        let steps = judged_steps(&a.draft, role);
        steps.iter().filter(|(score, right)| (*score >= cut) == *right).count() as f64
    };
    let both: Vec<(f64, f64)> = all
        .iter()
        .filter(|a| a.draft.gold.is_some())
        .map(|a| {
            let gain = told(a, Role::Sorm, cuts.sorm) - told(a, Role::Orm, cuts.orm);
            (gain, a.draft.sorm_steps.len() as f64)
        })
        .collect();
    share_of(&both, seed)
}

/// Area under the ROC curve; problems that have something scored are resampled.
fn area(by_problem: &[Vec<(f64, bool)>], seed: u64) -> Figure {
    let scored: Vec<_> = by_problem.iter().filter(|scored| !scored.is_empty()).collect();
    bootstrap(scored.len(), seed, |drawn| {
        auroc(&drawn.iter().flat_map(|&i| scored[i].iter().copied()).collect::<Vec<_>>())
    })
}

/// The mean of one value a problem; problems are resampled.
pub(super) fn average(values: &[f64], seed: u64) -> Figure {
    bootstrap(values.len(), seed, |drawn| {
        let sum: f64 = drawn.iter().map(|&i| values[i]).sum();
        (!drawn.is_empty()).then(|| sum / drawn.len() as f64)
    })
}

fn best_sample(samples: &[Tried]) -> Option<&Tried> {
    let first = samples.first()?;
    Some(samples.iter().fold(first, |best, one| if one.orm > best.orm { one } else { best }))
}

/// The answer most samples agree on; the earliest among equals.
fn majority(samples: &[Tried]) -> Option<&Tried> {
    let votes = |one: &Tried| samples.iter().filter(|s| s.answer == one.answer).count();
    let answered = || samples.iter().filter(|s| s.answer.is_some());
    let first = answered().next()?;
    Some(answered().fold(first, |best, one| if votes(one) > votes(best) { one } else { best }))
}

/// Score and truth of each step: a step is right as long as no equation up to it is wrong in the
/// world. Nothing where there is no world.
pub(super) fn judged_steps(tried: &Tried, role: Role) -> Vec<(f64, bool)> {
    let Some(gold) = tried.gold else { return Vec::new() };
    let right = |i: usize| gold.first_error.is_none_or(|first| i + 1 < first);
    tried.steps(role).iter().enumerate().map(|(i, &score)| (score, right(i))).collect()
}
