//! How a list is read: along one index, from a place on, for at most so many rows.
//!
//! Of the filters that are set, the rarest leads, by the counters; the others are checked on the
//! way. Where they let little through, a page would have to look at everything: it stops after
//! [`REACH`] rows and says where to go on. So no page is slower than that, whatever is asked.

use sqlx::{QueryBuilder, Sqlite};

use super::condition::{Bind, Condition, Lead, days};
use super::filter::Sort;
use super::{Filter, search};

/// Most rows that one page looks at.
pub(super) const REACH: usize = if cfg!(test) { 7 } else { 5_000 };
/// After every id.
const LAST: &str = "run~";
/// What a search is ordered by: the numbers of the words, given in the order of arrival.
const WORDS: &str = "run_words.rowid";

/// A place in a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub key: Bind,
    pub id: String,
}

/// A list to be read.
#[derive(Debug)]
pub(super) struct Walk {
    /// Tables that the key and the id stand in.
    narrow: String,
    /// What joins the runs to them.
    join: &'static str,
    leading: Vec<Condition>,
    checked: Vec<Condition>,
    /// What the list is ordered by, and the id as these tables have it.
    key: &'static str,
    id: &'static str,
    descending: bool,
    /// First id of the days that are wanted, and the first after them.
    days: (Option<String>, Option<String>),
}

/// The order of a list that is not by time: column, index, whether it falls.
fn column(sort: Sort) -> Option<(&'static str, &'static str, bool)> {
    match sort {
        Sort::Newest | Sort::Oldest => None,
        Sort::LowestStep => Some(("r.lowest", "runs_by_lowest", false)),
        Sort::LowestOrm => Some(("r.chosen_orm", "runs_by_orm", false)),
        Sort::HighestOrm => Some(("r.chosen_orm", "runs_by_orm", true)),
        Sort::Slowest => Some(("r.total_ms", "runs_by_total", true)),
    }
}

impl Walk {
    /// `rarest` is the place, in `conditions`, of the one that should lead. `None` when nothing
    /// can be found.
    pub fn new(
        filter: &Filter,
        mut conditions: Vec<Condition>,
        rarest: Option<usize>,
    ) -> Option<Self> {
        let by_time = |narrow: String, join, key, id| Self {
            narrow,
            join,
            leading: Vec::new(),
            checked: Vec::new(),
            key,
            id,
            descending: filter.sort != Sort::Oldest,
            days: days(filter),
        };
        let mut walk = if let Some(q) = filter.q.as_deref().filter(|q| !q.trim().is_empty()) {
            let words = Condition::words(search::query(q)?);
            let tables = "run_words CROSS JOIN run_numbers m ON m.n = run_words.rowid";
            let join = " CROSS JOIN runs r ON r.id = m.run_id";
            let walk = by_time(tables.to_owned(), join, WORDS, "m.run_id");
            Self { leading: vec![words], ..walk }
        } else if let Some((key, index, descending)) = column(filter.sort) {
            let walk = by_time(format!("runs r INDEXED BY {index}"), "", key, "r.id");
            Self { descending, ..walk }
        } else {
            match rarest.map(|at| conditions.remove(at)) {
                Some(lead @ Condition { lead: Lead::Index(index), .. }) => {
                    let walk = by_time(format!("runs r INDEXED BY {index}"), "", "r.id", "r.id");
                    Self { leading: vec![lead], ..walk }
                }
                Some(tag) => {
                    let join = " CROSS JOIN runs r ON r.id = t.run_id";
                    let walk = by_time("run_tags t".to_owned(), join, "t.run_id", "t.run_id");
                    let lead = Condition { before: "t.tag = ", after: "", ..tag };
                    Self { leading: vec![lead], ..walk }
                }
                None => by_time("runs r".to_owned(), "", "r.id", "r.id"),
            }
        };
        walk.checked = conditions;
        Some(walk)
    }

    /// Whether rows may be passed over.
    pub fn passes_over(&self) -> bool {
        let days = self.days.0.is_some() || self.days.1.is_some();
        !self.checked.is_empty() || (days && !self.ordered_by_id())
    }

    /// What a run's place in the list is made of: a query for its key, which an id is bound to.
    /// `None` when the id is the key.
    pub fn key_of(&self) -> Option<String> {
        if self.ordered_by_id() {
            return None;
        }
        if self.by_words() {
            return Some("SELECT n FROM run_numbers WHERE run_id = ".to_owned());
        }
        Some(format!("SELECT {} FROM runs r WHERE r.id = ", self.key))
    }

    /// Whether keys are whole numbers.
    pub fn whole(&self) -> bool {
        self.by_words() || self.key == "r.total_ms"
    }

