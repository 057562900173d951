//! How likely the prefixes of samples are good, all things considered: what the SORM learns.

use std::collections::BTreeMap;

use serde_json::json;

use super::bench::Bench;
use super::roles::Course;
use crate::domain::Role;
use crate::lab::LabError;
use crate::lab::doubt::{Doubt, Seen};
use crate::lab::files::SetFile;
use crate::lab::labels::Rules;
use crate::lab::problems::Split;
use crate::lab::sampling::score;
use crate::lab::sets::{Belief, Rollouts, Sample, certain};

/// Samples the ORM scores in one go.
const SAMPLES_AT_ONCE: usize = 2_000;
/// Names of the groups of [`Doubt`], in its order.
const GROUPS: [&str; 4] = ["unsolved", "solved_once", "solved_twice", "solved_more"];

/// Rollouts of a split, and how likely each of their prefixes is good: what the first ORM and all
/// rollouts together say or, without `doubt` or one of the label rules, 1 or 0 as the rules have it.
///
/// # Errors
/// [`LabError`] from the model and files.
pub(super) fn labelled(
    bench: &mut Bench,
    split: Split,
    rules: Rules,
    doubt: bool,
) -> Result<(Vec<Rollouts>, Vec<Vec<f64>>), LabError> {
    let rollouts: Vec<Rollouts> = named(bench, "rollouts", split).read()?;
    if !doubt || !rules.propagation || !rules.consistency {
        let good = rollouts.iter().map(|one| certain(one, rules)).collect();
        return Ok((rollouts, good));
    }
    let believed: Vec<Belief> = beliefs(bench, split)?.read()?;
    Ok((rollouts, believed.into_iter().map(|one| one.good).collect()))
}

/// Writes what is believed of the rollouts of a split, line by line as they are.
///
/// # Errors
/// [`LabError`] from the model and files.
pub fn beliefs(bench: &mut Bench, split: Split) -> Result<SetFile, LabError> {
    let name = name_of("beliefs", split);
    let [samples, rollouts, set] =
        ["samples", "rollouts", "beliefs"].map(|name| named(bench, name, split));
    let orm = bench.named(Course::OrmOfStudent.name())?;
    let mut inputs = BTreeMap::from([("orm".to_owned(), orm.hash.clone())]);
    for (name, of) in [("samples", &samples), ("rollouts", &rollouts)] {
        inputs.insert(name.to_owned(), of.manifest().map(|m| m.sha256).unwrap_or_default());
    }
    let settings = json!({ "split": split });
    if set.is_made_from(&settings, &inputs) {
        return Ok(set);
    }
    let mut right: BTreeMap<u64, usize> = BTreeMap::new();
    for sample in samples.read::<Sample>()?.iter().filter(|sample| sample.correct) {
        *right.entry(sample.problem_id).or_default() += 1;
    }
    let rollouts: Vec<Rollouts> = rollouts.read()?;
    let mut seen: Vec<Vec<Seen>> = Vec::with_capacity(rollouts.len());
    for chunk in rollouts.chunks(SAMPLES_AT_ONCE) {
        bench.say(&name, seen.len(), rollouts.len());
        let items: Vec<_> =
            chunk.iter().map(|r| (r.sample.problem.as_str(), &r.sample.solution)).collect();
        let scores = score(&orm.llama, Role::Orm, &bench.tokenizer, &items)?;
        seen.extend(chunk.iter().zip(scores).map(|(one, scores)| {
            let right_samples = right.get(&one.sample.problem_id).copied().unwrap_or(0);
            let reached = certain(one, Rules::default());
            let steps = scores.steps.into_iter().zip(reached);
            steps.map(|(score, good)| Seen { score, reached: good > 0.0, right_samples }).collect()
        }));
    }
    let (doubt, lines) = believe(&rollouts, &seen);
    let doubted = lines.iter().flat_map(|one| &one.good).filter(|&&good| good < 1.0);
    let mut counts = BTreeMap::from([
        ("prefixes_not_reached".to_owned(), doubted.clone().count() as u64),
        ("of_these_good_as_expected".to_owned(), doubted.sum::<f64>().round() as u64),
    ]);
    for (name, missed) in GROUPS.iter().zip(doubt.missed) {
        counts.insert(format!("good_but_missed_per_mille_{name}"), (missed * 1e3).round() as u64);
    }
    set.write(&name, settings, inputs, counts, &lines)?;
    Ok(set)
}

