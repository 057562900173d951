//! `GET /compare`: two sets of runs on the same problems, what became worse first.
//!
//! A set is the part of a list's address after the `?`: a tag, a batch, a model, or all of them.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::components::one_line;
use super::runs::{RunsQuery, read, strategy};
use super::{Shell, page};
use crate::app::App;
use crate::domain::{RunStatus, Strategy};
use crate::report::{Change, Comparison, Measured, compare};
use crate::store::{Filter, RunSummary, Sort};
use crate::web::{Code, Error, Query};

/// Most runs of a set; of a larger one the newest are taken, and the page says so.
const MOST_RUNS: usize = 5_000;
/// Runs read at once, and how often at most: a rare set is looked for that far.
const CHUNK: usize = 500;
const MOST_READS: usize = 60;
/// Most problems that are listed of each kind of change.
const MOST_ROWS: usize = 100;
/// Longest problem in the table, in characters.
const PROBLEM: usize = 140;

/// The two sets, as typed.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct CompareQuery {
    a: String,
    b: String,
}

/// One set as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Side {
    /// `a` or `b`.
    name: &'static str,
    typed: String,
    /// The list.
    href: String,
    /// Problems with a finished run.
    problems: usize,
    /// There are more runs than were taken.
    cut: bool,
    /// What was typed is no set.
    fault: Option<&'static str>,
}

/// One problem that fared differently.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    problem: String,
    reference: String,
    a: (String, String),
    b: (String, String),
}

/// Problems that changed in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Changes {
    id: &'static str,
    title: &'static str,
    count: usize,
    rows: Vec<Row>,
}

/// What came of a comparison.
struct Outcome {
    totals: Comparison,
    pairs: usize,
    /// On problems of both sets, but without a reference answer.
    unknown: usize,
    changes: Vec<Changes>,
}

#[derive(Template)]
#[template(path = "pages/compare.html")]
struct ComparePage {
    shell: Shell,
    sides: [Side; 2],
    outcome: Option<Outcome>,
    /// Sets that can be chosen, and what they are.
    offers: Vec<(String, String)>,
}

impl ComparePage {
    /// A share with its interval.
    fn share(&self, figure: &Measured) -> String {
        let percent =
            |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{:.1}", v * 100.0));
        let (value, low, high) = (percent(figure.value), percent(figure.low), percent(figure.high));
        format!("{value} % ({low} to {high})")
    }

    /// A difference in points with its interval.
    fn points(&self, figure: &Measured) -> String {
        let points = |value: Option<f64>| {
            value
                .map_or("–".to_owned(), |v| format!("{:+.1}", v * 100.0).replace('-', "\u{2212}"))
        };
        let (value, low, high) = (points(figure.value), points(figure.low), points(figure.high));
        format!("{value} points ({low} to {high})")
    }
}

/// The newest finished run on each problem.
struct Set {
    runs: HashMap<(String, Option<String>), RunSummary>,
    cut: bool,
}

/// The page; without two sets, the form alone.
pub async fn show(
    State(app): State<App>,
    Query(query): Query<CompareQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    let (mut a, mut b) = (side("a", &query.a), side("b", &query.b));
    let asked = [&a, &b].iter().all(|side| !side.typed.is_empty() && side.fault.is_none());
    let outcome = if asked {
        let (first, second) = (set(&app, &query.a).await?, set(&app, &query.b).await?);
        (a.problems, a.cut) = (first.runs.len(), first.cut);
        (b.problems, b.cut) = (second.runs.len(), second.cut);
        let outcome = tokio::task::spawn_blocking(move || outcome(&first, &second)).await;
        let broken = |e| Error::new(Code::Internal, "the sets could not be compared").because(e);
        Some(outcome.map_err(broken)?)
    } else {
        None
    };
    let offers = offers(&app).await?;
    page(&ComparePage { shell, sides: [a, b], outcome, offers })
}

