//! Solutions that a SORM learns from beside the samples that were rolled out (docs/decisions/0047).
//!
//! A rollout was made to label the prefix it continues, and says more than that: one that gets there
//! is a right solution, of a problem that may have no right sample, and one that does not is another
//! wrong one, of which much is known where it passes through prefixes that were rolled out themselves.
//! And right samples need no rollouts: without those of problems that the student always solves, a
//! SORM has hardly seen an easy one.

use std::collections::{HashMap, HashSet};

use super::proven::{Key, keys, sums_right};
use super::sample::{Labelled, Rollouts, Sample};

/// Right samples of other problems, one of each, and right continuations of wrong samples, all that
/// differ in their sums, both where no sum is wrong; and of each wrong sample one wrong continuation.
/// `labels[r][i]` says whether P_{i+1} of rollouts `r` is good.
pub fn beside(
    samples: &[Sample],
    rollouts: &[Rollouts],
    labels: &[Vec<Option<bool>>],
) -> Vec<Labelled> {
    let mut seen: HashSet<Key> =
        rollouts.iter().filter_map(|one| keys(&one.sample).pop()).collect();
    let mut is_new = |sample: &Sample| keys(sample).pop().is_some_and(|whole| seen.insert(whole));
    let no_slips = |sample: &Sample| sums_right(sample).into_iter().all(|right| right);
    let wrong = || rollouts.iter().filter(|one| !one.sample.correct);

    let right = wrong().flat_map(Rollouts::right_solutions).filter(|one| is_new(one));
    let right = right.chain(of_others(samples, rollouts)).filter(no_slips);
    let mut set: Vec<Labelled> = right.map(all_good).collect();
    let known = known(rollouts, labels, &set);
    for one in wrong() {
        let rest = one.traces.iter().enumerate();
        let continued = rest.flat_map(|(i, traces)| traces.iter().map(move |t| (i, t)));
        let mut failed = continued.map(|(i, trace)| one.continued(i, trace)).filter(|s| !s.correct);
        if let Some(sample) = failed.find(|one| is_new(one)) {
            set.push(Labelled { good: of_wrong(&sample, &known), sample });
        }
    }
    set
}

/// The first right sample of each problem of which nothing was rolled out.
fn of_others(samples: &[Sample], rollouts: &[Rollouts]) -> impl Iterator<Item = Sample> {
    let mut seen: HashSet<u64> = rollouts.iter().map(|one| one.sample.problem_id).collect();
    samples.iter().filter(move |one| one.correct && seen.insert(one.problem_id)).cloned()
}

fn all_good(sample: Sample) -> Labelled {
    Labelled { good: vec![Some(true); sample.solution.steps.len()], sample }
}

/// What is known of prefixes by their sums: good, if any that does them is.
fn known(
    rollouts: &[Rollouts],
    labels: &[Vec<Option<bool>>],
    right: &[Labelled],
) -> HashMap<Key, bool> {
    let mut known: HashMap<Key, bool> = HashMap::new();
    for (one, labels) in rollouts.iter().zip(labels) {
        // The whole of a wrong sample is bad for its answer, whatever its sums are.
        let whole = usize::from(!one.sample.correct);
        let counted = labels.iter().take(labels.len().saturating_sub(whole));
        for (key, good) in keys(&one.sample).into_iter().zip(counted) {
            if let Some(good) = good {
                *known.entry(key).or_default() |= good;
            }
        }
    }
    known.extend(right.iter().flat_map(|one| keys(&one.sample)).map(|key| (key, true)));
    known
}

/// Labels of a wrong solution: what is known of each prefix; after a bad one, after a wrong sum, and
/// as a whole, bad.
fn of_wrong(sample: &Sample, known: &HashMap<Key, bool>) -> Vec<Option<bool>> {
    let mut before = None;
    let label = |(key, right): (Key, bool)| {
        let still_bad = before.filter(|&before: &bool| !before);
        before = if right { known.get(&key).copied().or(still_bad) } else { Some(false) };
        before
    };
    let mut good: Vec<_> = keys(sample).into_iter().zip(sums_right(sample)).map(label).collect();
    if let Some(whole) = good.last_mut() {
        *whole = Some(false);
    }
    good
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::sets::testing::{rolled_out, sample};

    fn rolled(problem_id: u64, text: &str, traces: &[&[&str]]) -> Rollouts {
        rolled_out(sample(problem_id, text), traces)
    }

    fn texts(set: &[Labelled]) -> Vec<(String, Vec<Option<bool>>)> {
        set.iter().map(|one| (one.sample.solution.join(), one.good.clone())).collect()
    }

    #[test]
    fn right_continuations_are_good_all_the_way_and_the_same_sums_come_once() {
        let traces: &[&[&str]] =
            &[&["B: 5 * 4 = 20\n#### 20", "C: 4 * 5 = 20\n#### 20", "D: 10 + 10 = 20\n#### 20"]];
        let wrong = rolled(1, "A: 2 + 3 = 5\nA: 5 - 1 = 4\n#### 4", traces);
        let set = beside(&[], std::slice::from_ref(&wrong), &[vec![Some(true), Some(false)]]);
        let right = ("A: 2 + 3 = 5\nB: 5 * 4 = 20\n#### 20".to_owned(), vec![Some(true); 2]);
        assert_eq!(texts(&set), [right], "one of the two, and not the one that began anew");
        let sampled = rolled(1, "E: 3 + 2 = 5\nE: 5 * 4 = 20\n#### 20", &[]);
        let both = [wrong, sampled];
        assert!(
            beside(&[], &both, &[vec![Some(true), Some(false)], vec![Some(true); 2]]).is_empty()
        );
    }

    #[test]
    fn of_other_problems_there_is_one_right_sample() {
        let samples = [
            sample(1, "1 + 19 = 20\n#### 20"),
            sample(2, "1 + 1 = 2\n#### 2"),
            sample(2, "4 * 5 = 20\n#### 20"),
            sample(2, "2 * 10 = 20\n#### 20"),
        ];
        let rollouts = [rolled(1, "2 + 3 = 5\n#### 5", &[])];
        let set = beside(&samples, &rollouts, &[vec![Some(false)]]);
        assert_eq!(texts(&set), [("4 * 5 = 20\n#### 20".to_owned(), vec![Some(true)])]);
    }

    #[test]
    fn of_a_wrong_continuation_what_was_rolled_out_is_known_and_what_follows_a_bad_prefix_is_bad() {
        let failed = "5 + 1 = 6\n6 + 1 = 7\n7 + 1 = 8\n#### 8";
        let (good, bad) = (Some(true), Some(false));
        let labels = |of_second: bool| {
            let one = rolled(1, "2 + 3 = 5\n5 - 1 = 4\n#### 4", &[&[failed, "5 - 2 = 3\n#### 3"]]);
            let other = rolled(1, "2 + 3 = 5\n5 + 1 = 6\n6 - 1 = 5\n#### 5", &[]);
            let set =
                beside(&[], &[one, other], &[vec![good, bad], vec![good, Some(of_second), bad]]);
            assert_eq!(set.len(), 1, "one of each sample");
            set[0].good.clone()
        };
        assert_eq!(labels(false), [good, bad, bad, bad]);
        assert_eq!(labels(true), [good, good, None, bad]);
    }
}
