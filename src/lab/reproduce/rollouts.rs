//! Rollouts of the prefixes of samples, and the labels they give.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::bench::Bench;
use super::parts::Parts;
use crate::domain::Role;
use crate::engine::batch::Effort;
use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::problems::Split;
use crate::lab::rollouts::{Verify, verify};
use crate::lab::sets::{Rollouts, Sample, Search};

/// Samples rolled out in one pass, which is what a stop loses at most.
const SAMPLES_A_PASS: usize = 4_096;
/// Name of the set of full searches, and rollouts of each prefix in it.
pub(super) const FULL_ROLLOUTS: &str = "rollouts-full";
pub(super) const MOST_ROLLOUTS: usize = 16;

/// Rollouts of the prefixes of samples: a bisection of training samples, half of them wrong ones where
/// there are enough, and a full search of the first validation sample of each problem. Samples of some
/// training problems that no sample solved are rolled out as well: most wrong drafts are of such
/// problems (docs/decisions/0045). Where no rollout gets there either they are set aside, since every
/// label would be 0 because the student is weak, not because a step is wrong. Of validation problems
/// none are, nor of drafts: a threshold that never saw a hopeless one is too low (docs/decisions/0043).
///
/// # Errors
/// [`LabError`] from the model and files.
pub fn rollouts(bench: &mut Bench, split: Split) -> Result<SetFile, LabError> {
    let preset = &bench.preset;
    let asked = match split {
        Split::Train => Asked {
            from: "samples",
            name: "rollouts",
            wanted: preset.rollout_samples,
            search: preset.search,
            k: preset.rollouts,
            choose: half_wrong,
            unsolved: Some(preset.unsolved_rollout_samples),
        },
        _ => Asked {
            from: "samples-validation",
            name: "rollouts-validation",
            wanted: preset.validation_rollouts,
            search: Search::Full,
            k: preset.rollouts,
            choose: first_of_each,
            unsolved: None,
        },
    };
    roll_out(bench, asked)
}

/// Rollouts of fewer training samples by a full search, and more of each prefix: what label rules
/// can be left out of, and fewer rollouts be simulated with.
///
/// # Errors
/// [`LabError`] from the model and files.
pub fn full_rollouts(bench: &mut Bench) -> Result<SetFile, LabError> {
    let (name, wanted) = (FULL_ROLLOUTS, bench.preset.full_rollout_samples);
    let (search, k, choose) = (Search::Full, MOST_ROLLOUTS, half_wrong as Choose);
    let asked = Asked { from: "samples", name, wanted, search, k, choose, unsolved: Some(0) };
    roll_out(bench, asked)
}

/// What is rolled out, and how.
pub(super) struct Asked {
    /// The set the samples come from.
    pub from: &'static str,
    pub name: &'static str,
    /// Samples, at most.
    pub wanted: usize,
    pub search: Search,
    pub k: usize,
    pub choose: Choose,
    /// Samples of problems that no sample solved, at most, of which those are kept that a rollout
    /// solves; `None`: all problems are taken as they come, and none is set aside.
    pub unsolved: Option<usize>,
}

/// Which of the samples, and at most how many, are rolled out.
pub(super) type Choose = fn(Vec<Sample>, usize) -> Vec<Sample>;

