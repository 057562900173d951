//! Which runs a list shows and in which order: words that stand in addresses.

use std::str::FromStr;

use serde::Deserialize;
use time::format_description::well_known::Iso8601;
use time::{Date, Time};

use super::facts::BANDS;
use crate::domain::{
    BatchId, Flip, Probability, ProblemId, RunKind, RunStatus, SolutionKind, Strategy, Tag,
    Timestamp,
};

/// Which runs are wanted, every field that is set must hold, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub status: Option<RunStatus>,
    pub kind: Option<RunKind>,
    pub strategy: Option<Strategy>,
    /// Kind of the chosen solution.
    pub chosen: Option<SolutionKind>,
    /// Verdict on the chosen solution.
    pub correct: Option<Known>,
    pub flip: Option<Flip>,
    /// The critique of the first solution.
    pub first_error: Option<FirstError>,
    /// Where the lowest step score of the first solution lies.
    pub lowest: Option<Band>,
    /// Who wrote the first solution.
    pub model: Option<String>,
    /// The SORM's threshold that the run was made with.
    pub threshold: Option<Probability>,
    pub tag: Option<Tag>,
    pub batch: Option<BatchId>,
    /// The same words with the same reference answer.
    pub problem: Option<ProblemId>,
    /// Whether people annotated it.
    pub annotated: Option<bool>,
    /// First and last day, in UTC.
    pub from: Option<Day>,
    pub to: Option<Day>,
    /// Words of the problem: all of them, the last perhaps unfinished, what stands in quotes as one piece.
    pub q: Option<String>,
    pub sort: Sort,
}

/// The order of a list. With words to search for, only the first two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Newest,
    Oldest,
    /// Worst step of the first solution first.
    LowestStep,
    /// What the ORM thinks least of first.
    LowestOrm,
    /// What the ORM thinks most of first.
    HighestOrm,
    /// What took longest first.
    Slowest,
}

/// A verdict that may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Right,
    Wrong,
    /// There is no reference answer, or no result.
    Unknown,
}

/// What a critique says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstError {
    /// Every step passes.
    Nowhere,
    /// From 1.
    At(u16),
}

/// A fifth of the scale of scores, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band(pub u8);

/// A day as `2026-11-25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub Date);

impl Sort {
    /// Every order, with its word in the address.
    pub const ALL: [(Sort, &'static str); 6] = [
        (Sort::Newest, "newest"),
        (Sort::Oldest, "oldest"),
        (Sort::LowestStep, "lowest_step"),
        (Sort::LowestOrm, "lowest_orm"),
        (Sort::HighestOrm, "highest_orm"),
        (Sort::Slowest, "slowest"),
    ];

    /// The word in the address.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(sort, _)| *sort == self).map_or("newest", |(_, word)| word)
    }
}

impl Known {
    /// Every verdict.
    pub const ALL: [Known; 3] = [Known::Right, Known::Wrong, Known::Unknown];

    /// The word in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Known::Right => "true",
            Known::Wrong => "false",
            Known::Unknown => "unknown",
        }
    }
}

impl Band {
    /// Every band.
    pub fn all() -> impl Iterator<Item = Band> {
        (0..BANDS).map(Band)
    }

    /// The word in the address, such as `0.2-0.4`.
    pub fn word(self) -> String {
        let edge = |n: u8| f64::from(n) / f64::from(BANDS);
        format!("{:.1}-{:.1}", edge(self.0), edge(self.0 + 1))
    }
}

impl Day {
    /// Milliseconds from 1970 to its beginning, or to its end.
    pub(super) fn millis(self, end: bool) -> u64 {
        let day = if end { self.0.next_day().unwrap_or(self.0) } else { self.0 };
        let at: Timestamp = day.with_time(Time::MIDNIGHT).assume_utc();
        u64::try_from(at.unix_timestamp()).unwrap_or(0).saturating_mul(1_000)
    }
}

impl FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(_, word)| *word == text);
        known.map(|(sort, _)| *sort).ok_or_else(|| one_of(text, Self::ALL.map(|(_, word)| word)))
    }
}

impl FromStr for Known {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
        known.ok_or_else(|| one_of(text, Self::ALL.map(Known::as_str)))
    }
}

impl FromStr for FirstError {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "none" => Ok(FirstError::Nowhere),
            Ok(step) if step > 0 => Ok(FirstError::At(step)),
            _ => Err(format!("must be `none` or the number of a step, not `{}`", cut(text))),
        }
    }
}

impl std::fmt::Display for FirstError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FirstError::Nowhere => f.write_str("none"),
            FirstError::At(step) => write!(f, "{step}"),
        }
    }
}

impl FromStr for Band {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::all().find(|band| band.word() == text);
        known.ok_or_else(|| {
            let words: Vec<String> = Self::all().map(Self::word).collect();
            one_of(text, words.iter().map(String::as_str))
        })
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let date = Date::parse(text, &Iso8601::DATE);
        date.map(Self).map_err(|_| format!("must be a day such as 2026-11-25, not `{}`", cut(text)))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

macro_rules! read_as_text {
    ($($name:ident)+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

read_as_text! { Sort Known FirstError Band Day }

fn one_of<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    format!("must be one of {}, not `{}`", words.join(", "), cut(text))
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for (sort, word) in Sort::ALL {
            assert_eq!(word.parse(), Ok(sort));
        }
        for band in Band::all() {
            assert_eq!(band.word().parse(), Ok(band));
        }
        assert_eq!("0.2-0.4".parse(), Ok(Band(1)));
        assert_eq!("none".parse(), Ok(FirstError::Nowhere));
        assert!("0".parse::<FirstError>().is_err() && "x".parse::<Known>().is_err());
        let day: Day = "2026-02-28".parse().expect("a day");
        assert_eq!(day.to_string(), "2026-02-28");
        assert_eq!(day.millis(true) - day.millis(false), 86_400_000);
        assert!("2026-02-30".parse::<Day>().is_err());
    }
}
