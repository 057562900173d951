//! An evaluation as a table for people.

use std::fmt::Write;

use crate::lab::measure::{Evaluation, Figure};

/// The rows, in the order in which they are read, and what each one is.
const ROWS: [(&str, &str); 30] = [
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
    ("orm_first_error", "ORM: first error found exactly"),
    ("sorm_first_error", "SORM: first error found exactly"),
    ("orm_answer_accuracy", "ORM: answers told right"),
    ("sorm_answer_accuracy", "SORM: answers told right"),
    ("orm_auroc", "ORM: area under ROC, answers"),
    ("sorm_auroc", "SORM: area under ROC, answers"),
    ("orm_step_auroc", "ORM: area under ROC, steps"),
    ("sorm_step_auroc", "SORM: area under ROC, steps"),
];

/// Writes the table.
pub(super) fn table(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    let Evaluation { data, problems, thresholds, .. } = evaluation;
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{data}, {problems} problems; thresholds from validation: SORM {}, ORM {}",
        thresholds.sorm, thresholds.orm
    );
    let _ = writeln!(out, "{:<48} {:>7} {:>18} {:>6}", "", "%", "95 % interval", "n");
    for (key, words) in ROWS {
        if let Some(figure) = evaluation.figures.get(key) {
            let _ = writeln!(out, "{words:<48} {}", row(figure));
        }
    }
    let _ = writeln!(
        out,
        "{:.0} tokens and {:.3} s a problem (draft, both refinements, all scores; many at once)",
        evaluation.tokens_per_problem, evaluation.seconds_per_problem
    );
    out
}

fn row(figure: &Figure) -> String {
    let percent = |x: Option<f64>| x.map_or("-".to_owned(), |x| format!("{:.1}", 100.0 * x));
    let interval = format!("{} to {}", percent(figure.low), percent(figure.high));
    format!("{:>7} {:>18} {:>6}", percent(figure.value), interval, figure.n)
}
