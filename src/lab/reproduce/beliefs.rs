//! How likely the prefixes of samples are good, all things considered: what the SORM learns.

use std::collections::BTreeMap;

use serde_json::json;

use super::bench::{Bench, set_name};
use super::roles::Course;
use crate::domain::Role;
use crate::lab::LabError;
use crate::lab::doubt::GROUPS;
use crate::lab::files::SetFile;
use crate::lab::problems::Split;
use crate::lab::sampling::score;
use crate::lab::sets::{Belief, Known, Rollouts, believe, guesses};

/// Samples the ORM scores in one go.
const SAMPLES_AT_ONCE: usize = 2_000;
/// Names of the groups that doubts tell apart, in their order.
const GROUP_NAMES: [&str; GROUPS] = ["unsolved", "solved_once", "solved_twice", "solved_more"];

/// What is believed of each prefix of the rollouts of a split; the stage has to be done.
///
/// # Errors
/// [`LabError`] from files.
pub(super) fn believed(bench: &Bench, split: Split) -> Result<Vec<Vec<f64>>, LabError> {
    let beliefs: Vec<Belief> = bench.set("beliefs", split).read()?;
    Ok(beliefs.into_iter().map(|one| one.good).collect())
}

/// Writes what is believed of the rollouts of a split, line by line as they are.
///
/// # Errors
/// [`LabError`] from the model and files.
pub fn beliefs(bench: &mut Bench, split: Split) -> Result<SetFile, LabError> {
    let name = set_name("beliefs", split);
    let [samples, rollouts, set] =
        ["samples", "rollouts", "beliefs"].map(|name| bench.set(name, split));
    let orm = bench.named(Course::OrmOfStudent.name())?;
    let mut inputs = BTreeMap::from([("orm".to_owned(), orm.hash.clone())]);
    for (name, of) in [("samples", &samples), ("rollouts", &rollouts)] {
        inputs.insert(name.to_owned(), of.manifest().map(|m| m.sha256).unwrap_or_default());
    }
    let settings = json!({ "split": split, "reached": "by the same sums, done right" });
    if set.is_made_from(&settings, &inputs) {
        return Ok(set);
    }
    let rollouts: Vec<Rollouts> = rollouts.read()?;
    let known = Known::of(&samples.read()?, &rollouts);
    let mut scores = Vec::with_capacity(rollouts.len());
    for chunk in rollouts.chunks(SAMPLES_AT_ONCE) {
        bench.say(&name, scores.len(), rollouts.len());
        let items: Vec<_> =
            chunk.iter().map(|r| (r.sample.problem.as_str(), &r.sample.solution)).collect();
        let scored = score(&orm.llama, Role::Orm, &bench.tokenizer, &items)?;
        scores.extend(scored.into_iter().map(|scores| scores.steps));
    }
    let (doubt, lines) = believe(&rollouts, &scores, &known);
    let guessed = rollouts.iter().zip(&lines).flat_map(|(one, line)| &line.good[..guesses(one)]);
    let doubted = guessed.filter(|&&good| good < 1.0);
    let mut counts = BTreeMap::from([
        ("in_doubt".to_owned(), doubted.clone().count() as u64),
        ("good_as_expected".to_owned(), doubted.sum::<f64>().round() as u64),
    ]);
    for (name, missed) in GROUP_NAMES.iter().zip(doubt.missed) {
        counts.insert(format!("good_but_missed_per_mille_{name}"), (missed * 1e3).round() as u64);
    }
    set.write(&name, settings, inputs, counts, &lines)?;
    Ok(set)
}
