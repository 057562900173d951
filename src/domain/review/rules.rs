//! The rules: a run in, reasons out.
//!
//! Limits are constants here: they say what the words mean. How much of each a queue wants is its
//! weights.

use super::reason::{Detail, Reason};
use super::sheet::Label;
use crate::domain::{Probability, Run, RunStatus, ScoredSolution};

/// From here on the ORM is confident that an answer is right; under one less this, that it is wrong.
const CONFIDENT: f64 = 0.7;
/// A score this near to the threshold could as well be on its other side.
const NEAR: f64 = 0.1;
/// A smaller fall between two steps is noise.
const DROP: f64 = 0.3;

/// What a finished run gives cause for: at most one reason a rule, of the solution that it holds
/// for most strongly. Nothing for a run that did not complete.
pub fn reasons(run: &Run) -> Vec<Reason> {
    if run.status != RunStatus::Completed {
        return Vec::new();
    }
    let rules = [convincing_wrong, verifier_conflict, uncertain, sharp_drop];
    let strongest = |rule: fn(&Run, &ScoredSolution) -> Option<Reason>| {
        let found =
            run.solutions.iter().filter(|s| !s.steps.is_empty()).filter_map(|s| rule(run, s));
        // The first of equals: the draft stands before its refinements.
        found.reduce(|a, b| if b.strength > a.strength { b } else { a })
    };
    rules.into_iter().filter_map(strongest).collect()
}

/// Rated high by the ORM, final answer wrong (PRM800K's choice of what to label).
fn convincing_wrong(_: &Run, solution: &ScoredSolution) -> Option<Reason> {
    let orm = solution.orm.filter(|orm| orm.get() >= CONFIDENT)?;
    (solution.correct == Some(false))
        .then(|| reason(solution, orm.get(), Detail::ConvincingWrong { orm }))?
}

/// Either the ORM is confident and the SORM sees an error, or the other way round; or the ORM chose
/// a wrong solution while another is right.
fn verifier_conflict(run: &Run, solution: &ScoredSolution) -> Option<Reason> {
    let orm = solution.orm?;
    let passed_over = run.chosen == Some(solution.id)
        && solution.correct == Some(false)
        && run.solutions.iter().any(|other| other.correct == Some(true));
    if passed_over {
        return reason(solution, 1.0, Detail::VerifierConflict { orm, sorm: None, step: None });
    }
    let steps = solution.steps.iter().filter_map(|step| Some((step.index, step.sorm?)));
    let (step, sorm) = steps.reduce(|a, b| if b.1 < a.1 { b } else { a })?;
    let seen = sorm.get() < run.threshold.sorm.get();
    let conflict = if seen { orm.get() >= CONFIDENT } else { orm.get() <= 1.0 - CONFIDENT };
    let detail = Detail::VerifierConflict { orm, sorm: Some(sorm), step: Some(step) };
    conflict.then(|| reason(solution, (orm.get() - sorm.get()).abs(), detail))?
}

/// The step whose score is nearest to the threshold.
fn uncertain(run: &Run, solution: &ScoredSolution) -> Option<Reason> {
    let threshold = run.threshold.sorm;
    let distance = |p: Probability| (p.get() - threshold.get()).abs();
    let steps = solution.steps.iter().filter_map(|step| Some((step.index, step.sorm?)));
    let (step, sorm) = steps.reduce(|a, b| if distance(b.1) < distance(a.1) { b } else { a })?;
    (distance(sorm) <= NEAR).then(|| {
        let detail = Detail::Uncertain { step, sorm, threshold };
        reason(solution, 1.0 - distance(sorm) / NEAR, detail)
    })?
}

/// The largest fall from a step to the next: a candidate for the first error.
fn sharp_drop(_: &Run, solution: &ScoredSolution) -> Option<Reason> {
    let pairs = solution.steps.windows(2).filter_map(|pair| match pair {
        [before, after] => Some((after.index, before.sorm?, after.sorm?)),
        _ => None,
    });
    let fall = |(_, before, after): (usize, Probability, Probability)| before.get() - after.get();
    let sharpest = pairs.reduce(|a, b| if fall(b) > fall(a) { b } else { a })?;
    let (step, before, after) = sharpest;
    (fall(sharpest) >= DROP)
        .then(|| reason(solution, fall(sharpest), Detail::SharpDrop { step, before, after }))?
}

fn reason(solution: &ScoredSolution, strength: f64, detail: Detail) -> Option<Reason> {
    let strength = Probability::new(strength.clamp(0.0, 1.0))?;
    Some(Reason { strength, solution: Some(solution.id), detail })
}

/// Whether people who rated the same steps differ: at the first step where two of them said
/// different things. What somebody left out or was unsure of is no disagreement.
pub fn disagreement(sheets: &[Vec<Label>]) -> Option<Reason> {
    let longest = sheets.iter().map(Vec::len).max()?;
    let spread = |at: usize| -> Option<i8> {
        let mut values = sheets.iter().filter_map(|labels| labels.get(at)?.value);
        let first = values.next()?;
        let (low, high) = values.fold((first, first), |(low, high), v| (low.min(v), high.max(v)));
        (high > low).then_some(high - low)
    };
    let (at, spread) = (0..longest).find_map(|at| Some((at, spread(at)?)))?;
    let strength = Probability::new(f64::from(spread) / 2.0)?;
    let detail = Detail::Disagreement { people: sheets.len(), step: Some(at + 1) };
    Some(Reason { strength, solution: None, detail })
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