    fn ordered_by_id(&self) -> bool {
        self.key == self.id
    }

    /// The last row that a page beginning after `after` looks at.
    pub fn horizon(&self, after: Option<&Mark>) -> QueryBuilder<Sqlite> {
        let Self { narrow, key, id, .. } = self;
        let mut query = QueryBuilder::new(format!("SELECT {key} AS k, {id} AS id FROM {narrow}"));
        self.lead(&mut query, after, None);
        self.order(&mut query);
        query.push(format!(" LIMIT 1 OFFSET {}", REACH - 1));
        query
    }

    /// The rows after `after` up to and with `until`, at most `limit`.
    pub fn rows(
        &self,
        columns: &str,
        after: Option<&Mark>,
        until: Option<&Mark>,
        limit: usize,
    ) -> QueryBuilder<Sqlite> {
        let Self { narrow, join, .. } = self;
        let mut query = QueryBuilder::new(format!(
            "SELECT {columns} FROM {narrow}{join} CROSS JOIN problems p ON p.id = r.problem_id"
        ));
        self.lead(&mut query, after, until);
        for condition in &self.checked {
            query.push(" AND ");
            condition.push(&mut query);
        }
        if !self.ordered_by_id() {
            let (from, to) = self.days.clone();
            for (sign, day) in [(" AND r.id >= ", from), (" AND r.id < ", to)] {
                if let Some(day) = day {
                    query.push(sign).push_bind(day);
                }
            }
        }
        self.order(&mut query);
        query.push(" LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        query
    }

    /// What the tables are looked up by: the leading filter, and at most one bound on each end. Of
    /// two bounds on one end SQLite would take either, and might walk from the wrong one.
    fn lead(&self, query: &mut QueryBuilder<Sqlite>, after: Option<&Mark>, until: Option<&Mark>) {
        let mut joint = " WHERE ";
        for condition in &self.leading {
            condition.push(query.push(joint));
            joint = " AND ";
        }
        if self.ordered_by_id() {
            for (sign, id) in self.bounds(after, until) {
                query.push(format!("{joint}{} {sign} ", self.id)).push_bind(id);
                joint = " AND ";
            }
            return;
        }
        let (next, last) = if self.descending { ("<", ">=") } else { (">", "<=") };
        // The end where the rows without a value are.
        let open = if self.descending { until.is_none() } else { after.is_none() };
        if self.leading.is_empty() && open {
            query.push(format!("{joint}{} >= 0", self.key));
            joint = " AND ";
        }
        for (mark, sign) in [(after, next), (until, last)] {
            if let Some(mark) = mark {
                self.compare(query.push(joint), mark, sign);
                joint = " AND ";
            }
        }
    }

    /// At least one.
    fn bounds(&self, after: Option<&Mark>, until: Option<&Mark>) -> Vec<(&'static str, String)> {
        let id = |mark: Option<&Mark>| mark.map(|mark| mark.id.clone());
        let (after, until) = (id(after), id(until));
        let (from, to) = self.days.clone();
        if self.descending {
            let high = [after, to].into_iter().flatten().min().unwrap_or_else(|| LAST.to_owned());
            let low = [until, from].into_iter().flatten().max();
            return [("<", high)].into_iter().chain(low.map(|low| (">=", low))).collect();
        }
        // A day is no id of a run: of equal texts there are none.
        let low =
            [after.map(|id| (id, ">")), from.map(|id| (id, ">="))].into_iter().flatten().max();
        let high = [until.map(|id| (id, "<=")), to.map(|id| (id, "<"))].into_iter().flatten().min();
        let high = high.unwrap_or_else(|| (LAST.to_owned(), "<"));
        low.into_iter().chain([high]).map(|(id, sign)| (sign, id)).collect()
    }

    fn compare(&self, query: &mut QueryBuilder<Sqlite>, mark: &Mark, sign: &str) {
        let Self { key, id, .. } = self;
        if self.by_words() {
            mark.key.push(query.push(format!("{key} {sign} ")));
            return;
        }
        mark.key.push(query.push(format!("({key}, {id}) {sign} (")));
        query.push(", ").push_bind(mark.id.clone()).push(")");
    }

    /// Ordered by numbers that are never twice the same.
    fn by_words(&self) -> bool {
        self.key == WORDS
    }

    fn order(&self, query: &mut QueryBuilder<Sqlite>) {
        let Self { key, id, .. } = self;
        let way = if self.descending { "DESC" } else { "ASC" };
        query.push(format!(" ORDER BY {key} {way}"));
        if !self.ordered_by_id() && !self.by_words() {
            query.push(format!(", {id} {way}"));
        }
    }
}

#[cfg(test)]
mod tests;
