//! A run as its page shows it.

use super::{
    Diff, Judged, Live, Piece, Provenance, SolutionView, Trouble, Urgency, Verdict, When, diffs,
    judged, outcome, pieces, solutions, source_word, why,
};
use crate::domain::{Priority, Run, RunKind, RunStatus, Strategy, Timestamp};
use crate::pipeline::Order;
use crate::web::pages::Origin;

/// How refinements are set beside what they refined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compare {
    /// Columns.
    #[default]
    Side,
    /// One list a refinement, old line above new line.
    Unified,
    /// The same without what did not change.
    Changes,
}

impl Compare {
    /// In the order of the switch, with their words.
    pub const ALL: [(Compare, &'static str); 3] = [
        (Compare::Side, "side by side"),
        (Compare::Unified, "unified"),
        (Compare::Changes, "only changes"),
    ];

    /// The word in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Compare::Side => "side",
            Compare::Unified => "unified",
            Compare::Changes => "changes",
        }
    }

    /// An unknown word shows columns: a link should not break for a view.
    pub fn from_word(word: Option<&str>) -> Self {
        let known = Self::ALL.into_iter().map(|(view, _)| view);
        known.into_iter().find(|view| Some(view.as_str()) == word).unwrap_or_default()
    }
}

/// Everything the page says of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunView {
    pub id: String,
    pub status: &'static str,
    /// What was asked for, in words.
    pub asked: &'static str,
    pub problem: String,
    /// The problem with its formulas.
    pub problem_pieces: Vec<Piece>,
    pub reference: Option<String>,
    pub tags: Vec<String>,
    pub when: When,
    pub took: String,
    pub answer: Option<String>,
    pub verdict: Option<Verdict>,
    /// How each answer was judged.
    pub judged: Vec<Judged>,
    /// Such as `local refinement` or `sample 5`.
    pub chosen: Option<String>,
    pub why: Option<String>,
    pub outcome: Option<&'static str>,
    pub solutions: Vec<SolutionView>,
    pub compare: Compare,
    /// Whether there is anything to compare.
    pub compares: bool,
    pub diffs: Vec<Diff>,
    pub threshold: String,
    pub threshold_source: &'static str,
    pub notes: Vec<String>,
    pub live: Option<Live>,
    /// Of a run in the background.
    pub priority: Option<&'static str>,
    /// While it waits.
    pub urgency: Option<Urgency>,
    pub trouble: Option<Trouble>,
    pub provenance: Provenance,
}

/// What a run view needs to know besides the run.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    pub compare: Compare,
    /// The stage its worker last told of.
    pub stage: Option<&'a str>,
    pub now: Timestamp,
    pub tags: &'a [String],
    /// This server, for calls.
    pub origin: &'a Origin,
    /// What the run was asked to do, where that was kept.
    pub order: Option<&'a Order>,
}

impl RunView {
    /// Works for a run in any state.
    pub fn new(run: &Run, around: Around<'_>) -> Self {
        let Around { compare, stage, now, tags, origin, order } = around;
        let all = diffs(run, compare == Compare::Changes);
        let chosen = run.chosen_solution();
        let columns = solutions(run);
        Self {
            id: run.id.to_string(),
            status: run.status.as_str(),
            asked: asked(run),
            problem: run.problem.text.clone(),
            problem_pieces: pieces(&run.problem.text),
            tags: tags.to_vec(),
            reference: run.problem.reference_answer.clone(),
            when: When::new(run.created_at, now),
            took: took(run.timings_ms.total()),
            answer: run.answer.clone(),
            verdict: chosen.map(|solution| Verdict::of(run, solution)),
            judged: judged(run),
            chosen: columns
                .iter()
                .find(|column| column.chosen)
                .map(|column| column.name.to_lowercase()),
            why: why(run),
            outcome: outcome(run),
            solutions: columns,
            compare,
            compares: !all.is_empty(),
            diffs: if compare == Compare::Side { Vec::new() } else { all },
            threshold: super::number(run.threshold.sorm),
            threshold_source: source_word(run.threshold.source),
            notes: run.notes.clone(),
            live: Live::new(run, stage),
            priority: run.priority.map(Priority::as_str),
            urgency: run
                .priority
                .filter(|_| run.status == RunStatus::Queued)
                .map(|priority| Urgency::new(format!("/runs/{}", run.id), priority)),
            trouble: Trouble::of(run),
            provenance: Provenance::new(run, order, origin),
        }
    }

    /// The choice was between several.
    pub fn has_choice(&self) -> bool {
        self.solutions.len() > 1
    }

    /// Columns whose rows can be lined up; very long solutions run freely.
    pub fn aligned(&self) -> bool {
        self.solutions.iter().all(|solution| solution.rows.len() <= 190)
    }

    /// The run has ended with something to refine.
    pub fn can_refine(&self) -> bool {
        self.live.is_none() && self.solutions.iter().any(|solution| !solution.steps.is_empty())
    }

    /// The problem on one line, for the title.
    pub fn short_problem(&self) -> String {
        one_line(&self.problem, 70)
    }
}

/// The first words of a text.
pub fn one_line(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most).collect();
    let words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", words.trim_end_matches([',', '.', ';', ':']))
}

/// Milliseconds as people read them.
pub fn took(ms: u64) -> String {
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{:.1} s", ms as f64 / 1_000.0),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

fn asked(run: &Run) -> &'static str {
    match (run.kind, run.strategy) {
        (RunKind::Critique, _) => "critique of a given solution",
        (RunKind::Refine, _) => "refinement of a given solution",
        (RunKind::Solve, Strategy::Glore) => "solve: draft, global and local refinement",
        (RunKind::Solve, Strategy::Draft) => "solve: draft alone",
        (RunKind::Solve, Strategy::BestOfN) => "solve: best of several samples",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_problems_end_at_a_word() {
        assert_eq!(one_line("a\n b", 10), "a b");
        assert_eq!(one_line("one two, three four", 10), "one two…");
        assert_eq!(one_line("ééééé", 3), "ééé…");
    }

    #[test]
    fn durations_are_readable() {
        assert_eq!([took(7), took(1_140), took(125_000)], ["7 ms", "1.1 s", "2 min 5 s"]);
    }

    #[test]
    fn an_unknown_view_is_columns() {
        assert_eq!(Compare::from_word(Some("unified")), Compare::Unified);
        assert_eq!(Compare::from_word(Some("3d")), Compare::Side);
    }
}
