//! A measured number, or why there is none.

use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::resample::{RESAMPLES, percentiles, resample};

/// Why a statistic is not defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Undefined {
    /// Nobody has rated anything.
    NothingRated,
    /// Only one person has.
    OneRater,
    /// Several people have, but no two of them the same thing.
    NoOverlap,
    /// Every label is the same, so that chance alone would agree as well.
    NoVariation,
    /// Everything is right, or everything is wrong: nothing can be told apart.
    OneClass,
    /// What people rated has no score.
    NoScores,
}

impl Undefined {
    /// The reason in words that follow "not defined:".
    pub fn why(self) -> &'static str {
        match self {
            Self::NothingRated => "nothing is rated yet",
            Self::OneRater => "only one person has rated",
            Self::NoOverlap => "no two people have rated the same thing",
            Self::NoVariation => "all labels are equal",
            Self::OneClass => "all of it is right, or all of it wrong",
            Self::NoScores => "what was rated has no scores",
        }
    }
}

/// From `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// A statistic, what it rests on, and its 95 % bootstrap interval over items.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(into = "Written")]
pub struct Estimate {
    pub value: Result<f64, Undefined>,
    /// Items that say something about it.
    pub items: usize,
    /// Units of those items: steps, or answers about whole items.
    pub units: usize,
    /// None with fewer than two items, and where most resamples leave the value undefined.
    pub interval: Option<Interval>,
}

/// The JSON form of an [`Estimate`].
#[derive(Debug, Serialize, ToSchema)]
pub struct Written {
    #[schema(required = true)]
    value: Option<f64>,
    /// Why `value` is null.
    #[schema(required = true)]
    undefined: Option<Undefined>,
    items: usize,
    units: usize,
    #[schema(required = true)]
    interval: Option<Interval>,
}

impl PartialSchema for Estimate {
    fn schema() -> RefOr<Schema> {
        Written::schema()
    }
}

impl ToSchema for Estimate {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Written::schemas(schemas);
    }
}

impl From<Estimate> for Written {
    fn from(estimate: Estimate) -> Self {
        let Estimate { value, items, units, interval } = estimate;
        Self { value: value.ok(), undefined: value.err(), items, units, interval }
    }
}

impl Estimate {
    /// A statistic that is not defined, for want of anything to look at.
    pub fn none(why: Undefined) -> Self {
        Self { value: Err(why), items: 0, units: 0, interval: None }
    }

    /// Estimates from `items` items, by a statistic that gets the items drawn.
    pub(super) fn over(
        items: usize,
        units: usize,
        seed: u64,
        mut statistic: impl FnMut(&[usize]) -> Result<f64, Undefined>,
    ) -> Self {
        let all: Vec<usize> = (0..items).collect();
        let value = statistic(&all);
        let mut interval = None;
        if value.is_ok() && items > 1 {
            let drawn = resample(items, seed, |drawn| statistic(drawn).ok());
            if drawn.len() * 2 >= RESAMPLES {
                interval = percentiles(&drawn);
            }
        }
        Self { value, items, units, interval }
    }
}