fn side(name: &'static str, typed: &str) -> Side {
    let typed = typed.trim();
    let query = read(typed);
    // A tag or a model by itself is what people type first.
    let fault = (!typed.is_empty() && !query.filters()).then_some(
        "This is no set: give filters as in the address of a list, such as tag=baseline.",
    );
    let (href, typed) = (query.address(), typed.to_owned());
    Side { name, typed, href, problems: 0, cut: false, fault }
}

async fn set(app: &App, typed: &str) -> Result<Set, Error> {
    let query = RunsQuery { sort: None, ..read(typed.trim()) };
    let filter =
        Filter { status: Some(RunStatus::Completed), sort: Sort::Newest, ..query.filter() };
    let mut set = Set { runs: HashMap::new(), cut: false };
    let (mut after, mut taken) = (None, 0);
    for _ in 0..MOST_READS {
        let found = app.store.runs().list(&filter, after, CHUNK).await?;
        taken += found.data.len();
        for run in found.data {
            let key = (run.problem.text.clone(), run.problem.reference_answer.clone());
            set.runs.entry(key).or_insert(run);
        }
        after = found.next.as_deref().and_then(|id| id.parse().ok());
        set.cut = after.is_some();
        if after.is_none() || taken >= MOST_RUNS {
            break;
        }
    }
    Ok(set)
}

fn outcome(first: &Set, second: &Set) -> Outcome {
    let mut keys: Vec<_> = first.runs.keys().filter(|key| second.runs.contains_key(*key)).collect();
    keys.sort_unstable();
    let mut verdicts = Vec::new();
    let mut unknown = 0;
    let mut changes = [
        (Change::Regression, "regressions", "Right in A, wrong in B"),
        (Change::Gain, "gains", "Wrong in A, right in B"),
    ]
    .map(|(change, id, title)| (change, Changes { id, title, count: 0, rows: Vec::new() }));
    for key in keys {
        let (a, b) = (&first.runs[key], &second.runs[key]);
        let (Some(right_a), Some(right_b)) = (a.correct, b.correct) else {
            unknown += 1;
            continue;
        };
        verdicts.push((right_a, right_b));
        let change = Change::of(right_a, right_b);
        for (_, list) in changes.iter_mut().filter(|(kind, _)| *kind == change) {
            list.count += 1;
            if list.rows.len() < MOST_ROWS {
                list.rows.push(row(a, b));
            }
        }
    }
    Outcome {
        totals: compare(&verdicts),
        pairs: verdicts.len(),
        unknown,
        changes: changes.map(|(_, list)| list).into(),
    }
}

fn row(a: &RunSummary, b: &RunSummary) -> Row {
    let side = |run: &RunSummary| {
        let answer = run.answer.clone().unwrap_or_else(|| "no answer".to_owned());
        (format!("/runs/{}", run.id), answer)
    };
    Row {
        problem: one_line(&a.problem.text, PROBLEM),
        reference: a.problem.reference_answer.clone().unwrap_or_default(),
        a: side(a),
        b: side(b),
    }
}

/// Sets that are likely to be compared.
async fn offers(app: &App) -> Result<Vec<(String, String)>, Error> {
    const MOST: usize = 20;
    let counts = app.store.runs().counts().await?;
    let mut offers = Vec::new();
    for batch in app.store.batches().list(None, MOST).await?.data {
        offers.push((format!("batch={}", batch.id), format!("batch: {}", batch.name)));
    }
    for (facet, words) in [("tag", "tag"), ("model", "model"), ("threshold", "threshold")] {
        for (value, n) in counts.values(facet).into_iter().take(MOST) {
            let set = super::query::query([(facet, value.to_owned())]);
            offers.push((set.trim_start_matches('?').to_owned(), format!("{words}, {n} runs")));
        }
    }
    for word in Strategy::ALL {
        let n = counts.of("strategy", word.as_str());
        let words = format!("{}, {n} runs", strategy(*word));
        offers.push((format!("strategy={}", word.as_str()), words));
    }
    Ok(offers)
}
