//! The filters of a list as conditions of SQL, each with the index that can lead along it.

use sqlx::{QueryBuilder, Sqlite};

use super::Filter;
use super::filter::{FirstError, Known};
use crate::domain::RunId;

/// A value of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bind {
    Text(String),
    Number(i64),
    Real(f64),
}

/// One filter.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// Facet and value of its counter, where it has one.
    pub counted: Option<(&'static str, String)>,
    pub lead: Lead,
    pub before: &'static str,
    pub value: Option<Bind>,
    pub after: &'static str,
}

/// What the condition can be looked up in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lead {
    /// The index `runs … INDEXED BY`.
    Index(&'static str),
    Tag,
    No,
}

impl Condition {
    /// What leads a search.
    pub fn words(query: String) -> Self {
        let before = "run_words MATCH ";
        Self { counted: None, lead: Lead::No, before, value: Some(Bind::Text(query)), after: "" }
    }

    /// Whether an index can lead along it.
    pub fn can_lead(&self) -> bool {
        self.lead != Lead::No
    }

    pub fn push(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push(self.before);
        if let Some(value) = &self.value {
            value.push(query);
        }
        query.push(self.after);
    }
}

impl Bind {
    pub fn push(&self, query: &mut QueryBuilder<Sqlite>) {
        match self {
            Bind::Text(text) => query.push_bind(text.clone()),
            Bind::Number(number) => query.push_bind(*number),
            Bind::Real(real) => query.push_bind(*real),
        };
    }
}

/// Every filter that is set, but for the words.
pub(super) fn conditions(filter: &Filter) -> Vec<Condition> {
    use Lead::{Index, No, Tag};
    let mut all = Vec::new();
    let mut add = |counted, lead, before, value, after| {
        all.push(Condition { counted, lead, before, value, after });
    };
    let text = |word: &str| Some(Bind::Text(word.to_owned()));
    let mut word = |facet: &'static str, index, before, word: Option<&str>| {
        if let Some(word) = word {
            add(Some((facet, word.to_owned())), Index(index), before, text(word), "");
        }
    };
    word("status", "runs_by_status", "r.status = ", filter.status.map(|x| x.as_str()));
    word("kind", "runs_by_kind", "r.kind = ", filter.kind.map(|x| x.as_str()));
    word("strategy", "runs_by_strategy", "r.strategy = ", filter.strategy.map(|x| x.as_str()));
    word("chosen", "runs_by_chosen", "r.chosen_kind = ", filter.chosen.map(|x| x.as_str()));
    word("flip", "runs_by_flip", "r.flip = ", filter.flip.map(|x| x.as_str()));
    word("model", "runs_by_model", "r.model = ", filter.model.as_deref());
    if let Some(known) = filter.correct {
        let counted = Some(("correct", known.as_str().to_owned()));
        let sql = match known {
            Known::Right => "r.correct = 1",
            Known::Wrong => "r.correct = 0",
            Known::Unknown => "r.correct IS NULL",
        };
        add(counted, Index("runs_by_correct"), sql, None, "");
    }
    if let Some(step) = filter.first_error {
        let step = match step {
            FirstError::Nowhere => 0,
            FirstError::At(step) => i64::from(step),
        };
        let counted = Some(("first_error", step.to_string()));
        let value = Some(Bind::Number(step));
        add(counted, Index("runs_by_first_error"), "r.first_error = ", value, "");
    }
    if let Some(band) = filter.lowest {
        let counted = Some(("lowest", band.0.to_string()));
        let value = Some(Bind::Number(i64::from(band.0)));
        add(counted, Index("runs_by_band"), "r.lowest_band = ", value, "");
    }
    if let Some(threshold) = filter.threshold {
        // As SQLite writes a number: with a point.
        let counted = Some(("threshold", format!("{:?}", threshold.get())));
        let value = Some(Bind::Real(threshold.get()));
        add(counted, Index("runs_by_threshold"), "r.threshold = ", value, "");
    }
    match filter.annotated {
        Some(true) => {
            let counted = Some(("annotated", "true".to_owned()));
            add(counted, Index("runs_annotated"), "r.annotations > 0", None, "");
        }
        Some(false) => add(None, No, "r.annotations = 0", None, ""),
        None => {}
    }
    if let Some(tag) = &filter.tag {
        let counted = Some(("tag", tag.to_string()));
        let before = "EXISTS (SELECT 1 FROM run_tags t WHERE t.run_id = r.id AND t.tag = ";
        add(counted, Tag, before, text(tag.as_str()), ")");
    }
    if let Some(batch) = filter.batch {
        let value = Some(Bind::Text(batch.to_string()));
        add(None, Index("runs_by_batch"), "r.batch_id = ", value, "");
    }
    if let Some(problem) = filter.problem {
        let value = Some(Bind::Text(problem.to_string()));
        add(None, Index("runs_by_problem"), "r.problem_id = ", value, "");
    }
    all
}

/// The ids of the days that are wanted: the first, and the first that comes after.
pub(super) fn days(filter: &Filter) -> (Option<String>, Option<String>) {
    (
        filter.from.map(|day| RunId::floor(day.millis(false))),
        filter.to.map(|day| RunId::floor(day.millis(true))),
    )
}
