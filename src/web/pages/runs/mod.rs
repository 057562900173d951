//! `GET /runs`: the runs, with filters, words and an order that live in the address.

mod facets;
mod query;
mod views;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::components::{Score, Verdict, When, kind_words, one_line};
use super::{Shell, frame, page};
use crate::app::App;
use crate::domain::{PersonRole, RunStatus, Timestamp};
use crate::store::{RunSummary, Sort};
use crate::web::{Error, Query};

pub use facets::{Facet, facets};
pub(super) use facets::{flip, strategy};
pub use query::RunsQuery;
pub(super) use views::read;
pub use views::{delete, save};

const PAGE: usize = 25;
/// Longest problem in the table, in characters; the style cuts it to one line besides.
const PROBLEM: usize = 140;

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
    pub flip: Option<&'static str>,
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
            flip: run.flip.map(flip),
            orm: run.orm.map(Score::orm),
            first_error: run.first_error_step,
        }
    }
}

/// A view by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewLink {
    name: String,
    href: String,
    /// It is the list that is shown.
    here: bool,
    /// The reader may forget it.
    mine: bool,
}

/// A name that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refused {
    name: String,
    fault: String,
}

#[derive(Template)]
#[template(path = "pages/runs.html")]
struct RunsPage {
    shell: Shell,
    facets: Vec<Facet>,
    query: RunsQuery,
    views: Vec<ViewLink>,
    refused: Option<Refused>,
    rows: Vec<RunRow>,
    all: u64,
    /// The next piece.
    older: Option<String>,
    /// The page is short because there was too much to look through, not because that was all.
    paused: bool,
    newest: Option<String>,
}

impl RunsPage {
    /// The orders that can be chosen: with words to search for, only those by time.
    fn sorts(&self) -> Vec<(&'static str, &'static str, bool)> {
        let now = self.query.sort.unwrap_or_default();
        let by_time = |sort: &Sort| matches!(sort, Sort::Newest | Sort::Oldest);
        let offered =
            Sort::ALL.into_iter().filter(|(s, _)| self.query.words().is_empty() || by_time(s));
        offered.map(|(sort, word)| (word, sort_words(sort), sort == now)).collect()
    }

    fn day(&self, day: &Option<crate::store::Day>) -> String {
        day.map_or_else(String::new, |day| day.to_string())
    }

    /// A filter under the fold is on.
    fn fold_open(&self) -> bool {
        self.facets.iter().any(|facet| !facet.first && facet.on())
    }

    fn has_fold(&self) -> bool {
        self.facets.iter().any(|facet| !facet.first)
    }

    /// This list as one side of a comparison.
    fn compare(&self) -> String {
        super::query::query([("a", self.query.query().trim_start_matches('?').to_owned())])
    }
}

fn sort_words(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "newest first",
        Sort::Oldest => "oldest first",
        Sort::LowestStep => "lowest step score first",
        Sort::LowestOrm => "lowest ORM score first",
        Sort::HighestOrm => "highest ORM score first",
        Sort::Slowest => "slowest first",
    }
}

/// The list.
pub async fn show(
    State(app): State<App>,
    Query(query): Query<RunsQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    page(&list(&app, &query, shell, None).await?)
}

async fn list(
    app: &App,
    query: &RunsQuery,
    shell: Shell,
    refused: Option<Refused>,
) -> Result<RunsPage, Error> {
    let runs = app.store.runs();
    let found = runs.list(&query.filter(), query.after, PAGE).await?;
    let counts = runs.counts().await?;
    let now = app.clock.now();
    let next = found.next.as_deref().and_then(|id| id.parse().ok());
    let top = query.top();
    let reader = frame().and_then(|frame| frame.person);
    let keeper = reader.filter(|person| person.role >= PersonRole::Annotator);
    let keeper = keeper.as_ref().map(views::keeper);
    let views = app.store.views().all().await?.into_iter().map(|view| ViewLink {
        href: format!("/runs{}", view.query),
        here: view.query == top.query(),
        mine: keeper.is_some_and(|keeper| keeper.may_change(&view)),
        name: view.name,
    });
    Ok(RunsPage {
        shell,
        facets: facets(&top, &counts),
        views: views.collect(),
        refused,
        rows: found.data.iter().map(|run| RunRow::new(run, now)).collect(),
        all: counts.all(),
        older: next.map(|after| RunsQuery { after: Some(after), ..top.clone() }.address()),
        paused: found.has_more && found.data.len() < PAGE,
        newest: query.after.map(|_| top.address()),
        query: top,
    })
}
