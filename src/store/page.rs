//! Lists: what to show, from where on, and how many there are.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};
use utoipa::ToSchema;

use super::rows::{probability, timestamp, word};
use super::{Runs, StoreError};
use crate::domain::{
    Probability, RunId, RunKind, RunProblem, RunStatus, SolutionKind, Strategy, Timestamp,
};

/// Which runs are wanted; every field that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub status: Option<RunStatus>,
    pub kind: Option<RunKind>,
    /// Kind of the chosen solution.
    pub chosen: Option<SolutionKind>,
    /// Verdict on the chosen solution.
    pub correct: Option<bool>,
    /// Words that the problem contains, as one piece; letter case of ASCII does not matter.
    pub q: Option<String>,
}

/// A run as a list shows it: everything but its solutions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RunSummary {
    pub id: RunId,
    /// Always `run.summary`.
    pub object: &'static str,
    pub kind: RunKind,
    pub strategy: Strategy,
    pub status: RunStatus,
    pub problem: RunProblem,
    /// Kind of the chosen solution.
    #[schema(required = true)]
    pub chosen: Option<SolutionKind>,
    /// The ORM's score of the chosen solution.
    #[schema(required = true)]
    pub orm: Option<Probability>,
    #[schema(required = true)]
    pub answer: Option<String>,
    #[schema(required = true)]
    pub correct: Option<bool>,
    /// The critique of the first solution: draft, first sample or given.
    #[schema(required = true)]
    pub first_error_step: Option<usize>,
    /// All stages and the wait together, in milliseconds.
    pub total_ms: u64,
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A piece of a list, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Page<T> {
    pub data: Vec<T>,
    pub has_more: bool,
    /// Pass as `after` to get the next piece.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// Number of runs a value of each filter has, all other filters off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<(String, String), u64>);

impl Counts {
    /// All runs.
    pub fn all(&self) -> u64 {
        self.of("all", "")
    }

    /// `facet` is `status`, `kind`, `chosen` or `correct`; `value` as in the address.
    pub fn of(&self, facet: &str, value: &str) -> u64 {
        self.0.get(&(facet.to_owned(), value.to_owned())).copied().unwrap_or(0)
    }
}

impl Runs<'_> {
    /// At most `limit` runs that pass the filter, older than `after`. A run that was there when the
    /// first page was read appears on exactly one page, whatever is added meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &self,
        filter: &Filter,
        after: Option<RunId>,
        limit: usize,
    ) -> Result<Page<RunSummary>, StoreError> {
        let mut query = select(filter, after);
        let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
        query.push(" ORDER BY r.id DESC LIMIT ").push_bind(one_more);
        let rows = query.build().fetch_all(self.store.read()).await?;
        let has_more = rows.len() > limit;
        let data = rows.iter().take(limit).map(summary).collect::<Result<Vec<_>, _>>()?;
        let next = data.last().filter(|_| has_more).map(|last| last.id.to_string());
        Ok(Page { data, has_more, next })
    }

    /// How many runs each value of each filter has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let rows =
            sqlx::query_as::<_, (String, String, i64)>("SELECT facet, value, n FROM run_counts")
                .fetch_all(self.store.read())
                .await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(Counts(rows.into_iter().map(|(facet, value, n)| ((facet, value), count(n))).collect()))
    }
}

/// Only the conditions that are set are written, so that SQLite can pick the index of one of them.
fn select(filter: &Filter, after: Option<RunId>) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(
        "SELECT r.id, r.kind, r.strategy, r.status, r.chosen_kind, r.chosen_orm, r.answer, r.correct, \
         (SELECT s.first_error_step FROM solutions s WHERE s.run_id = r.id AND s.position = 0) \
         AS first_error_step, \
         r.queue_ms + r.draft_ms + r.score_ms + r.refine_ms + r.rerank_ms AS total_ms, r.created_at, \
         p.id AS problem_id, p.text, p.reference_answer \
         FROM runs r JOIN problems p ON p.id = r.problem_id WHERE TRUE",
    );
    if let Some(after) = after {
        query.push(" AND r.id < ").push_bind(after.to_string());
    }
    if let Some(status) = filter.status {
        query.push(" AND r.status = ").push_bind(status.as_str());
    }
    if let Some(kind) = filter.kind {
        query.push(" AND r.kind = ").push_bind(kind.as_str());
    }
    if let Some(chosen) = filter.chosen {
        query.push(" AND r.chosen_kind = ").push_bind(chosen.as_str());
    }
    if let Some(correct) = filter.correct {
        query.push(" AND r.correct = ").push_bind(correct);
    }
    if let Some(q) = filter.q.as_deref().filter(|q| !q.is_empty()) {
        let literal = q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query.push(" AND p.text LIKE ").push_bind(format!("%{literal}%")).push(" ESCAPE '\\'");
    }
    query
}

fn summary(row: &SqliteRow) -> Result<RunSummary, StoreError> {
    Ok(RunSummary {
        id: word(row, "id", |text| text.parse().ok())?,
        object: "run.summary",
        kind: word(row, "kind", RunKind::from_word)?,
        strategy: word(row, "strategy", Strategy::from_word)?,
        status: word(row, "status", RunStatus::from_word)?,
        problem: RunProblem {
            id: word(row, "problem_id", |text| text.parse().ok())?,
            text: row.try_get("text")?,
            reference_answer: row.try_get("reference_answer")?,
        },
        chosen: row.try_get::<Option<&str>, _>("chosen_kind")?.and_then(SolutionKind::from_word),
        orm: probability(row, "chosen_orm")?,
        answer: row.try_get("answer")?,
        correct: row.try_get("correct")?,
        first_error_step: row
            .try_get::<Option<i64>, _>("first_error_step")?
            .and_then(|step| usize::try_from(step).ok()),
        total_ms: u64::try_from(row.try_get::<i64, _>("total_ms")?).unwrap_or(0),
        created_at: timestamp(row, "created_at")?,
    })
}
