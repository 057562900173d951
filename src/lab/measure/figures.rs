//! The table of an evaluation (method, "Always measured together").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, Attempts, Tried};
use super::stats::{Figure, auroc, bootstrap, rate};
use super::threshold::Thresholds;

/// Every figure of one evaluation by name, and what it was measured on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Which problems: split, seed, or a file.
    pub data: String,
    pub problems: usize,
    /// Seed of the samples.
    pub seed: u64,
    pub thresholds: Thresholds,
    #[serde(flatten)]
    pub figures: BTreeMap<String, Figure>,
    pub tokens_per_problem: f64,
    pub seconds_per_problem: f64,
}

/// Turns attempts into figures.
pub fn evaluate(tried: &Attempts, data: &str, seed: u64) -> Evaluation {
    let all = &tried.attempts;
    let mut figures = BTreeMap::new();
    let mut put = |name: &str, figure: Figure| figures.insert(name.to_owned(), figure);
    let of = |right: &dyn Fn(&Attempt) -> bool| rate(all.iter().map(right));

    put("greedy", of(&|a| a.draft.correct));
    put("global", of(&|a| a.global.correct));
    put("local", of(&|a| local_or_draft(a).correct));
    put("glore", of(&|a| chosen(a).correct));
    put("best_of_3", of(&|a| best_sample(a).is_some_and(|s| s.correct)));
    put("majority_of_3", of(&|a| majority(a).is_some_and(|s| s.correct)));
    put("oracle_of_3", of(&|a| a.samples.iter().any(|s| s.correct)));
    put("oracle_dgl", of(&|a| candidates(a).any(|c| c.correct)));
    let difference =
        |right: &dyn Fn(&Attempt) -> bool| paired(all, &|a| chosen(a).correct, right, seed);
    put("glore_minus_greedy", difference(&|a| a.draft.correct));
    put("glore_minus_global", difference(&|a| a.global.correct));
    put("glore_minus_local", difference(&|a| local_or_draft(a).correct));
    put("glore_minus_best_of_3", difference(&|a| best_sample(a).is_some_and(|s| s.correct)));

    let wrong = || all.iter().filter(|a| !a.draft.correct);
    let right = || all.iter().filter(|a| a.draft.correct);
    put("fix_rate_global", rate(wrong().map(|a| a.global.correct)));
    put("fix_rate_local", rate(wrong().map(|a| local_or_draft(a).correct)));
    put("fix_rate", rate(wrong().map(|a| chosen(a).correct)));
    put("fix_rate_either", rate(wrong().map(|a| candidates(a).any(|c| c.correct))));
    put("break_rate", rate(right().map(|a| !chosen(a).correct)));
    put("break_rate_global_alone", rate(right().map(|a| !a.global.correct)));
    put("break_rate_local_alone", rate(right().map(|a| !local_or_draft(a).correct)));

    put("draft_only_words_wrong", rate(all.iter().map(|a| a.draft.only_words_wrong)));

    let cuts = tried.thresholds;
    for (name, cut, steps) in [
        ("orm", cuts.orm, (|t| &t.orm_steps) as fn(&Tried) -> &Vec<f64>),
        ("sorm", cuts.sorm, |t| &t.sorm_steps),
    ] {
        let told = |a| judged(a, steps).into_iter().map(|(score, right)| (score >= cut) == right);
        put(&format!("{name}_step_accuracy"), rate(all.iter().flat_map(told)));
        let exact = |a: &Attempt| found(&a.draft, cut, steps) == a.draft.gold_first_error;
        put(&format!("{name}_first_error"), rate(all.iter().map(exact)));
        let answer_score = |t: &Tried| match name {
            "orm" => t.orm,
            _ => t.sorm_steps.last().copied().unwrap_or_default(),
        };
        let verdict = |a: &Attempt| (answer_score(&a.draft) >= 0.5) == a.draft.correct;
        put(&format!("{name}_answer_accuracy"), rate(all.iter().map(verdict)));
        let scored: Vec<_> =
            all.iter().map(|a| (answer_score(&a.draft), a.draft.correct)).collect();
        let area = |drawn: &[usize]| auroc(&drawn.iter().map(|&i| scored[i]).collect::<Vec<_>>());
        put(&format!("{name}_auroc"), bootstrap(scored.len(), seed, area));
        let by_step: Vec<Vec<(f64, bool)>> = all.iter().map(|a| judged(a, steps)).collect();
        let area = |drawn: &[usize]| {
            auroc(&drawn.iter().flat_map(|&i| by_step[i].iter().copied()).collect::<Vec<_>>())
        };
        put(&format!("{name}_step_auroc"), bootstrap(by_step.len(), seed, area));
    }
    let n = all.len().max(1) as f64;
    Evaluation {
        data: data.to_owned(),
        problems: all.len(),
        seed,
        thresholds: cuts,
        figures,
        tokens_per_problem: tried.glore_tokens as f64 / n,
        seconds_per_problem: tried.glore_seconds / n,
    }
}

/// Local refinement alone: where the critique found nothing, the draft stays.
fn local_or_draft(a: &Attempt) -> &Tried {
    a.local.as_ref().unwrap_or(&a.draft)
}

fn candidates(a: &Attempt) -> impl Iterator<Item = &Tried> {
    [&a.draft, &a.global].into_iter().chain(&a.local)
}

/// The ORM's choice; a tie keeps the draft.
fn chosen(a: &Attempt) -> &Tried {
    candidates(a).fold(&a.draft, |best, one| if one.orm > best.orm { one } else { best })
}

fn best_sample(a: &Attempt) -> Option<&Tried> {
    let first = a.samples.first()?;
    Some(a.samples.iter().fold(first, |best, one| if one.orm > best.orm { one } else { best }))
}

/// The answer most samples agree on; the earliest among equals.
fn majority(a: &Attempt) -> Option<&Tried> {
    let votes = |one: &Tried| a.samples.iter().filter(|s| s.answer == one.answer).count();
    let answered = || a.samples.iter().filter(|s| s.answer.is_some());
    let first = answered().next()?;
    Some(answered().fold(first, |best, one| if votes(one) > votes(best) { one } else { best }))
}

/// Difference of two rates on the same problems, with a paired bootstrap over problems.
fn paired(
    all: &[Attempt],
    a: &dyn Fn(&Attempt) -> bool,
    b: &dyn Fn(&Attempt) -> bool,
    seed: u64,
) -> Figure {
    let differences: Vec<f64> =
        all.iter().map(|one| f64::from(i8::from(a(one)) - i8::from(b(one)))).collect();
    bootstrap(all.len(), seed, |drawn| {
        let sum: f64 = drawn.iter().map(|&i| differences[i]).sum();
        (!drawn.is_empty()).then(|| sum / drawn.len() as f64)
    })
}

/// First step of a solution that scores under the cut.
fn found(t: &Tried, cut: f64, steps: fn(&Tried) -> &Vec<f64>) -> Option<usize> {
    steps(t).iter().position(|&score| score < cut).map(|i| i + 1)
}

/// Score and truth of each step of the draft: a step is right as long as no equation up to it is
/// wrong in the world.
fn judged(a: &Attempt, steps: fn(&Tried) -> &Vec<f64>) -> Vec<(f64, bool)> {
    let gold = a.draft.gold_first_error;
    let right = |i: usize| gold.is_none_or(|first| i + 1 < first);
    steps(&a.draft).iter().enumerate().map(|(i, &score)| (score, right(i))).collect()
}
