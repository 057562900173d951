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

/// What the rules look at of one solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// ORM score of the whole.
    pub orm: Option<Probability>,
    /// Index and SORM score of each step.
    pub steps: Vec<(usize, Option<Probability>)>,
    /// Whether its final answer is right, where that is known.
    pub correct: Option<bool>,
    /// The SORM's threshold.
    pub threshold: Probability,
    /// Whether the ORM chose it, wrongly, before a right one.
    pub passed_over: bool,
}

/// How strongly a rule holds, from 0 to 1, and its numbers.
type Held = (f64, Detail);

/// The rules that need no person.
const RULES: [fn(&Seen) -> Option<Held>; 4] =
    [convincing_wrong, verifier_conflict, uncertain, sharp_drop];

/// What a finished run gives cause for: at most one reason a rule, of the solution that it holds
/// for most strongly. Nothing for a run that did not complete.
pub fn reasons(run: &Run) -> Vec<Reason> {
    if run.status != RunStatus::Completed {
        return Vec::new();
    }
    let with_steps = run.solutions.iter().filter(|s| !s.steps.is_empty());
    let seen: Vec<_> = with_steps.map(|s| (s.id, Seen::of(run, s))).collect();
    let strongest = |rule: fn(&Seen) -> Option<Held>| {
        let found = seen.iter().filter_map(|(id, seen)| {
            let (strength, detail) = rule(seen)?;
            let strength = Probability::new(strength.clamp(0.0, 1.0))?;
            Some(Reason { strength, solution: Some(*id), detail })
        });
        // The first of equals: the draft stands before its refinements.
        found.reduce(|a, b| if b.strength > a.strength { b } else { a })
    };
    RULES.into_iter().filter_map(strongest).collect()
}

/// How strongly each rule that needs no person holds for one solution; none where it does not.
pub fn strengths(seen: &Seen) -> [Option<f64>; 4] {
    RULES.map(|rule| rule(seen).map(|(strength, _)| strength))
}

impl Seen {
    fn of(run: &Run, solution: &ScoredSolution) -> Self {
        Self {
            orm: solution.orm,
            steps: solution.steps.iter().map(|step| (step.index, step.sorm)).collect(),
            correct: solution.correct,
            threshold: run.threshold.sorm,
            passed_over: run.chosen == Some(solution.id)
                && solution.correct == Some(false)
                && run.solutions.iter().any(|other| other.correct == Some(true)),
        }
    }

    fn scored(&self) -> impl Iterator<Item = (usize, Probability)> {
        self.steps.iter().filter_map(|&(step, sorm)| Some((step, sorm?)))
    }
}

/// Rated high by the ORM, final answer wrong (PRM800K's choice of what to label).
fn convincing_wrong(seen: &Seen) -> Option<Held> {
    let orm = seen.orm.filter(|orm| orm.get() >= CONFIDENT)?;
    (seen.correct == Some(false)).then_some((orm.get(), Detail::ConvincingWrong { orm }))
}

/// Either the ORM is confident and the SORM sees an error, or the other way round; or the ORM chose
/// a wrong solution while another is right.
fn verifier_conflict(seen: &Seen) -> Option<Held> {
    let orm = seen.orm?;
    if seen.passed_over {
        return Some((1.0, Detail::VerifierConflict { orm, sorm: None, step: None }));
    }
    let (step, sorm) = seen.scored().reduce(|a, b| if b.1 < a.1 { b } else { a })?;
    let error = sorm.get() < seen.threshold.get();
    let conflict = if error { orm.get() >= CONFIDENT } else { orm.get() <= 1.0 - CONFIDENT };
    let detail = Detail::VerifierConflict { orm, sorm: Some(sorm), step: Some(step) };
    conflict.then_some(((orm.get() - sorm.get()).abs(), detail))
}

/// The step whose score is nearest to the threshold.
fn uncertain(seen: &Seen) -> Option<Held> {
    let threshold = seen.threshold;
    let distance = |p: Probability| (p.get() - threshold.get()).abs();
    let nearest = seen.scored().reduce(|a, b| if distance(b.1) < distance(a.1) { b } else { a });
    let (step, sorm) = nearest?;
    let detail = Detail::Uncertain { step, sorm, threshold };
    (distance(sorm) <= NEAR).then_some((1.0 - distance(sorm) / NEAR, detail))
}

/// The largest fall from a step to the next: a candidate for the first error.
fn sharp_drop(seen: &Seen) -> Option<Held> {
    let pairs = seen.steps.windows(2).filter_map(|pair| match pair {
        [(_, before), (step, after)] => Some((*step, (*before)?, (*after)?)),
        _ => None,
    });
    let fall = |(_, before, after): (usize, Probability, Probability)| before.get() - after.get();
    let sharpest = pairs.reduce(|a, b| if fall(b) > fall(a) { b } else { a })?;
    let (step, before, after) = sharpest;
    let detail = Detail::SharpDrop { step, before, after };
    (fall(sharpest) >= DROP).then_some((fall(sharpest), detail))
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
