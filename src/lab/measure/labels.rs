//! How often the synthetic labels are right, against the worlds: before and after each rule, and for
//! fewer rollouts than were drawn.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::stats::{Figure, share_of};
use crate::domain::{Answer, Role};
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::labels::{Rules, Trace, label};
use crate::lab::problems::{WordProblem, World, first_wrong_equation};
use crate::lab::rollouts::{Verify, verify};
use crate::lab::sampling::{Draw, draw};
use crate::lab::sets::{Rollouts, Sample, Search};
use crate::model::Llama;
use crate::pipeline::prompt;

/// Label agreement under each choice of rules and each K.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelTable {
    /// Problems whose samples were labelled, and those set aside because no sample solved them.
    pub problems: usize,
    pub set_aside: usize,
    pub prefixes: usize,
    pub rows: Vec<LabelRow>,
}

/// Agreement with gold: a prefix is good as long as no equation in it is wrong in the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelRow {
    pub rule: String,
    pub k: usize,
    /// Problems are resampled for the interval; n counts problems.
    pub agreement: Figure,
    /// Prefixes labelled good that are wrong, and the other way round.
    pub false_good: usize,
    pub false_bad: usize,
}

/// The choices of rules that are compared; balance leaves prefixes out and changes no label.
const RULES: [(&str, bool, bool); 4] = [
    ("any-of-K", false, false),
    ("any-of-K, consistency", true, false),
    ("any-of-K, propagation", false, true),
    ("all rules", true, true),
];
const KS: [usize; 5] = [1, 2, 4, 8, 16];

/// Samples a student on problems, rolls every prefix out 16 times, and compares the labels that 1,
/// 2, 4, 8 and 16 of the rollouts give with the worlds.
///
/// # Errors
/// [`LabError`] when the model fails.
pub fn label_table(
    student: &Llama,
    tokenizer: &Tokenizer,
    problems: &[WordProblem],
    how: Draw,
) -> Result<LabelTable, LabError> {
    let (samples, set_aside) = distinct(student, tokenizer, problems, how)?;
    let most = KS.into_iter().max().unwrap_or(1);
    let Draw { temperature, seed, .. } = how;
    let how = Verify { search: Search::Full, k: most, temperature, seed };
    let (rolled, _) = verify(student, tokenizer, &samples, how)?;
    let world = |r: &Rollouts| &problems[r.sample.problem_id as usize].world;
    let gold: Vec<Vec<bool>> = rolled.iter().map(|r| truth(r, world(r))).collect();
    let of: Vec<u64> = rolled.iter().map(|r| r.sample.problem_id).collect();
    let mut rows = Vec::new();
    for (name, consistency, propagation) in RULES {
        for k in KS {
            let rules = Rules { consistency, propagation, balance: false };
            let labels: Vec<Vec<bool>> = rolled.iter().map(|r| with_fewer(r, k, rules)).collect();
            rows.push(row(name, k, (&of, &labels, &gold), seed));
        }
    }
    let of: BTreeSet<u64> = of.into_iter().collect();
    let prefixes = gold.iter().map(Vec::len).sum();
    Ok(LabelTable { problems: of.len(), set_aside, prefixes, rows })
}

/// Distinct samples of problems that some sample solved, and how many problems were set aside.
fn distinct(
    student: &Llama,
    tokenizer: &Tokenizer,
    problems: &[WordProblem],
    how: Draw,
) -> Result<(Vec<Sample>, usize), LabError> {
    let prompts = problems.iter().map(|p| prompt::policy(tokenizer, &p.text));
    let prompts = prompts.collect::<Result<Vec<_>, _>>()?;
    let drawn = draw(student, Role::Policy, tokenizer, prompts, how)?;
    let (mut samples, mut set_aside) = (Vec::new(), 0);
    for (i, (problem, solutions)) in problems.iter().zip(drawn.solutions).enumerate() {
        let reference = problem.answer.to_string();
        let right = Answer::parse(&reference);
        if !solutions.iter().any(|s| s.answer() == right) {
            set_aside += 1;
            continue;
        }
        let mut seen = BTreeSet::new();
        for (k, solution) in solutions.into_iter().enumerate() {
            if solution.steps.is_empty() || !seen.insert(solution.join()) {
                continue;
            }
            samples.push(Sample {
                problem_id: i as u64,
                problem: problem.text.clone(),
                reference: reference.clone(),
                sample_id: k as u64,
                model: String::new(),
                seed: how.seed,
                correct: solution.answer() == right,
                solution,
            });
        }
    }
    Ok((samples, set_aside))
}

fn truth(rollouts: &Rollouts, world: &World) -> Vec<bool> {
    let steps = &rollouts.sample.solution.steps;
    let wrong = first_wrong_equation(world, steps);
    (1..=steps.len()).map(|length| wrong.is_none_or(|wrong| length < wrong)).collect()
}

/// The labels that the first `k` traces of each prefix give.
fn with_fewer(rollouts: &Rollouts, k: usize, rules: Rules) -> Vec<bool> {
    let Some(right) = rollouts.sample.right() else { return Vec::new() };
    let few = |traces: &Vec<Trace>| traces.iter().take(k).cloned().collect();
    let traces: Vec<Vec<Trace>> = rollouts.traces.iter().map(few).collect();
    label(&rollouts.sample.solution, &right, &traces).under(rules)
}

/// Problem, labels and gold of each sample.
type Judged<'a> = (&'a [u64], &'a [Vec<bool>], &'a [Vec<bool>]);

fn row(rule: &str, k: usize, (of, labels, gold): Judged, seed: u64) -> LabelRow {
    let each = || labels.iter().flatten().zip(gold.iter().flatten());
    let mut by_problem: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for ((problem, labels), gold) in of.iter().zip(labels).zip(gold) {
        let (same, all) = by_problem.entry(*problem).or_default();
        *same += labels.iter().zip(gold).filter(|(label, gold)| label == gold).count() as f64;
        *all += gold.len() as f64;
    }
    let by_problem: Vec<(f64, f64)> = by_problem.into_values().collect();
    LabelRow {
        rule: rule.to_owned(),
        k,
        agreement: share_of(&by_problem, seed),
        false_good: each().filter(|(label, gold)| **label && !**gold).count(),
        false_bad: each().filter(|(label, gold)| !**label && **gold).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_error_are_counted() {
        let labels = [vec![true, true, false], vec![false], vec![true]];
        let gold = [vec![true, false, false], vec![true], vec![true]];
        let row = row("all rules", 8, (&[4, 4, 9], &labels, &gold), 1);
        assert_eq!((row.agreement.value, row.agreement.n), (Some(0.6), 2), "two problems");
        assert_eq!((row.false_good, row.false_bad), (1, 1));
    }
}