/// The set asked for; what was rolled out already is not rolled out again.
///
/// # Errors
/// [`LabError`] from the model and files.
pub(super) fn roll_out(bench: &mut Bench, asked: Asked) -> Result<SetFile, LabError> {
    let preset = bench.preset.clone();
    let Asked { from, name, wanted, search, k, unsolved, .. } = asked;
    let source = SetFile::new(&bench.folder, from);
    let student = bench.model(Role::Policy)?;
    let set = SetFile::new(&bench.folder, name);
    let settings = json!({
        "samples": wanted, "rollouts": k, "search": search, "solved_only": unsolved.is_some(),
        "unsolved": unsolved.unwrap_or(0), "temperature": preset.sample_temperature, "seed": preset.seed,
    });
    let made_of = source.manifest().map(|m| m.sha256).unwrap_or_default();
    let inputs =
        BTreeMap::from([("student".to_owned(), student.hash.clone()), (from.to_owned(), made_of)]);
    if set.is_made_from(&settings, &inputs) {
        return Ok(set);
    }
    let all: Vec<Sample> = source.read()?;
    let solved: BTreeSet<u64> = all.iter().filter(|s| s.correct).map(|s| s.problem_id).collect();
    let chosen = chosen(all, &solved, &asked);

    let mut lines = Vec::with_capacity(chosen.len());
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let parts = Parts::new(&bench.folder, name, &settings, &inputs);
    for (pass, chunk) in chosen.chunks(SAMPLES_A_PASS).enumerate() {
        bench.say(name, pass * SAMPLES_A_PASS, chosen.len());
        let seed = preset.seed.wrapping_add((pass as u64 + 1) << 40);
        let temperature = preset.sample_temperature;
        let how = Verify { search, k, temperature, seed };
        let (rolled, effort) = parts.pass(pass, || {
            let (rolled, effort) = verify(&student.llama, &bench.tokenizer, chunk, how)?;
            Ok((rolled, counted(effort)))
        })?;
        lines.extend(rolled);
        for (name, n) in effort {
            *counts.entry(name).or_default() += n;
        }
    }
    if unsolved.is_some() {
        let rolled_out = lines.len();
        lines = solvable(lines, solved);
        counts.insert("samples_set_aside".to_owned(), (rolled_out - lines.len()) as u64);
    }
    count_labels(&mut counts, &lines);
    set.write(name, settings, inputs, counts, &lines)?;
    parts.clear();
    Ok(set)
}

/// The samples that are rolled out, by problem.
fn chosen(all: Vec<Sample>, solved: &BTreeSet<u64>, asked: &Asked) -> Vec<Sample> {
    let (known, unsolved): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|s| asked.unsolved.is_none() || solved.contains(&s.problem_id));
    let mut chosen = (asked.choose)(known, asked.wanted);
    chosen.extend(unsolved.into_iter().take(asked.unsolved.unwrap_or(0)));
    chosen.sort_by_key(|s| (s.problem_id, s.sample_id));
    chosen
}

/// Those of problems that are `solved` or that a rollout of one of their samples solves.
fn solvable(mut lines: Vec<Rollouts>, mut solved: BTreeSet<u64>) -> Vec<Rollouts> {
    let reached = lines.iter().filter(|line| line.labels.propagated.contains(&true));
    solved.extend(reached.map(|line| line.sample.problem_id));
    lines.retain(|line| solved.contains(&line.sample.problem_id));
    lines
}

/// What the rollouts of a pass took, by name.
fn counted(effort: Effort) -> BTreeMap<String, u64> {
    let each = [
        ("tokens_written", effort.written),
        ("tokens_read", effort.read),
        ("tokens_read_apart", effort.read_apart),
        ("rollouts_begun", effort.begun),
        ("rollouts_finished", effort.finished),
    ];
    each.into_iter().map(|(name, n)| (name.to_owned(), n)).collect()
}

/// The first `wanted` samples, every second one wrong while there are wrong ones. Right ones are of
/// problems with wrong ones too while there are such: else a label could be told by the problem.
fn half_wrong(samples: Vec<Sample>, wanted: usize) -> Vec<Sample> {
    let (right, mut wrong): (Vec<_>, Vec<_>) = samples.into_iter().partition(|s| s.correct);
    wrong.truncate(wanted / 2);
    let failed: BTreeSet<u64> = wrong.iter().map(|s| s.problem_id).collect();
    let (beside, apart): (Vec<_>, Vec<_>) =
        right.into_iter().partition(|s| failed.contains(&s.problem_id));
    let mut chosen = wrong;
    chosen.extend(beside.into_iter().chain(apart));
    chosen.truncate(wanted);
    chosen.sort_by_key(|s| (s.problem_id, s.sample_id));
    chosen
}

