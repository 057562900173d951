//! One word of several.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rating::Rating;
use super::record::{Outcome, Reviewed, Said};

/// Whose word counts where people differ. An adjudicator's always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resolve {
    /// An adjudicator's and nobody else's.
    Adjudicated,
    /// Of each step what more than half of those say who rated it.
    #[default]
    Majority,
    /// Of each step what everybody says who rated it.
    Unanimous,
}

/// Where labels come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// An adjudicator decided.
    Adjudicated,
    /// Several people, who all say the same.
    Unanimous,
    /// Several people, who differ somewhere.
    Majority,
    /// One person.
    Single,
}

/// Labels of an item after resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// One for each step.
    pub ratings: Vec<Option<Rating>>,
    pub provenance: Provenance,
    /// People who rated it, the adjudicator not counted.
    pub people: usize,
}

/// Resolves what was said; none where there are no labels to go by: nobody rated it, or an
/// adjudicator called the problem bad, or only adjudicators count and none decided.
pub fn resolve(reviewed: &Reviewed, how: Resolve) -> Option<Resolved> {
    let people = reviewed.rated().count();
    if let Some(decision) = &reviewed.decision {
        let ratings = decision.steps.iter().map(|said| said.rating).collect();
        let provenance = Provenance::Adjudicated;
        return (decision.outcome == Outcome::Rated).then_some(Resolved {
            ratings,
            provenance,
            people,
        });
    }
    if how == Resolve::Adjudicated || people == 0 {
        return None;
    }
    let said: Vec<&[Said]> = reviewed.rated().map(|s| s.steps.as_slice()).collect();
    let of = |i: usize| said.iter().filter_map(move |steps| steps.get(i)?.rating);
    let one = |i: usize| {
        let n = of(i).count();
        let most = |rating: &Rating| {
            let votes = of(i).filter(|r| r == rating).count();
            if how == Resolve::Unanimous { n > 0 && votes == n } else { votes * 2 > n }
        };
        Rating::ALL.into_iter().find(most)
    };
    let ratings = (0..reviewed.steps.len()).map(one).collect();
    let same = said
        .windows(2)
        .all(|two| two[0].iter().map(|said| said.rating).eq(two[1].iter().map(|said| said.rating)));
    let provenance = match (people, same) {
        (1, _) => Provenance::Single,
        (_, true) => Provenance::Unanimous,
        (_, false) => Provenance::Majority,
    };
    Some(Resolved { ratings, provenance, people })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decided, reviewed};
    use super::*;
    use Rating::{Fine, Good, Wrong};

    #[test]
    fn a_tie_is_no_label_and_the_adjudicator_ends_it() {
        let mut item = reviewed(&[&[1, -1], &[1, 1]]);
        let ratings = |item: &Reviewed, how| resolve(item, how).map(|r| r.ratings);
        assert_eq!(ratings(&item, Resolve::Majority), Some(vec![Some(Good), None]));
        assert_eq!(ratings(&item, Resolve::Adjudicated), None);
        decided(&mut item, &[1, -1]);
        for how in [Resolve::Majority, Resolve::Adjudicated, Resolve::Unanimous] {
            assert_eq!(ratings(&item, how), Some(vec![Some(Good), Some(Wrong)]));
        }
        assert_eq!(resolve(&item, Resolve::Majority).expect("labels").people, 2);
    }

    #[test]
    fn most_of_those_who_rated_a_step_decide_it() {
        // 9 stands for "not rated".
        let item = reviewed(&[&[1, 0, 9], &[1, 0, 9], &[1, -1, 1]]);
        let found = resolve(&item, Resolve::Majority).expect("labels");
        assert_eq!(found.ratings, [Some(Good), Some(Fine), Some(Good)]);
        assert_eq!(found.provenance, Provenance::Majority);
        let found = resolve(&item, Resolve::Unanimous).expect("labels");
        assert_eq!(found.ratings, [Some(Good), None, Some(Good)]);
        assert_eq!(
            resolve(&reviewed(&[&[1, 1, 1]]), Resolve::Majority).expect("labels").provenance,
            Provenance::Single
        );
    }

    #[test]
    fn a_bad_problem_has_no_labels() {
        let mut item = reviewed(&[&[1, 1], &[1, 1]]);
        decided(&mut item, &[1, 1]);
        item.decision.as_mut().expect("decided").outcome = Outcome::BadProblem;
        assert_eq!(resolve(&item, Resolve::Majority), None);
        assert_eq!(resolve(&reviewed(&[]), Resolve::Majority), None);
    }
}
