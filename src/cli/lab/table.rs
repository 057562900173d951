//! Evaluations, ablations and label agreement as tables for people.

use std::fmt::Write;

use super::models::Sources;
use crate::lab::measure::{Ablation, Evaluation, Figure, Found, LabelTable};

/// The rows, in the order in which they are read, and what each one is.
const ROWS: [(&str, &str); 36] = [
    ("greedy", "draft alone"),
    ("global", "global refinement alone"),
    ("local", "local refinement alone"),
    ("glore", "GLoRe: best of draft, global, local by the ORM"),
    ("best_of_3", "best of 3 samples by the ORM"),
    ("majority_of_3", "majority of 3 samples"),
    ("oracle_of_3", "any of 3 samples right"),
    ("oracle_dgl", "any of draft, global, local right"),
    ("glore_minus_greedy", "GLoRe - draft (paired)"),
    ("glore_minus_global", "GLoRe - global (paired)"),
    ("glore_minus_local", "GLoRe - local (paired)"),
    ("glore_minus_best_of_3", "GLoRe - best of 3 (paired)"),
    ("fix_rate_global", "wrong drafts fixed by global"),
    ("fix_rate_local", "wrong drafts fixed by local"),
    ("fix_rate", "wrong drafts fixed, ORM choosing"),
    ("fix_rate_either", "wrong drafts fixed by either"),
    ("break_rate_global_alone", "right drafts broken by global alone"),
    ("break_rate_local_alone", "right drafts broken by local alone"),
    ("break_rate", "right drafts broken, ORM choosing"),
    ("draft_only_words_wrong", "drafts with right equations and wrong words"),
    ("orm_step_accuracy", "ORM: steps told right"),
    ("sorm_step_accuracy", "SORM: steps told right"),
    ("sorm_minus_orm_step_accuracy", "SORM - ORM, steps told right (paired)"),
    ("sorm_minus_orm_step_accuracy_at_half", "the same, threshold 0.5 for both"),
    ("orm_step_accuracy_at_half", "ORM: steps told right, threshold 0.5"),
    ("sorm_step_accuracy_at_half", "SORM: steps told right, threshold 0.5"),
    ("orm_first_error", "ORM: first error found exactly"),
    ("sorm_first_error", "SORM: first error found exactly"),
    ("orm_answer_accuracy", "ORM: answers told right"),
    ("sorm_answer_accuracy", "SORM: answers told right"),
    ("orm_auroc", "ORM: area under ROC, answers"),
    ("sorm_auroc", "SORM: area under ROC, answers"),
    ("orm_auroc_refinements", "ORM: area under ROC, refinements"),
    ("sorm_auroc_refinements", "SORM: area under ROC, refinements"),
    ("orm_step_auroc", "ORM: area under ROC, steps"),
    ("sorm_step_auroc", "SORM: area under ROC, steps"),
];

/// The table of an evaluation.
pub(super) fn evaluation(found: &Evaluation, sources: Sources) -> String {
    let mut out = String::new();
    let Evaluation { data, problems, thresholds, .. } = found;
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{data}, {problems} problems; thresholds: SORM {} ({}), ORM {} ({})",
        thresholds.sorm, sources.sorm, thresholds.orm, sources.orm
    );
    let _ = writeln!(out, "{:<48} {:>7} {:>18} {:>6}", "", "%", "95 % interval", "n");
    for (key, words) in ROWS {
        if let Some(figure) = found.figures.get(key) {
            let _ = writeln!(out, "{words:<48} {}", row(figure));
        }
    }
    for calibration in &found.calibration {
        let words =
            format!("{}: Brier score, {}", calibration.model.to_uppercase(), calibration.on);
        let _ = writeln!(out, "{words:<48} {}", row(&calibration.brier));
    }
    let _ = writeln!(
        out,
        "{:.0} tokens and {:.3} s a problem (draft, both refinements, all scores; many at once)",
        found.tokens_per_problem, found.seconds_per_problem
    );
    out
}

/// One row a change: GLoRe under it, the paired difference to GLoRe as it is, fixes and breaks.
pub(super) fn ablations(found: &[Ablation]) -> String {
    let mut out = String::new();
    for ablation in found {
        let _ = writeln!(out, "\n{}", ablation.name);
        for (key, figure) in &ablation.figures {
            let _ = writeln!(out, "  {key:<46} {}", row(figure));
        }
    }
    out
}

/// Agreement of synthetic labels with the worlds.
pub(super) fn labels(found: &LabelTable) -> String {
    let mut out = String::new();
    let LabelTable { problems, set_aside, prefixes, rows } = found;
    let _ = writeln!(
        out,
        "{prefixes} prefixes of {problems} problems; {set_aside} problems that no sample solved set aside"
    );
    let _ = writeln!(
        out,
        "{:<26} {:>3} {:>7} {:>18} {:>10} {:>9}",
        "", "K", "%", "95 % interval", "false good", "false bad"
    );
    for one in rows {
        let figure = row(&one.agreement);
        let figure = figure.rsplit_once(' ').map_or(figure.as_str(), |(start, _)| start.trim_end());
        let _ = writeln!(
            out,
            "{:<26} {:>3} {figure} {:>10} {:>9}",
            one.rule, one.k, one.false_good, one.false_bad
        );
    }
    out
}

/// Who finds the first error of given solutions.
pub(super) fn stepwise(found: &[Found]) -> String {
    let mut out = String::new();
    for one in found {
        let Found { model, threshold, erroneous, correct, f1 } = one;
        let _ = writeln!(out, "{}, threshold {threshold}", model.to_uppercase());
        let rows = [
            ("first error named exactly", erroneous),
            ("right solutions left alone", correct),
            ("F1: harmonic mean of the two", f1),
        ];
        for (words, figure) in rows {
            let _ = writeln!(out, "  {words:<46} {}", row(figure));
        }
    }
    out
}

pub(super) fn row(figure: &Figure) -> String {
    let percent = |x: Option<f64>| x.map_or("-".to_owned(), |x| format!("{:.1}", 100.0 * x));
    let interval = format!("{} to {}", percent(figure.low), percent(figure.high));
    format!("{:>7} {:>18} {:>6}", percent(figure.value), interval, figure.n)
}
