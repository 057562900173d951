//! Human labels beside rollout labels: the human's count.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::domain::Solution;
use crate::lab::formats::Stepwise;
use crate::lab::labels::Rules;
use crate::lab::sets::Rollouts;

/// A solution with the labels of its prefixes.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    pub problem: String,
    pub solution: Solution,
    /// One for each step; none where nobody knows.
    pub labels: Vec<Option<bool>>,
    /// Which of them a person gave.
    pub human: Vec<bool>,
    /// The final answer is known to be right.
    pub correct: bool,
}

/// What was found while merging.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeCounts {
    /// Solutions and labels that people gave.
    pub human_solutions: usize,
    pub human_labels: usize,
    /// Of those solutions: ones that rollouts had labelled too, and ones they did not have.
    pub matched: usize,
    pub added: usize,
    /// Labels on which both agree.
    pub agreed: usize,
    /// Labels that changed: rollouts said good and the person wrong, and the other way round.
    pub now_wrong: usize,
    pub now_good: usize,
}

impl MergeCounts {
    /// Labels of rollouts that a person's took the place of.
    pub fn conflicts(&self) -> usize {
        self.now_wrong + self.now_good
    }
}

/// The merged solutions: those of the rollouts in their order, then those that only people judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    pub set: Vec<Labelled>,
    pub counts: MergeCounts,
}

/// Merges. A person's record belongs to a rolled-out sample of the same problem that begins with its
/// steps: people's solutions end at the first error or where nobody rated on. A prefix with a wrong
/// step is wrong from there on, whatever rollouts found.
pub fn merge(rollouts: &[Rollouts], rules: Rules, human: &[Stepwise]) -> Merged {
    let mut of_problem: HashMap<&str, Vec<&Stepwise>> = HashMap::new();
    for record in human {
        of_problem.entry(record.problem.as_str()).or_default().push(record);
    }
    let mut counts = MergeCounts {
        human_solutions: human.len(),
        human_labels: human.iter().map(|record| record.steps.len()).sum(),
        ..MergeCounts::default()
    };
    let mut used: HashMap<*const Stepwise, ()> = HashMap::new();
    let mut set = Vec::with_capacity(rollouts.len());
    for one in rollouts {
        let mut labelled = of_rollouts(one, rules);
        let records = of_problem.get(one.sample.problem.as_str()).into_iter().flatten();
        for record in records.filter(|r| one.sample.solution.steps.starts_with(&r.steps)) {
            if used.insert(*record, ()).is_none() {
                counts.matched += 1;
            }
            overrule(&mut labelled, record, &mut counts);
        }
        set.push(labelled);
    }
    for record in human.iter().filter(|&r| !used.contains_key(&(r as *const Stepwise))) {
        counts.added += 1;
        set.push(of_person(record));
    }
    Merged { set, counts }
}

fn of_rollouts(one: &Rollouts, rules: Rules) -> Labelled {
    let labels: Vec<_> = one.labels.under(rules).into_iter().map(Some).collect();
    Labelled {
        problem: one.sample.problem.clone(),
        solution: one.sample.solution.clone(),
        human: vec![false; labels.len()],
        labels,
        correct: one.sample.correct,
    }
}

fn of_person(record: &Stepwise) -> Labelled {
    let right = |step: usize| record.first_error.is_none_or(|error| step < error);
    Labelled {
        problem: record.problem.clone(),
        solution: Solution { steps: record.steps.clone(), answer_text: None },
        labels: (1..=record.steps.len()).map(|step| Some(right(step))).collect(),
        human: vec![true; record.steps.len()],
        correct: false,
    }
}

/// Writes a person's labels over those of rollouts.
fn overrule(labelled: &mut Labelled, record: &Stepwise, counts: &mut MergeCounts) {
    let wrong_from = record.first_error.unwrap_or(usize::MAX);
    let judged =
        if record.first_error.is_some() { labelled.labels.len() } else { record.steps.len() };
    for step in 1..=judged {
        let label = step < wrong_from;
        match labelled.labels[step - 1].replace(label) {
            Some(before) if before == label => counts.agreed += 1,
            Some(_) if label => counts.now_good += 1,
            Some(_) => counts.now_wrong += 1,
            None => {}
        }
        labelled.human[step - 1] = true;
    }
    // A right solution is imitated; one that a person found wrong is not.
    labelled.correct &= record.first_error.is_none();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::formats::rolled_out;
    use proptest::prelude::*;

    fn record(steps: &[String], first_error: Option<usize>) -> Stepwise {
        Stepwise { problem: "How many?".to_owned(), steps: steps.to_vec(), first_error }
    }

    #[test]
    fn people_beat_rollouts_and_conflicts_are_counted() {
        let rolled = [rolled_out(&[true, true, false])];
        let steps = &rolled[0].sample.solution.steps;
        let other = record(&["something else".to_owned()], Some(1));
        let merged = merge(&rolled, Rules::default(), &[record(&steps[..2], Some(2)), other]);
        assert_eq!(merged.set[0].labels, [Some(true), Some(false), Some(false)]);
        assert_eq!(merged.set[0].human, [true; 3], "after a wrong step every prefix is wrong");
        assert_eq!(merged.set[1].labels, [Some(false)]);
        let MergeCounts { matched, added, agreed, now_wrong, now_good, .. } = merged.counts;
        assert_eq!((matched, added, agreed, now_wrong, now_good), (1, 1, 2, 1, 0));
        assert_eq!((merged.counts.human_solutions, merged.counts.human_labels), (2, 3));
    }

    #[test]
    fn steps_that_nobody_judged_keep_their_rollout_labels() {
        let rolled = [rolled_out(&[false, false, false])];
        let steps = &rolled[0].sample.solution.steps;
        let merged = merge(&rolled, Rules::default(), &[record(&steps[..1], None)]);
        assert_eq!(merged.set[0].labels, [Some(true), Some(false), Some(false)]);
        assert_eq!((merged.counts.now_good, merged.counts.conflicts()), (1, 1));
        assert_eq!(merged.set[0].human, [true, false, false]);
    }

    #[test]
    fn a_sample_that_a_person_found_wrong_is_no_example_of_right_wording() {
        let rolled = [rolled_out(&[true, true])];
        assert!(rolled[0].sample.correct);
        let steps = &rolled[0].sample.solution.steps;
        let merged = merge(&rolled, Rules::default(), &[record(steps, Some(2))]);
        assert!(!merged.set[0].correct);
    }

    proptest! {
        #[test]
        fn every_label_of_a_person_is_in_the_set(
            labels in prop::collection::vec(any::<bool>(), 1..6), at in 0usize..6, wrong: bool,
        ) {
            let rolled = [rolled_out(&labels)];
            let steps = &rolled[0].sample.solution.steps;
            let length = at.min(steps.len() - 1) + 1;
            let first_error = wrong.then_some(length);
            let merged = merge(&rolled, Rules::default(), &[record(&steps[..length], first_error)]);
            for (i, label) in merged.set[0].labels.iter().enumerate().take(length) {
                prop_assert_eq!(*label, Some(first_error.is_none_or(|error| i + 1 < error)));
            }
            let counts = merged.counts;
            let judged = if wrong { steps.len() } else { length };
            prop_assert_eq!(counts.agreed + counts.conflicts(), judged);
        }
    }
}
