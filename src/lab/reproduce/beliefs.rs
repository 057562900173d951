//! How likely the prefixes of samples are good, all things considered: what the SORM learns.

use std::collections::BTreeMap;

use serde_json::json;

use super::bench::Bench;
use super::roles::Course;
use crate::domain::Role;
use crate::lab::LabError;
use crate::lab::doubt::GROUPS;
use crate::lab::files::SetFile;
use crate::lab::labels::Rules;
use crate::lab::problems::Split;
use crate::lab::sampling::score;
use crate::lab::sets::{Belief, Rollouts, believe, certain, right_samples};

/// Samples the ORM scores in one go.
const SAMPLES_AT_ONCE: usize = 2_000;
/// Names of the groups that doubts tell apart, in their order.
const GROUP_NAMES: [&str; GROUPS] = ["unsolved", "solved_once", "solved_twice", "solved_more"];

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
    let right = right_samples(&samples.read()?);
    let rollouts: Vec<Rollouts> = rollouts.read()?;
    let mut scores = Vec::with_capacity(rollouts.len());
    for chunk in rollouts.chunks(SAMPLES_AT_ONCE) {
        bench.say(&name, scores.len(), rollouts.len());
        let items: Vec<_> =
            chunk.iter().map(|r| (r.sample.problem.as_str(), &r.sample.solution)).collect();
        let scored = score(&orm.llama, Role::Orm, &bench.tokenizer, &items)?;
        scores.extend(scored.into_iter().map(|scores| scores.steps));
    }
    let (doubt, lines) = believe(&rollouts, &scores, &right);
    let doubted = lines.iter().flat_map(|one| &one.good).filter(|&&good| good < 1.0);
    let mut counts = BTreeMap::from([
        ("prefixes_not_reached".to_owned(), doubted.clone().count() as u64),
        ("of_these_good_as_expected".to_owned(), doubted.sum::<f64>().round() as u64),
    ]);
    for (name, missed) in GROUP_NAMES.iter().zip(doubt.missed) {
        counts.insert(format!("good_but_missed_per_mille_{name}"), (missed * 1e3).round() as u64);
    }
    set.write(&name, settings, inputs, counts, &lines)?;
    Ok(set)
}

fn named(bench: &Bench, name: &str, split: Split) -> SetFile {
    SetFile::new(&bench.folder, &name_of(name, split))
}

fn name_of(name: &str, split: Split) -> String {
    let suffix = if split == Split::Train { "" } else { "-validation" };
    format!("{name}{suffix}")
}
