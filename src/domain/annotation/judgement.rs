//! Records as tables that can be counted.

use std::collections::BTreeSet;

use super::rating::Rating;
use super::record::{Reviewed, Said};
use super::resolve::{Resolve, resolve};
use crate::domain::SolutionKind;
use crate::domain::agreement::{Located, Pairs, Ratings, Undefined, locate};

/// Ratings of many items by the people who gave them.
#[derive(Debug, Clone)]
pub struct Judgements {
    /// In the order of the places in `ratings`.
    pub people: Vec<String>,
    pub ratings: Ratings,
    /// Where each submission puts the first error, item by item; those that leave it open are left
    /// out.
    pub located: Vec<Vec<Located>>,
}

/// What submissions rate, without the adjudicators' decisions.
pub fn judgements(items: &[Reviewed]) -> Judgements {
    let people: BTreeSet<&str> =
        items.iter().flat_map(Reviewed::rated).map(|s| s.person.as_str()).collect();
    let people: Vec<&str> = people.into_iter().collect();
    let units = |item: &Reviewed| -> Vec<Vec<Option<u8>>> {
        let by = |person: &&str| item.rated().find(|s| s.person == **person);
        let of = |i: usize| {
            let said = |person: &&str| by(person)?.steps.get(i)?.rating.map(Rating::category);
            people.iter().map(said).collect()
        };
        (0..item.steps.len()).map(of).collect()
    };
    let located = |item: &Reviewed| item.rated().filter_map(|s| first_error(&s.steps)).collect();
    Judgements {
        ratings: Ratings::new(items.iter().map(units).collect()),
        located: items.iter().map(located).collect(),
        people: people.into_iter().map(str::to_owned).collect(),
    }
}

/// Where ratings put the first error.
pub(super) fn first_error(steps: &[Said]) -> Option<Located> {
    locate(steps.iter().map(|said| said.rating.map(|rating| rating == Rating::Wrong)))
}

/// Share of pairs of ratings of one item's steps that are the same; none without a pair.
pub fn item_agreement(item: &Reviewed) -> Option<f64> {
    let one = judgements(std::slice::from_ref(item));
    one.ratings.percent_agreement(0).value.ok()
}

/// The SORM's scores against people's word, item by item: a step is right as long as no step up to
/// it is called wrong, as the SORM means it. Steps after the first wrong one, and from one without a
/// label on, are left out.
pub fn sorm_pairs(items: &[Reviewed], how: Resolve) -> Vec<Vec<(f64, bool)>> {
    let one = |item: &Reviewed| {
        let ratings = resolve(item, how).map(|r| r.ratings).unwrap_or_default();
        let mut pairs = Vec::new();
        for (step, rating) in item.steps.iter().zip(ratings) {
            let Some(rating) = rating else { break };
            let right = rating != Rating::Wrong;
            pairs.extend(step.sorm.map(|score| (score, right)));
            if !right {
                break;
            }
        }
        pairs
    };
    items.iter().map(one).collect()
}

/// People's choice of the best solution beside the ORM's.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Kind that a person chose, kind that the ORM chose.
    pub pairs: Pairs,
    /// Answers that none is better; they are in no pair.
    pub same: usize,
}

/// Compares every answer of a submission with the ORM's choice.
pub fn against_orm(items: &[Reviewed]) -> Choices {
    let mut same = 0;
    let mut pairs = Vec::new();
    for item in items {
        let kind = |id: &str| {
            let kind = item.candidates.iter().find(|c| c.id == id)?.kind;
            SolutionKind::ALL.iter().position(|k| *k == kind).map(|place| place as u8)
        };
        let mut of_item = Vec::new();
        for submission in &item.submissions {
            let Some(choice) = submission.choice.as_deref() else { continue };
            same += usize::from(choice == "same");
            let orm = submission.orm_choice.as_deref().and_then(kind);
            of_item.extend(kind(choice).zip(orm));
        }
        pairs.push(of_item);
    }
    Choices { pairs: Pairs::new(&pairs, Undefined::NothingRated), same }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decided, reviewed};
    use super::*;
    use crate::domain::agreement::{Weights, first_errors};

    #[test]
    fn people_are_places_and_not_rated_is_missing() {
        let items = [reviewed(&[&[1, -1, 9], &[1, 0, 1]]), reviewed(&[&[1, 1]])];
        let found = judgements(&items);
        assert_eq!(found.people, ["person 0", "person 1"]);
        let agreement = found.ratings.percent_agreement(1);
        assert_eq!((agreement.value, agreement.items, agreement.units), (Ok(0.5), 1, 2));
        assert_eq!(found.located[0], [Located::Wrong(2), Located::Sound]);
        assert_eq!(first_errors(&found.located, 1).exact.value, Ok(0.0));
        assert_eq!(item_agreement(&items[0]), Some(0.5));
        assert_eq!(item_agreement(&items[1]), None);
    }

    #[test]
    fn scores_are_compared_up_to_the_first_error() {
        let mut item = reviewed(&[&[1, -1, 1]]);
        assert_eq!(
            sorm_pairs(std::slice::from_ref(&item), Resolve::Majority),
            [[(0.9, true), (0.8, false)]]
        );
        assert_eq!(sorm_pairs(std::slice::from_ref(&item), Resolve::Adjudicated), [[]]);
        decided(&mut item, &[0, 9, 1]);
        assert_eq!(sorm_pairs(&[item], Resolve::Majority), [[(0.9, true)]]);
    }

    #[test]
    fn the_orm_is_compared_with_those_who_chose() {
        let mut item = reviewed(&[&[1, 1], &[1, 1], &[1, 1], &[1, 1]]);
        let choices = ["sol_local", "sol_draft", "same"];
        for (submission, choice) in item.submissions.iter_mut().zip(choices) {
            submission.choice = Some(choice.to_owned());
            submission.orm_choice = Some("sol_local".to_owned());
        }
        let found = against_orm(&[item]);
        assert_eq!((found.pairs.agreement(1).value, found.same), (Ok(0.5), 1));
        assert_eq!(found.pairs.kappa(Weights::Plain, 1).value, Ok(0.0));
        assert_eq!(against_orm(&[]).pairs.agreement(1).value, Err(Undefined::NothingRated));
    }
}
