//! One person's work in a queue.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::judgement::first_error;
use super::rating::Rating;
use super::record::{Outcome, Reviewed, Said, Submission};
use crate::domain::agreement::{is_too_fast, median};

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Hits {
    pub hits: usize,
    pub of: usize,
}

impl Hits {
    /// The share; none of none.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    fn count(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }
}

/// What a person did in a queue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Annotator {
    pub person: String,
    /// Submissions in force.
    pub submissions: usize,
    pub gave_up: usize,
    pub bad_problems: usize,
    /// Middle of the seconds at work on a submission, long pauses cut.
    #[schema(required = true)]
    pub median_seconds: Option<f64>,
    /// Submissions handed in faster than they can be read.
    pub too_fast: usize,
    /// Steps of gold items called wrong or not wrong as the gold labels have it.
    pub gold_steps: Hits,
    /// Gold items with the first error at the right step.
    pub gold_first_errors: Hits,
}

/// Everybody with a submission in these items, by name. A submission that is itself the gold of its
/// item is not held against it.
pub fn annotators(items: &[Reviewed]) -> Vec<Annotator> {
    let mut of: BTreeMap<&str, Vec<(&Reviewed, &Submission)>> = BTreeMap::new();
    for item in items {
        for submission in &item.submissions {
            of.entry(&submission.person).or_default().push((item, submission));
        }
    }
    of.into_iter().map(|(person, work)| one(person, &work)).collect()
}

fn one(person: &str, work: &[(&Reviewed, &Submission)]) -> Annotator {
    let seconds: Vec<f64> = work.iter().map(|(_, s)| s.active_seconds).collect();
    let ended = |how| work.iter().filter(|(_, s)| s.outcome == how).count();
    let rated = |s: &Submission| s.steps.iter().filter(|said| said.rating.is_some()).count();
    let (mut gold_steps, mut gold_first_errors) = (Hits::default(), Hits::default());
    for (item, submission) in work.iter().filter(|(_, s)| s.outcome == Outcome::Rated) {
        let Some(gold) = item.gold_labels() else { continue };
        if item.gold.as_deref() == Some(&submission.id) {
            continue;
        }
        let wrong = |said: &Said| said.rating.map(|rating| rating == Rating::Wrong);
        for (said, gold) in submission.steps.iter().zip(gold) {
            if let (Some(said), Some(gold)) = (wrong(said), wrong(gold)) {
                gold_steps.count(said == gold);
            }
        }
        if let Some(gold) = first_error(gold) {
            gold_first_errors.count(first_error(&submission.steps) == Some(gold));
        }
    }
    Annotator {
        person: person.to_owned(),
        submissions: work.len(),
        gave_up: ended(Outcome::GaveUp),
        bad_problems: ended(Outcome::BadProblem),
        median_seconds: median(&seconds),
        too_fast: work.iter().filter(|(_, s)| is_too_fast(s.active_seconds, rated(s))).count(),
        gold_steps,
        gold_first_errors,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::reviewed;
    use super::*;

    #[test]
    fn gold_and_speed_are_counted_for_each_person() {
        let mut item = reviewed(&[&[1, -1, 9], &[1, 1, -1], &[1, -1, 9]]);
        item.gold = Some("sbm_0".to_owned());
        item.submissions[2].active_seconds = 1.5;
        item.submissions[2].outcome = Outcome::Rated;
        let found = annotators(&[item]);
        let gold: Vec<_> =
            found.iter().map(|a| (a.gold_steps.of, a.gold_first_errors.share())).collect();
        assert_eq!(gold, [(0, None), (2, Some(0.0)), (2, Some(1.0))]);
        assert_eq!(found[1].gold_steps, Hits { hits: 1, of: 2 });
        let fast: Vec<_> = found.iter().map(|a| (a.too_fast, a.median_seconds)).collect();
        assert_eq!(fast, [(0, Some(10.0)), (0, Some(10.0)), (1, Some(1.5))]);
    }
}
