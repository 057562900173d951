//! Filters of the list as chips, each with the number of runs that have its value.

use super::query::RunsQuery;
use crate::domain::{Flip, Probability, RunKind, RunStatus, SolutionKind, Strategy, Tag};
use crate::store::{Band, Counts, FirstError, Known};

/// Most models and most tags that are offered; the address takes any.
const MOST: usize = 12;
/// Most steps that are offered as the first drop: more than any solution has that ends by itself.
const MOST_STEPS: usize = 40;

/// One value of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    pub word: String,
    /// `None` where nobody counts, as of a batch or a problem.
    pub count: Option<u64>,
    pub href: String,
    pub on: bool,
}

/// The values of one filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    pub name: &'static str,
    pub chips: Vec<Chip>,
    /// Shown at once; the others under a fold, unless one of their chips is on.
    pub first: bool,
}

impl Facet {
    /// Whether one of its values is chosen.
    pub fn on(&self) -> bool {
        self.chips.iter().any(|chip| chip.on)
    }
}

struct Maker<'a> {
    query: &'a RunsQuery,
    counts: &'a Counts,
}

impl Maker<'_> {
    /// `set` puts a value into a query, or takes it out.
    fn chip<T: PartialEq + Clone>(
        &self,
        (facet, counted): (&str, &str),
        word: impl Into<String>,
        value: T,
        now: Option<&T>,
        set: impl Fn(&mut RunsQuery, Option<T>),
    ) -> Chip {
        let on = now == Some(&value);
        let mut turned = self.query.clone();
        set(&mut turned, (!on).then_some(value));
        let count = Some(self.counts.of(facet, counted));
        Chip { word: word.into(), count, href: turned.address(), on }
    }
}

/// Every filter with the values that some run has, or that are on.
pub fn facets(query: &RunsQuery, counts: &Counts) -> Vec<Facet> {
    let make = Maker { query, counts };
    let facet = |name, first, chips: Vec<Chip>| {
        let shown = |chip: &Chip| chip.on || chip.count.is_none_or(|count| count > 0);
        Facet { name, chips: chips.into_iter().filter(shown).collect(), first }
    };
    let statuses = RunStatus::ALL.iter().map(|&x| {
        let key = ("status", x.as_str());
        make.chip(key, x.as_str(), x, query.status.as_ref(), |q, x| q.status = x)
    });
    let strategies = Strategy::ALL.iter().map(|&x| {
        let key = ("strategy", x.as_str());
        make.chip(key, strategy(x), x, query.strategy.as_ref(), |q, x| q.strategy = x)
    });
    let kinds = SolutionKind::ALL.iter().map(|&x| {
        let key = ("chosen", x.as_str());
        make.chip(key, x.as_str(), x, query.chosen.as_ref(), |q, x| q.chosen = x)
    });
    let verdicts = Known::ALL.into_iter().map(|x| {
        let key = ("correct", x.as_str());
        make.chip(key, known(x), x, query.correct.as_ref(), |q, x| q.correct = x)
    });
    let flips = Flip::ALL.iter().map(|&x| {
        make.chip(("flip", x.as_str()), flip(x), x, query.flip.as_ref(), |q, x| q.flip = x)
    });
    let bands = Band::all().map(|x| {
        let word = x.word().replace('-', " to ");
        let key = ("lowest", &*x.0.to_string());
        make.chip(key, word, x, query.lowest.as_ref(), |q, x| q.lowest = x)
    });
    let annotated =
        make.chip(("annotated", "true"), "yes", true, query.annotated.as_ref(), |q, x| {
            q.annotated = x
        });
    // Nobody counts those that are not; it is there to be turned off.
    let not_annotated = (query.annotated == Some(false)).then(|| {
        let key = ("annotated", "false");
        let chip = make.chip(key, "no", false, query.annotated.as_ref(), |q, x| q.annotated = x);
        Chip { count: None, ..chip }
    });
    let asked = RunKind::ALL.iter().map(|&x| {
        let key = ("kind", x.as_str());
        make.chip(key, x.as_str(), x, query.kind.as_ref(), |q, x| q.kind = x)
    });
    vec![
        facet("status", true, statuses.collect()),
        facet("strategy", true, strategies.collect()),
        facet("chosen", true, kinds.collect()),
        facet("answer", true, verdicts.collect()),
        facet("kind", false, asked.collect()),
        facet("flip", false, flips.collect()),
        facet("first drop", false, steps(&make)),
        facet("lowest step score", false, bands.collect()),
        facet("model", false, models(&make)),
        facet("threshold", false, thresholds(&make)),
        facet("tag", false, tags(&make)),
        facet("annotated", false, [annotated].into_iter().chain(not_annotated).collect()),
        facet("batch", false, taken_away(query, query.batch, |q| q.batch = None)),
        facet("problem", false, taken_away(query, query.problem, |q| q.problem = None)),
    ]
    .into_iter()
    .filter(|facet| !facet.chips.is_empty())
    .collect()
}