/// The first sample of each of the first problems: as right and wrong as samples are
/// (docs/decisions/0040).
pub(super) fn first_of_each(samples: Vec<Sample>, wanted: usize) -> Vec<Sample> {
    let mut chosen = samples;
    chosen.sort_by_key(|s| (s.problem_id, s.sample_id));
    chosen.dedup_by_key(|s| s.problem_id);
    chosen.truncate(wanted);
    chosen
}

/// Positive labels before and after each rule.
fn count_labels(counts: &mut BTreeMap<String, u64>, lines: &[Rollouts]) {
    let mut add = |name: &str, labels: &[bool]| {
        let positive = labels.iter().filter(|&&label| label).count() as u64;
        *counts.entry(format!("positive_{name}")).or_default() += positive;
    };
    for line in lines {
        add("any_of_k", &line.labels.any_of_k);
        add("consistent", &line.labels.consistent);
        add("propagated", &line.labels.propagated);
    }
    let prefixes = lines.iter().map(|line| line.labels.propagated.len() as u64).sum();
    counts.insert("prefixes".to_owned(), prefixes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Solution;
    use crate::lab::labels::Labels;

    fn sample(problem_id: u64, sample_id: u64, correct: bool) -> Sample {
        Sample {
            problem_id,
            problem: String::new(),
            reference: "1".to_owned(),
            sample_id,
            model: String::new(),
            seed: 0,
            solution: Solution::split("#### 1"),
            correct,
        }
    }

    #[test]
    fn right_samples_are_those_of_problems_that_have_wrong_ones() {
        let mut samples: Vec<_> = (0..10).map(|k| sample(1, k, true)).collect();
        samples.extend([sample(2, 0, true), sample(2, 1, false), sample(3, 0, false)]);
        samples.extend([sample(3, 1, true), sample(4, 0, false), sample(4, 1, true)]);
        let chosen = |wanted| {
            let chosen = half_wrong(samples.clone(), wanted);
            chosen.into_iter().map(|s| (s.problem_id, s.correct)).collect::<Vec<_>>()
        };
        assert_eq!(chosen(4), [(2, true), (2, false), (3, false), (3, true)]);
        assert_eq!(chosen(8).iter().filter(|(problem, _)| *problem == 1).count(), 2);
        assert_eq!(chosen(99).len(), samples.len());
    }

    #[test]
    fn a_problem_that_a_rollout_solves_keeps_all_its_samples() {
        let line = |problem_id, sample_id, labels: &[bool]| Rollouts {
            sample: sample(problem_id, sample_id, false),
            search: Search::Bisect,
            traces: Vec::new(),
            labels: Labels { propagated: labels.to_vec(), ..Labels::default() },
        };
        let [lost, reached] = [[false, false], [true, false]];
        let lines = vec![line(1, 0, &lost), line(2, 0, &lost), line(2, 1, &reached)];
        let kept = |solved: &[u64]| -> Vec<_> {
            let kept = solvable(lines.clone(), solved.iter().copied().collect());
            kept.iter().map(|line| (line.sample.problem_id, line.sample.sample_id)).collect()
        };
        assert_eq!(kept(&[]), [(2, 0), (2, 1)]);
        assert_eq!(kept(&[1]), [(1, 0), (2, 0), (2, 1)]);
    }

    #[test]
    fn samples_as_they_come_are_the_first_of_each_problem() {
        let samples =
            vec![sample(2, 1, true), sample(1, 0, false), sample(1, 1, true), sample(2, 3, false)];
        let of = |wanted| {
            let chosen = first_of_each(samples.clone(), wanted);
            chosen.into_iter().map(|s| (s.problem_id, s.sample_id)).collect::<Vec<_>>()
        };
        assert_eq!(of(9), [(1, 0), (2, 1)]);
        assert_eq!(of(1), [(1, 0)]);
    }
}
