//! The samples that an ORM learns from (docs/decisions/0040).
//!
//! Choosing among solutions of one problem is what an ORM is for. So it learns from problems that
//! have right and wrong samples, and from few of the others, which only tell that a problem is easy
//! or hard. And samples of a problem mostly differ from their first step on, while a wrong sample and
//! a right continuation of its last good prefix differ only in what made it wrong: rollouts that were
//! made for step labels are samples as well.

use std::collections::BTreeSet;

use super::sample::{Rollouts, Sample};

/// One in so many problems whose samples are all right or all wrong is kept.
const ALIKE: u64 = 4;

/// Samples of problems that are a choice, some of the others, and continuations of wrong samples.
pub fn choices(samples: Vec<Sample>, rollouts: &[Rollouts]) -> Vec<Sample> {
    let of = |correct: bool| -> BTreeSet<u64> {
        samples.iter().filter(|s| s.correct == correct).map(|s| s.problem_id).collect()
    };
    let both = &of(true) & &of(false);
    let more = continued(rollouts, &samples);
    let kept = |s: &Sample| both.contains(&s.problem_id) || s.problem_id.is_multiple_of(ALIKE);
    samples.into_iter().filter(kept).chain(more).collect()
}

/// Of every wrong sample, a right and a wrong continuation of its longest prefix that has a right
/// one which uses it; what is among `known`, or came before, is left out.
fn continued(rollouts: &[Rollouts], known: &[Sample]) -> Vec<Sample> {
    let mut seen: BTreeSet<(u64, String)> =
        known.iter().map(|sample| (sample.problem_id, sample.solution.join())).collect();
    let wrong = rollouts.iter().filter(|one| !one.sample.correct);
    wrong
        .flat_map(parting)
        .filter(|sample| seen.insert((sample.problem_id, sample.solution.join())))
        .collect()
}

/// A right and a wrong continuation, as far as there are such.
fn parting(one: &Rollouts) -> Vec<Sample> {
    let last_good =
        (0..one.traces.len()).rev().find_map(|i| Some((i, one.right_traces(i).next()?)));
    let Some((i, good)) = last_good else { return Vec::new() };
    let bad = one.traces[i].iter().map(|trace| one.continued(i, trace)).find(|s| !s.correct);
    [Some(one.continued(i, good)), bad].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::sets::testing::{self, rolled_out};

    fn sample(text: &str) -> Sample {
        testing::sample(7, text)
    }

    #[test]
    fn a_wrong_sample_is_continued_from_its_last_good_prefix() {
        let wrong = sample("2 + 3 = 5\n5 - 1 = 4\n4 + 4 = 9\n#### 9");
        let of_first: &[&str] = &["5 * 4 = 20\n#### 20"];
        let of_second: &[&str] =
            &["2 * 10 = 20\n#### 20", "4 + 1 = 5\n#### 5", "4 * 5 = 20\n#### 20"];
        let rollouts = [rolled_out(wrong.clone(), &[of_first, of_second])];
        let made = continued(&rollouts, std::slice::from_ref(&wrong));
        let texts: Vec<_> = made.iter().map(|s| (s.solution.join(), s.correct)).collect();
        let start = "2 + 3 = 5\n5 - 1 = 4\n";
        assert_eq!(
            texts,
            [
                (format!("{start}4 * 5 = 20\n#### 20"), true),
                (format!("{start}4 + 1 = 5\n#### 5"), false)
            ]
        );
        assert!(continued(&rollouts, &made).is_empty(), "known already");
    }

    #[test]
    fn of_problems_that_are_no_choice_one_in_four_is_kept() {
        let of = |problem_id, text: &str| Sample { problem_id, ..sample(text) };
        let (right, wrong) = ("4 * 5 = 20\n#### 20", "4 + 5 = 9\n#### 9");
        let samples: Vec<_> = (0..8).map(|id| of(id, right)).chain([of(3, wrong)]).collect();
        let kept: Vec<_> = choices(samples, &[]).iter().map(|s| s.problem_id).collect();
        assert_eq!(kept, [0, 3, 4, 3]);
    }

    #[test]
    fn without_a_good_prefix_there_is_nothing_to_part_from() {
        let wrong = sample("2 * 3 = 6\n6 + 4 = 10\n#### 10");
        let lost = rolled_out(wrong, &[&["6 - 4 = 2\n#### 2"]]);
        let right = rolled_out(sample("2 + 3 = 5\n5 * 4 = 20\n#### 20"), &[]);
        assert!(continued(&[lost, right], &[]).is_empty());
    }
}
