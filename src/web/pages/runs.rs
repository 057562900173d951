//! `GET /runs`: the runs, newest first, with filters that live in the address.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::components::{Score, Verdict, When, kind_words, one_line};
use super::query::query;
use super::{Shell, page};
use crate::app::App;
use crate::domain::{RunId, RunStatus, SolutionKind, Timestamp};
use crate::store::{Counts, Filter, RunSummary};
use crate::web::{Error, Query};

const PAGE: usize = 25;
/// Longest problem in the table, in characters; the style cuts it to one line besides.
const PROBLEM: usize = 140;

/// The filters of the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RunsQuery {
    pub status: Option<RunStatus>,
    pub chosen: Option<SolutionKind>,
    pub correct: Option<bool>,
    pub q: Option<String>,
    pub after: Option<RunId>,
}

impl RunsQuery {
    fn filter(&self) -> Filter {
        let Self { status, chosen, correct, q, .. } = self.clone();
        Filter { status, kind: None, chosen, correct, q }
    }

    fn words(&self) -> &str {
        self.q.as_deref().unwrap_or_default()
    }

    /// Filters other than the words, for the search form to keep.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.status.map(|status| ("status", status.as_str().to_owned())));
        pairs.extend(self.chosen.map(|kind| ("chosen", kind.as_str().to_owned())));
        pairs.extend(self.correct.map(|correct| ("correct", correct.to_string())));
        pairs
    }

    /// The address of the list with these filters, from its top unless `after` is set.
    fn address(&self) -> String {
        let mut pairs = self.pairs();
        if !self.words().is_empty() {
            pairs.push(("q", self.words().to_owned()));
        }
        pairs.extend(self.after.map(|after| ("after", after.to_string())));
        format!("/runs{}", query(pairs))
    }
}

/// One value of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    pub word: &'static str,
    pub count: u64,
    pub href: String,
    pub on: bool,
}

/// The values of one filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    pub name: &'static str,
    pub chips: Vec<Chip>,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    pub id: String,
    pub problem: String,
    pub status: &'static str,
    /// It has a result.
    pub completed: bool,
    pub when: When,
    pub chosen: Option<&'static str>,
    pub answer: Option<String>,
    pub verdict: Verdict,
    pub orm: Option<Score>,
    /// First step of the draft under the threshold.
    pub first_error: Option<usize>,
}

impl RunRow {
    /// A summary as seen from `now`.
    pub fn new(run: &RunSummary, now: Timestamp) -> Self {
        let reference = run.problem.reference_answer.as_deref();
        Self {
            id: run.id.to_string(),
            problem: one_line(&run.problem.text, PROBLEM),
            status: run.status.as_str(),
            completed: run.status == RunStatus::Completed,
            when: When::new(run.created_at, now),
            chosen: run.chosen.map(kind_words),
            answer: run.answer.clone(),
            verdict: Verdict::new(run.correct, run.answer.is_some(), reference),
            orm: run.orm.map(Score::orm),
            first_error: run.first_error_step,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/runs.html")]
struct RunsPage {
    shell: Shell,
    facets: Vec<Facet>,
    /// The other filters, kept by the search form.
    kept: Vec<(&'static str, String)>,
    words: String,
    rows: Vec<RunRow>,
    all: u64,
    filtered: bool,
    older: Option<String>,
    newest: Option<String>,
}

/// The list.
pub async fn show(
    State(app): State<App>,
    Query(query): Query<RunsQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    let runs = app.store.runs();
    let found = runs.list(&query.filter(), query.after, PAGE).await?;
    let counts = runs.counts().await?;
    let now = app.clock.now();
    let next = found.next.as_deref().and_then(|id| id.parse().ok());
    let top = RunsQuery { after: None, ..query.clone() };
    page(&RunsPage {
        shell,
        facets: facets(&top, &counts),
        kept: top.pairs(),
        words: query.words().to_owned(),
        rows: found.data.iter().map(|run| RunRow::new(run, now)).collect(),
        all: counts.all(),
        filtered: top != RunsQuery::default() && top.address() != "/runs",
        older: next.map(|after| RunsQuery { after: Some(after), ..top.clone() }.address()),
        newest: query.after.map(|_| top.address()),
    })
}

/// Every filter with the values that some run has, or that are on.
fn facets(query: &RunsQuery, counts: &Counts) -> Vec<Facet> {
    const STATUSES: [RunStatus; 5] = [
        RunStatus::Queued,
        RunStatus::Running,
        RunStatus::Completed,
        RunStatus::Failed,
        RunStatus::Cancelled,
    ];
    const KINDS: [SolutionKind; 5] = [
        SolutionKind::Draft,
        SolutionKind::Global,
        SolutionKind::Local,
        SolutionKind::Sample,
        SolutionKind::Given,
    ];
    let chip = |facet, value: &'static str, word, on: bool, turned: RunsQuery| Chip {
        word,
        count: counts.of(facet, value),
        href: turned.address(),
        on,
    };
    let statuses = STATUSES.map(|status| {
        let on = query.status == Some(status);
        let turned = RunsQuery { status: (!on).then_some(status), ..query.clone() };
        chip("status", status.as_str(), status.as_str(), on, turned)
    });
    let kinds = KINDS.map(|kind| {
        let on = query.chosen == Some(kind);
        let turned = RunsQuery { chosen: (!on).then_some(kind), ..query.clone() };
        chip("chosen", kind.as_str(), kind.as_str(), on, turned)
    });
    let verdicts =
        [(true, "true", "right"), (false, "false", "wrong")].map(|(value, text, word)| {
            let on = query.correct == Some(value);
            let turned = RunsQuery { correct: (!on).then_some(value), ..query.clone() };
            chip("correct", text, word, on, turned)
        });
    let facet = |name, chips: Vec<Chip>| Facet {
        name,
        chips: chips.into_iter().filter(|chip| chip.on || chip.count > 0).collect(),
    };
    let all = [
        facet("status", statuses.into()),
        facet("chosen", kinds.into()),
        facet("answer", verdicts.into()),
    ];
    all.into_iter().filter(|facet| !facet.chips.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_turn_on_and_off_and_keep_the_others() {
        let query = RunsQuery {
            status: Some(RunStatus::Completed),
            q: Some("a&b".to_owned()),
            ..RunsQuery::default()
        };
        let facets = facets(&query, &Counts::default());
        assert_eq!(facets.len(), 1, "nothing has a count, one chip is on");
        assert_eq!(facets[0].chips[0].href, "/runs?q=a%26b");
        assert_eq!(query.address(), "/runs?status=completed&q=a%26b");
    }
}
