//! The filters of a list of runs as they stand in its address.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use crate::domain::{
    BatchId, Flip, Probability, ProblemId, RunId, RunKind, RunStatus, SolutionKind, Strategy, Tag,
};
use crate::store::{Band, Day, Filter, FirstError, Known, Sort};
use crate::web::pages::query::query;

/// Every filter, the order, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RunsQuery {
    pub status: Option<RunStatus>,
    pub kind: Option<RunKind>,
    pub strategy: Option<Strategy>,
    pub chosen: Option<SolutionKind>,
    pub correct: Option<Known>,
    pub flip: Option<Flip>,
    pub first_error: Option<FirstError>,
    pub lowest: Option<Band>,
    pub model: Option<String>,
    pub threshold: Option<Probability>,
    pub tag: Option<Tag>,
    pub batch: Option<BatchId>,
    pub problem: Option<ProblemId>,
    pub annotated: Option<bool>,
    #[serde(deserialize_with = "blank")]
    pub from: Option<Day>,
    #[serde(deserialize_with = "blank")]
    pub to: Option<Day>,
    pub q: Option<String>,
    #[serde(deserialize_with = "blank")]
    pub sort: Option<Sort>,
    pub after: Option<RunId>,
}

/// A field of a form that was left empty is one that was not set.
fn blank<'de, D: Deserializer<'de>, T: FromStr<Err = String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    let text = text.trim();
    (!text.is_empty()).then(|| text.parse().map_err(serde::de::Error::custom)).transpose()
}

impl RunsQuery {
    /// What the store is asked for.
    pub fn filter(&self) -> Filter {
        let Self { status, kind, strategy, chosen, correct, flip, first_error, lowest, .. } = *self;
        let Self { threshold, .. } = *self;
        let Self { model, tag, batch, problem, annotated, from, to, q, sort, .. } = self.clone();
        let sort = sort.unwrap_or_default();
        let model = model.filter(|model| !model.is_empty());
        Filter {
            status,
            kind,
            strategy,
            chosen,
            correct,
            flip,
            first_error,
            lowest,
            model,
            threshold,
            tag,
            batch,
            problem,
            annotated,
            from,
            to,
            q,
            sort,
        }
    }

    /// The words to search for.
    pub fn words(&self) -> &str {
        self.q.as_deref().unwrap_or_default().trim()
    }

    /// The same without a place: from the top.
    pub fn top(&self) -> Self {
        Self { after: None, ..self.clone() }
    }

    /// Whether it shows less than everything.
    pub fn filters(&self) -> bool {
        let all = Self { sort: None, ..self.top() };
        !all.pairs().is_empty()
    }

    /// Those filters that chips set, for a form to keep.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let form = Self { from: None, to: None, q: None, sort: None, ..self.top() };
        form.pairs()
    }

    /// Every part of the address.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let word = |name, word: Option<&str>| word.map(|word| (name, word.to_owned()));
        let words = Some(self.words()).filter(|words| !words.is_empty());
        let sort = self.sort.filter(|sort| *sort != Sort::Newest);
        let all = [
            word("status", self.status.map(|x| x.as_str())),
            word("kind", self.kind.map(|x| x.as_str())),
            word("strategy", self.strategy.map(|x| x.as_str())),
            word("chosen", self.chosen.map(|x| x.as_str())),
            word("correct", self.correct.map(|x| x.as_str())),
            word("flip", self.flip.map(|x| x.as_str())),
            self.first_error.map(|step| ("first_error", step.to_string())),
            self.lowest.map(|band| ("lowest", band.word())),
            word("model", self.model.as_deref().filter(|model| !model.is_empty())),
            self.threshold.map(|threshold| ("threshold", threshold.get().to_string())),
            word("tag", self.tag.as_ref().map(Tag::as_str)),
            self.batch.map(|batch| ("batch", batch.to_string())),
            self.problem.map(|problem| ("problem", problem.to_string())),
            self.annotated.map(|yes| ("annotated", yes.to_string())),
            self.from.map(|day| ("from", day.to_string())),
            self.to.map(|day| ("to", day.to_string())),
            word("q", words),
            word("sort", sort.map(Sort::as_str)),
            self.after.map(|after| ("after", after.to_string())),
        ];
        all.into_iter().flatten().collect()
    }

    /// The part of the address after `/runs`.
    pub fn query(&self) -> String {
        query(self.pairs())
    }

    /// The address of the list.
    pub fn address(&self) -> String {
        format!("/runs{}", self.query())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Option<RunsQuery> {
        let uri = format!("/runs?{query}").parse().expect("an address");
        axum::extract::Query::try_from_uri(&uri).ok().map(|axum::extract::Query(query)| query)
    }

    #[test]
    fn addresses_are_read_as_they_were_written() {
        let whole = "status=completed&kind=solve&strategy=best_of_n&chosen=local&correct=unknown\
            &flip=wrong_to_right&first_error=3&lowest=0.2-0.4&model=a%2Fb&threshold=0.19\
            &tag=base\
            &batch=bat_01890a5d-ac96-774b-bcce-b302099a8057\
            &problem=prb_01890a5d-ac96-874b-bcce-b302099a8057&annotated=true&from=2026-01-01\
            &to=2026-02-01&q=red%20apples&sort=slowest\
            &after=run_01890a5d-ac96-774b-bcce-b302099a8057";
        let query = read(whole).expect("read");
        assert_eq!(query.query(), format!("?{whole}"));
        assert!(query.filters() && query.kept().len() == 14);
    }

    #[test]
    fn empty_fields_of_the_form_are_no_filters() {
        let query = read("q=&from=&to=&sort=&model=").expect("read");
        assert_eq!((query.address().as_str(), query.filters()), ("/runs", false));
        assert!(read("from=yesterday").is_none() && read("correct=perhaps").is_none());
    }
}
