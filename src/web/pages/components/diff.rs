//! What a refinement changed, word by word, with signs and words beside the colours.

use super::{Score, kind_words, slugs};
use crate::domain::{
    DiffOp, Op, Run, ScoredSolution, SolutionKind, StepDiff, Threshold, diff_solutions, diff_words,
};

/// A run of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `same`, `added` or `removed`.
    pub class: &'static str,
    pub text: String,
}

/// A step of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Step number; none for the answer line.
    pub index: Option<usize>,
    /// Permalink, where this is the place the step is shown at.
    pub id: Option<String>,
    pub parts: Vec<Part>,
    pub score: Option<Score>,
}

/// One place of the alignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// In both.
    Same(Line),
    /// Replaced, removed (no second) or added (no first).
    Changed(Option<Line>, Option<Line>),
    /// So many steps that are in both, left out.
    Kept(usize),
}

/// A refinement against what it refined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    pub slug: String,
    /// Such as `local refinement`.
    pub name: &'static str,
    /// Such as `draft`.
    pub base: &'static str,
    pub rows: Vec<Row>,
}

/// Every refinement of a run against its first solution. `only_changes` leaves equal steps out.
pub fn diffs(run: &Run, only_changes: bool) -> Vec<Diff> {
    let Some((base, rest)) = run.solutions.split_first() else { return Vec::new() };
    let slugs = slugs(&run.solutions);
    let refined = |solution: &ScoredSolution| {
        matches!(solution.kind, SolutionKind::Global | SolutionKind::Local)
    };
    let pairs = rest.iter().zip(slugs.iter().skip(1)).filter(|(solution, _)| refined(solution));
    pairs
        .enumerate()
        .map(|(nth, (solution, slug))| {
            let sides = Sides { base, solution, slug, threshold: &run.threshold, first: nth == 0 };
            let rows = sides.rows();
            Diff {
                slug: slug.clone(),
                name: kind_words(solution.kind),
                base: kind_words(base.kind),
                rows: if only_changes { collapse(rows) } else { rows },
            }
        })
        .collect()
}

/// The words of each step of `new`, with what is new to it and what went marked in them. None for
/// a step that was rewritten: marks on nearly every word tell nothing.
pub fn inline(old: &ScoredSolution, new: &ScoredSolution) -> Vec<Option<Vec<Part>>> {
    let rows = diff_solutions(&old.step_texts(), &new.step_texts());
    let rows = rows.iter().filter(|row| row.to.is_some());
    rows.map(|row| is_edit(&row.ops).then(|| parts(&row.ops, None))).collect()
}

/// Whether enough stayed for the changes to be worth marking one by one.
fn is_edit(ops: &[DiffOp]) -> bool {
    let letters = |wanted: Op| -> usize {
        let texts = ops.iter().filter(|op| op.op == wanted).map(|op| &op.text);
        texts.map(|text| text.chars().filter(|c| !c.is_whitespace()).count()).sum()
    };
    let (stayed, gone, new) = (letters(Op::Equal), letters(Op::Delete), letters(Op::Insert));
    stayed >= gone.max(new)
}

/// The operations as parts, without those of one side.
pub fn parts(ops: &[DiffOp], without: Option<Op>) -> Vec<Part> {
    ops.iter()
        .filter(|op| Some(op.op) != without)
        .map(|op| Part { class: class(op.op), text: op.text.clone() })
        .collect()
}

fn class(op: Op) -> &'static str {
    match op {
        Op::Equal => "same",
        Op::Insert => "added",
        Op::Delete => "removed",
    }
}

struct Sides<'a> {
    base: &'a ScoredSolution,
    solution: &'a ScoredSolution,
    slug: &'a str,
    threshold: &'a Threshold,
    /// The base's steps are shown once a pair, but can have an id only once a page.
    first: bool,
}

