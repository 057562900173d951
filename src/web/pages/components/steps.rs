//! Solutions as columns of scored steps.

use super::diff::{Part, inline};
use super::{Piece, Score, Strip, SumView, Verdict, kind_words, number, pieces, slugs, sum_views};
use crate::domain::{
    Finish, Probability, Run, ScoredSolution, ScoredStep, SolutionKind, Threshold, align,
};

/// One step of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// Permalink: `step-4` in the first column, `local-step-4` and so on in the others.
    pub id: String,
    pub index: usize,
    pub parts: Vec<Part>,
    /// The text with its formulas; empty where there are none, or where words are marked.
    pub formulas: Vec<Piece>,
    /// Its sums, done again.
    pub sums: Vec<SumView>,
    pub score: Option<Score>,
    /// Change of the score since the step before, with its sign.
    pub change: Option<String>,
    /// What the ORM expects of the final answer, seen from here.
    pub orm: Option<String>,
    pub first_error: bool,
    /// Taken over from the draft by a local refinement.
    pub kept: bool,
    /// It shares too little with the step it replaced for marks to tell anything.
    pub rewritten: bool,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct SolutionView {
    pub slug: String,
    /// Such as `Local refinement`.
    pub name: String,
    pub chosen: bool,
    pub from_step: Option<usize>,
    pub orm: Option<Score>,
    pub steps: Vec<StepView>,
    /// Which step stands in each row, so that equal places of the columns are side by side; none
    /// where another column has a step more.
    pub rows: Vec<Option<usize>>,
    pub strip: Option<Strip>,
    pub answer: Option<String>,
    pub verdict: Verdict,
    pub first_error: Option<usize>,
    /// It ended because its tokens did.
    pub cut: bool,
    pub tokens: usize,
    pub finish: &'static str,
    pub seed: u64,
    pub model: String,
    pub prompt: String,
}

/// Every solution of a run, refinements marked against the first.
pub fn solutions(run: &Run) -> Vec<SolutionView> {
    let slugs = slugs(&run.solutions);
    let columns = run.solutions.iter().zip(slugs);
    let mut views: Vec<_> = columns
        .enumerate()
        .map(|(nth, (solution, slug))| column(run, nth, solution, slug))
        .collect();
    for (view, rows) in views.iter_mut().zip(rows(&run.solutions)) {
        view.rows = rows;
    }
    views
}

/// The rows of each column: refinements are lined up with what they refined, anything else runs
/// freely.
fn rows(solutions: &[ScoredSolution]) -> Vec<Vec<Option<usize>>> {
    let refined = |s: &ScoredSolution| matches!(s.kind, SolutionKind::Global | SolutionKind::Local);
    let free = |s: &ScoredSolution| (0..s.steps.len()).map(Some).collect();
    match solutions.split_first() {
        Some((base, others)) if !others.is_empty() && others.iter().all(refined) => {
            let others: Vec<_> = others.iter().map(ScoredSolution::step_texts).collect();
            let others: Vec<_> = others.iter().map(Vec::as_slice).collect();
            let places = align(&base.step_texts(), &others);
            (0..=others.len()).map(|at| places.iter().map(|place| place.0[at]).collect()).collect()
        }
        _ => solutions.iter().map(free).collect(),
    }
}

fn column(run: &Run, nth: usize, solution: &ScoredSolution, slug: String) -> SolutionView {
    let base = run.solutions.first().filter(|_| nth > 0);
    let refined = matches!(solution.kind, SolutionKind::Global | SolutionKind::Local);
    let compared = base.filter(|_| refined);
    let mut marked = compared.map(|base| inline(base, solution)).unwrap_or_default();
    marked.resize_with(solution.steps.len(), || None);
    let prefix = if nth == 0 { String::new() } else { format!("{slug}-") };
    let mut before = None;
    let steps = solution
        .steps
        .iter()
        .zip(marked)
        .map(|(step, parts)| {
            let rewritten = compared.is_some() && parts.is_none();
            let view = view(step, parts, &prefix, before, &run.threshold);
            before = step.sorm;
            let first_error = solution.first_error_step == Some(step.index);
            let kept = solution.from_step.is_some_and(|from| step.index < from);
            StepView { first_error, kept, rewritten, ..view }
        })
        .collect();
    let name = name(solution.kind, &slug);
    SolutionView {
        strip: Strip::new(&slug, &name, solution, &run.threshold),
        chosen: run.chosen == Some(solution.id),
        from_step: solution.from_step,
        orm: solution.orm.map(Score::orm),
        steps,
        rows: Vec::new(),
        answer: solution.answer.clone(),
        verdict: Verdict::of(run, solution),
        first_error: solution.first_error_step,
        cut: solution.finish == Finish::Length,
        tokens: solution.tokens,
        finish: finish(solution.finish),
        seed: solution.seed,
        model: solution.model.clone(),
        prompt: solution.prompt.clone(),
        slug,
        name,
    }
}

fn view(
    step: &ScoredStep,
    parts: Option<Vec<Part>>,
    prefix: &str,
    before: Option<Probability>,
    threshold: &Threshold,
) -> StepView {
    let whole = || vec![Part { class: "same", text: step.text.clone() }];
    let change = step.sorm.zip(before).map(|(now, then)| signed(now.get() - then.get()));
    StepView {
        id: format!("{prefix}step-{}", step.index),
        index: step.index,
        formulas: formulas(&step.text, parts.as_deref()),
        parts: parts.unwrap_or_else(whole),
        sums: sum_views(&step.text),
        score: step.sorm.map(|p| Score::sorm(p, threshold)),
        change,
        orm: step.orm.map(number),
        first_error: false,
        kept: false,
        rewritten: false,
    }
}

/// Words that are marked are shown as they were written: marks inside a formula would break it.
fn formulas(text: &str, parts: Option<&[Part]>) -> Vec<Piece> {
    let marked = parts.is_some_and(|parts| parts.iter().any(|part| part.class != "same"));
    let pieces = if marked { Vec::new() } else { pieces(text) };
    let any = pieces.iter().any(|piece| matches!(piece, Piece::Formula { .. }));
    if any { pieces } else { Vec::new() }
}

/// `Draft`, `Global refinement`, `Sample 2`.
fn name(kind: SolutionKind, slug: &str) -> String {
    let words = kind_words(kind);
    let number = slug.rsplit_once('-').map_or(String::new(), |(_, number)| format!(" {number}"));
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}{number}", letters.as_str())
}

fn signed(change: f64) -> String {
    let sign = if change < 0.0 { '\u{2212}' } else { '+' };
    format!("{sign}{:.2}", change.abs())
}

fn finish(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "ended by the model",
        Finish::Length => "cut at the token limit",
        Finish::Given => "given, not generated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_signs() {
        assert_eq!(name(SolutionKind::Draft, "draft"), "Draft");
        assert_eq!(name(SolutionKind::Sample, "sample-2"), "Sample 2");
        assert_eq!(signed(-0.854), "−0.85");
        assert_eq!(signed(0.0), "+0.00");
    }
}
