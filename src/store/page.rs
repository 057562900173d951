//! Lists: what to show, from where on, and how many there are.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use utoipa::ToSchema;

use super::condition::{Bind, conditions};
use super::rows::{maybe_number, probability, timestamp, word};
use super::walk::{Mark, Walk};
use super::{Filter, Runs, StoreError};
use crate::domain::{
    Flip, Probability, RunId, RunKind, RunProblem, RunStatus, SolutionKind, Strategy, Timestamp,
};

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
    /// The lowest step score of the first solution.
    #[schema(required = true)]
    pub lowest_step: Option<Probability>,
    /// Whether the choice turned the first solution's verdict round.
    #[schema(required = true)]
    pub flip: Option<Flip>,
    /// All stages and the wait together, in milliseconds.
    pub total_ms: u64,
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A piece of a list. It may have fewer runs than were asked for, or none, though there are more:
/// then so many were looked through that did not fit, and `next` goes on from there.
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

impl<T> Page<T> {
    /// A list that has ended.
    fn nothing() -> Self {
        Self { data: Vec::new(), has_more: false, next: None }
    }
}

impl Counts {
    /// Every value of a facet that some run has, most frequent first.
    pub fn values(&self, facet: &str) -> Vec<(&str, u64)> {
        let of = self.0.iter().filter(|((name, _), n)| name == facet && **n > 0);
        let mut values: Vec<_> = of.map(|((_, value), n)| (value.as_str(), *n)).collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.1));
        values
    }

    /// All runs.
    pub fn all(&self) -> u64 {
        self.of("all", "")
    }

    /// `facet` is `status`, `kind`, `strategy`, `chosen`, `correct`, `flip`, `model`, `tag`, `threshold` with
    /// values as in the address, `annotated` (`true`), `first_error` (0 for none) or `lowest` (band, from 0).
    pub fn of(&self, facet: &str, value: &str) -> u64 {
        self.0.get(&(facet.to_owned(), value.to_owned())).copied().unwrap_or(0)
    }
}

impl Runs<'_> {
    /// At most `limit` runs that pass the filter, from after the run `after` on. A run that was there
    /// when the first page was read appears on exactly one page, whatever is added meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &self,
        filter: &Filter,
        after: Option<RunId>,
        limit: usize,
    ) -> Result<Page<RunSummary>, StoreError> {
        let mut tx = self.store.read().begin().await?;
        let Some(walk) = self.walk(&mut tx, filter).await? else { return Ok(Page::nothing()) };
        let after = match after {
            None => None,
            Some(id) => match mark(&mut tx, &walk, id).await? {
                None => return Ok(Page::nothing()),
                place => place,
            },
        };
        let horizon = match walk.passes_over() {
            true => walk.horizon(after.as_ref()).build().fetch_optional(&mut *tx).await?,
            false => None,
        };
        let until = horizon.map(|row| read_mark(&walk, &row)).transpose()?;
        let one_more = limit.saturating_add(1);
        let mut query = walk.rows(COLUMNS, after.as_ref(), until.as_ref(), one_more);
        let rows = query.build().fetch_all(&mut *tx).await?;
        let data = rows.iter().take(limit).map(summary).collect::<Result<Vec<_>, _>>()?;
        let last = data.last().map(|last| last.id.to_string());
        let next = if rows.len() > limit { last } else { until.map(|mark| mark.id) };
        Ok(Page { data, has_more: next.is_some(), next })
    }

    /// The walk of a filter, led by what is rarest now.
    async fn walk(
        &self,
        tx: &mut SqliteConnection,
        filter: &Filter,
    ) -> Result<Option<Walk>, StoreError> {
        let conditions = conditions(filter);
        let mut rarest: Option<(i64, usize)> = None;
        for (at, condition) in conditions.iter().enumerate().filter(|(_, c)| c.can_lead()) {
            let n: i64 = match &condition.counted {
                Some((facet, value)) => {
                    sqlx::query_scalar("SELECT n FROM run_counts WHERE facet = ? AND value = ?")
                        .bind(*facet)
                        .bind(value)
                        .fetch_optional(&mut *tx)
                        .await?
                        .unwrap_or(0)
                }
                // A batch, a problem: small beside everything.
                None => 0,
            };
            rarest = rarest.filter(|(least, _)| *least <= n).or(Some((n, at)));
        }
        Ok(Walk::new(filter, conditions, rarest.map(|(_, at)| at)))
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

const COLUMNS: &str = "r.id, r.kind, r.strategy, r.status, r.chosen_kind, r.chosen_orm, r.answer, \
    r.correct, r.first_error, r.total_ms, r.created_at, r.lowest, r.flip, \
    p.id AS problem_id, p.text, p.reference_answer";

/// The place of a run in a list; `None` for one that is not in it.
async fn mark(
    tx: &mut SqliteConnection,
    walk: &Walk,
    id: RunId,
) -> Result<Option<Mark>, StoreError> {
    let id = id.to_string();
    let Some(sql) = walk.key_of() else {
        return Ok(Some(Mark { key: Bind::Number(0), id }));
    };
    let mut query = QueryBuilder::<Sqlite>::new(sql);
    query.push_bind(id.clone());
    let Some(row) = query.build().fetch_optional(tx).await? else { return Ok(None) };
    Ok(key(walk, &row, 0)?.map(|key| Mark { key, id }))
}

fn read_mark(walk: &Walk, row: &SqliteRow) -> Result<Mark, StoreError> {
    let id: String = row.try_get("id")?;
    // The id is its own key where there is no other.
    let key = match walk.key_of() {
        Some(_) => key(walk, row, 0)?,
        None => None,
    };
    Ok(Mark { key: key.unwrap_or(Bind::Number(0)), id })
}

fn key(walk: &Walk, row: &SqliteRow, at: usize) -> Result<Option<Bind>, StoreError> {
    if walk.whole() {
        return Ok(row.try_get::<Option<i64>, _>(at)?.map(Bind::Number));
    }
    Ok(row.try_get::<Option<f64>, _>(at)?.map(Bind::Real))
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
        first_error_step: maybe_number(row, "first_error")?.filter(|step| *step > 0),
        lowest_step: probability(row, "lowest")?,
        flip: match row.try_get::<Option<&str>, _>("flip")? {
            None => None,
            Some(_) => Some(word(row, "flip", Flip::from_word)?),
        },
        total_ms: u64::try_from(row.try_get::<i64, _>("total_ms")?).unwrap_or(0),
        created_at: timestamp(row, "created_at")?,
    })
}