impl Sides<'_> {
    fn rows(&self) -> Vec<Row> {
        let steps = diff_solutions(&self.base.step_texts(), &self.solution.step_texts());
        steps.iter().map(|step| self.row(step)).chain(self.answer()).collect()
    }

    fn row(&self, step: &StepDiff) -> Row {
        if step.is_equal() && step.from.is_some() && step.to.is_some() {
            return self.new_line(step, false).map_or(Row::Kept(1), Row::Same);
        }
        let whole = !is_edit(&step.ops);
        Row::Changed(self.old_line(step, whole), self.new_line(step, whole))
    }

    fn old_line(&self, step: &StepDiff, whole: bool) -> Option<Line> {
        let index = step.from?;
        let id = self.first.then(|| format!("step-{index}"));
        let parts =
            if whole { unmarked(self.base, index) } else { parts(&step.ops, Some(Op::Insert)) };
        Some(self.line(self.base, index, id, parts))
    }

    fn new_line(&self, step: &StepDiff, whole: bool) -> Option<Line> {
        let index = step.to?;
        // A step that is in both is shown once: the old permalink is the one people have.
        let id = match step.from {
            Some(from) if step.is_equal() && self.first => format!("step-{from}"),
            _ => format!("{}-step-{index}", self.slug),
        };
        let parts =
            if whole { unmarked(self.solution, index) } else { parts(&step.ops, Some(Op::Delete)) };
        Some(self.line(self.solution, index, Some(id), parts))
    }

    fn line(
        &self,
        solution: &ScoredSolution,
        index: usize,
        id: Option<String>,
        parts: Vec<Part>,
    ) -> Line {
        let sorm = solution.steps.get(index - 1).and_then(|step| step.sorm);
        let score = sorm.map(|p| Score::sorm(p, self.threshold));
        Line { index: Some(index), id, parts, score }
    }

    fn answer(&self) -> Option<Row> {
        let line = |parts| Line { index: None, id: None, parts, score: None };
        match (&self.base.answer, &self.solution.answer) {
            (None, None) => None,
            (old, new) if old == new => {
                let ops = diff_words(old.as_deref()?, new.as_deref()?);
                Some(Row::Same(line(parts(&ops, None))))
            }
            (old, new) => {
                let side = |text: &Option<String>, op| {
                    let ops = [DiffOp { op, text: text.clone()? }];
                    Some(line(parts(&ops, None)))
                };
                Some(Row::Changed(side(old, Op::Delete), side(new, Op::Insert)))
            }
        }
    }
}

/// A step whose line is marked as a whole.
fn unmarked(solution: &ScoredSolution, index: usize) -> Vec<Part> {
    let step = solution.steps.get(index - 1);
    step.map(|step| Part { class: "same", text: step.text.clone() }).into_iter().collect()
}

/// Puts neighbouring equal steps into one row that counts them.
fn collapse(rows: Vec<Row>) -> Vec<Row> {
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        match (row, kept.last_mut()) {
            (Row::Same(line), last) if line.index.is_some() => match last {
                Some(Row::Kept(n)) => *n += 1,
                _ => kept.push(Row::Kept(1)),
            },
            (row, _) => kept.push(row),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(parts: &[Part]) -> String {
        parts.iter().map(|part| part.text.as_str()).collect()
    }

    proptest! {
        #[test]
        fn each_side_of_a_line_reads_as_it_was(old in "[a-c0-9 <&]{0,40}", new in "[a-c0-9 <&]{0,40}") {
            let ops = diff_words(&old, &new);
            prop_assert_eq!(text(&parts(&ops, Some(Op::Insert))), old);
            prop_assert_eq!(text(&parts(&ops, Some(Op::Delete))), new);
        }
    }

    #[test]
    fn a_line_that_shares_little_is_rewritten_rather_than_edited() {
        let edit = |old, new| is_edit(&diff_words(old, new));
        assert!(edit("They have 14 + 10 = 24 apples.", "They have 14 + 9 = 23 apples."));
        assert!(!edit("So the answer is 38.", "Ana and Ben have 14 + 23 = 37 apples."));
        assert!(!edit("", "A new step."));
    }

    #[test]
    fn neighbouring_equal_steps_are_counted() {
        let line = |index| Line { index, id: None, parts: Vec::new(), score: None };
        let rows = vec![
            Row::Same(line(Some(1))),
            Row::Same(line(Some(2))),
            Row::Changed(None, None),
            Row::Same(line(Some(4))),
            Row::Same(line(None)),
        ];
        let collapsed = collapse(rows);
        assert_eq!(collapsed[0], Row::Kept(2));
        assert_eq!(collapsed[2], Row::Kept(1));
        assert_eq!(collapsed[3], Row::Same(line(None)), "the answer is always shown");
    }
}