fn steps(make: &Maker<'_>) -> Vec<Chip> {
    let mut steps: Vec<u16> =
        make.counts.values("first_error").into_iter().filter_map(|(n, _)| n.parse().ok()).collect();
    steps.sort_unstable();
    steps.truncate(MOST_STEPS);
    // The one in the address can be turned off wherever it stands.
    steps.extend(make.query.first_error.map(|on| match on {
        FirstError::Nowhere => 0,
        FirstError::At(step) => step,
    }));
    steps.sort_unstable();
    steps.dedup();
    let chip = |step: u16| {
        let (word, value) = match step {
            0 => ("none".to_owned(), FirstError::Nowhere),
            step => (format!("step {step}"), FirstError::At(step)),
        };
        let now = make.query.first_error.as_ref();
        make.chip(("first_error", &step.to_string()), word, value, now, |q, x| q.first_error = x)
    };
    steps.into_iter().map(chip).collect()
}

/// The frequent ones, and the one that is on.
fn frequent(make: &Maker<'_>, facet: &str, on: Option<&str>) -> Vec<String> {
    let values = make.counts.values(facet);
    let mut names: Vec<String> =
        values.iter().take(MOST).map(|(name, _)| (*name).to_owned()).collect();
    names.extend(on.filter(|on| !names.iter().any(|name| name == on)).map(str::to_owned));
    names
}

fn models(make: &Maker<'_>) -> Vec<Chip> {
    let now = make.query.model.as_ref();
    let chip = |name: String| {
        make.chip(("model", &name), name.clone(), name.clone(), now, |q, x| q.model = x)
    };
    frequent(make, "model", now.map(String::as_str)).into_iter().map(chip).collect()
}

/// Thresholds of the SORM, the lowest first.
fn thresholds(make: &Maker<'_>) -> Vec<Chip> {
    let now = make.query.threshold.as_ref();
    let on = now.map(|on| format!("{:?}", on.get()));
    let read = |name: &String| Probability::new(name.parse().ok()?);
    let names = frequent(make, "threshold", on.as_deref());
    let mut all: Vec<Probability> = names.iter().filter_map(read).collect();
    all.sort_by(|a, b| a.get().total_cmp(&b.get()));
    let chip = |x: Probability| {
        let word = format!("{:?}", x.get());
        make.chip(("threshold", &word), word.clone(), x, now, |q, x| q.threshold = x)
    };
    all.into_iter().map(chip).collect()
}

fn tags(make: &Maker<'_>) -> Vec<Chip> {
    let now = make.query.tag.as_ref();
    let chip = |tag: Tag| {
        let name = tag.to_string();
        make.chip(("tag", &name), name.clone(), tag, now, |q, x| q.tag = x)
    };
    let names = frequent(make, "tag", now.map(Tag::as_str));
    names.iter().filter_map(|name| Tag::parse(name).ok()).map(chip).collect()
}

/// Only to be taken away: batches have a page of their own, and runs of a problem are found from one
/// of them.
fn taken_away(
    query: &RunsQuery,
    on: Option<impl ToString>,
    take: impl Fn(&mut RunsQuery),
) -> Vec<Chip> {
    let chip = |id: String| {
        let mut without = query.clone();
        take(&mut without);
        let word = format!("…{}", &id[id.len().saturating_sub(6)..]);
        Chip { word, count: None, href: without.address(), on: true }
    };
    on.map(|id| chip(id.to_string())).into_iter().collect()
}

/// What a strategy is called.
pub fn strategy(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Glore => "GLoRe",
        Strategy::Draft => "draft alone",
        Strategy::BestOfN => "best of n",
    }
}

/// What a turned verdict is called.
pub fn flip(flip: Flip) -> &'static str {
    match flip {
        Flip::WrongToRight => "wrong → right",
        Flip::RightToWrong => "right → wrong",
    }
}

fn known(known: Known) -> &'static str {
    match known {
        Known::Right => "right",
        Known::Wrong => "wrong",
        Known::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_turn_on_and_off_and_keep_the_others() {
        let query = RunsQuery {
            status: Some(RunStatus::Completed),
            model: Some("a model".to_owned()),
            q: Some("a&b".to_owned()),
            ..RunsQuery::default()
        };
        let facets = facets(&query, &Counts::default());
        assert_eq!(facets.len(), 2, "nothing has a count, two chips are on");
        assert_eq!(facets[0].chips[0].href, "/runs?model=a%20model&q=a%26b");
        assert_eq!(facets[1].chips[0].href, "/runs?status=completed&q=a%26b");
        assert!(facets.iter().all(Facet::on) && !facets[1].first);
    }
}