/// Prefixes whose labels are guesses, from the shortest on. A whole solution is none: its answer is
/// right or wrong; and the prefixes of a right one were all reached.
pub(super) fn guesses(one: &Rollouts) -> usize {
    match one.sample.correct {
        true => 0,
        false => one.sample.solution.steps.len().saturating_sub(1),
    }
}

/// What is believed of each prefix; the guesses tell how often good ones are missed.
fn believe(rollouts: &[Rollouts], seen: &[Vec<Seen>]) -> (Doubt, Vec<Belief>) {
    let all = rollouts.iter().zip(seen).flat_map(|(one, seen)| &seen[..guesses(one)]);
    let doubt = Doubt::fit(&all.copied().collect::<Vec<_>>());
    let believe = |(one, seen): (&Rollouts, &Vec<Seen>)| {
        let good = |(i, &prefix): (usize, &Seen)| match i < guesses(one) {
            // Four digits are plenty, and a file is a third as long.
            true => (doubt.good(prefix) * 1e4).round() / 1e4,
            false => f64::from(prefix.reached),
        };
        Belief {
            problem_id: one.sample.problem_id,
            sample_id: one.sample.sample_id,
            good: seen.iter().enumerate().map(good).collect(),
        }
    };
    (doubt, rollouts.iter().zip(seen).map(believe).collect())
}

fn named(bench: &Bench, name: &str, split: Split) -> SetFile {
    SetFile::new(&bench.folder, &name_of(name, split))
}

fn name_of(name: &str, split: Split) -> String {
    let suffix = if split == Split::Train { "" } else { "-validation" };
    format!("{name}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Solution;
    use crate::lab::labels::Labels;
    use crate::lab::sets::Search;

    fn rolled_out(correct: bool, labels: &[bool]) -> Rollouts {
        let steps = labels.iter().map(|_| "1 + 1 = 2".to_owned()).collect();
        let sample = Sample {
            problem_id: 0,
            problem: String::new(),
            reference: "2".to_owned(),
            sample_id: 0,
            model: String::new(),
            seed: 0,
            solution: Solution { steps, answer_text: None },
            correct,
        };
        let labels = Labels {
            any_of_k: labels.to_vec(),
            consistent: labels.to_vec(),
            propagated: labels.to_vec(),
        };
        Rollouts { sample, search: Search::Bisect, traces: Vec::new(), labels }
    }

    #[test]
    fn only_prefixes_of_wrong_samples_that_no_rollout_reached_are_in_doubt() {
        let rollouts = [
            rolled_out(true, &[true, true]),
            rolled_out(false, &[true, false, false]),
            rolled_out(false, &[true, true, false]),
        ];
        let seen = |one: &Rollouts| -> Vec<Seen> {
            let reached = one.labels.propagated.iter();
            reached.map(|&reached| Seen { score: 0.6, reached, right_samples: 0 }).collect()
        };
        let seen: Vec<_> = rollouts.iter().map(seen).collect();
        let (doubt, believed) = believe(&rollouts, &seen);
        assert_eq!(believed[0].good, [1.0, 1.0]);
        assert_eq!(believed[2].good, [1.0, 1.0, 0.0], "the answer of a whole solution is no guess");
        let [reached, doubted, whole] = believed[1].good[..] else { panic!("three prefixes") };
        assert_eq!((reached, whole), (1.0, 0.0));
        assert!(0.0 < doubted && doubted < 1.0, "{doubted}");
        assert!(doubt.missed[0] > 0.0, "one of four looks as good as the others");
    }
}
