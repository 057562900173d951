//! What templates show, made from values of the domain: no store, no request, no clock.

mod again;
mod ago;
mod diff;
mod findings;
mod judged;
mod live;
mod markup;
mod maths;
mod provenance;
mod run_view;
mod score;
mod score_strip;
mod steps;
mod sums;
mod trouble;
mod urgency;
mod verdict;
mod why;

pub use again::shortest;
pub use ago::When;
pub use diff::{Diff, Line, Part, Row, diffs, inline, parts};
pub use findings::{Block as FindingBlock, Findings, Part as Finding, Picture};
pub use judged::{Judged, judged};
pub use live::Live;
pub use maths::{Piece, pieces};
pub use provenance::Provenance;
pub use run_view::{Around, Compare, RunView, one_line, took};
pub use score::{Score, number, source_word};
pub use score_strip::Strip;
pub use steps::{SolutionView, StepView, solutions};
pub use sums::{SumView, sum_views};
pub use trouble::{Trouble, sentence};
pub use urgency::Urgency;
pub use verdict::Verdict;
pub use why::{outcome, why};

use crate::domain::{Role, ScoredSolution, SolutionKind};

/// What a kind of solution is called in a sentence.
pub fn kind_words(kind: SolutionKind) -> &'static str {
    match kind {
        SolutionKind::Draft => "draft",
        SolutionKind::Global => "global refinement",
        SolutionKind::Local => "local refinement",
        SolutionKind::Sample => "sample",
        SolutionKind::Given => "given solution",
    }
}

/// Names each solution of a run, in order: `draft`, `global`, `local`, `sample-1`, … No two are
/// the same, so that they can begin the ids of a page.
pub fn slugs(solutions: &[ScoredSolution]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(solutions.len());
    for solution in solutions {
        let word = solution.kind.as_str();
        let earlier = names.iter().filter(|name| name.starts_with(word)).count();
        let numbered = solution.kind == SolutionKind::Sample || earlier > 0;
        names.push(if numbered { format!("{word}-{}", earlier + 1) } else { word.to_owned() });
    }
    names
}

/// What a role does, in a few words.
pub fn role_words(role: Role) -> &'static str {
    match role {
        Role::Policy => "writes the draft",
        Role::Orm => "will the final answer be right? says when to refine, and chooses",
        Role::Sorm => "can the right answer still be reached from this step? says where to refine",
        Role::Global => "rewrites a draft as a whole",
        Role::Local => "rewrites a draft from the first wrong step on",
    }
}
