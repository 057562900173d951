//! How many labels buy how many points: annotators whose error rate is known label generated
//! problems' solutions, the SORM learns from them, and gold says what that was worth.

use std::path::Path;

use candle_core::Device;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::annotator::{Annotator, most};
use super::learn::{How, Place, learn};
use super::located::{Located, located, scores, threshold};
use super::order::Order;
use super::split::{Part, part};
use crate::domain::{Answer, Role, Solution};
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::formats::Stepwise;
use crate::lab::measure::{Figure, Models};
use crate::lab::problems::{WordProblem, first_wrong_equation};
use crate::lab::sampling::{Draw, draw, score};
use crate::lab::train::Progress;
use crate::model::{Llama, Weights};
use crate::pipeline::prompt;

/// A solution that could be labelled, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub problem: String,
    pub steps: Vec<String>,
    /// Gold: the first wrong step.
    pub truth: Option<usize>,
    pub answer_right: bool,
    /// The ORM's score of the whole, the SORM's of each step: what the queue goes by.
    pub orm: f64,
    pub sorm: Vec<f64>,
}

/// What is simulated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Simulation {
    pub error_rate: f64,
    /// People a solution.
    pub overlap: usize,
    /// Solutions bought, each number apart.
    pub budgets: Vec<usize>,
    /// Of the annotators, the order and the training.
    pub seeds: Vec<u64>,
    pub how: How,
}

/// What the simulation works on.
#[derive(Clone, Copy)]
pub struct Market<'a> {
    /// Solutions to buy labels of.
    pub pool: &'a [Judged],
    /// Solutions of other problems, with gold.
    pub held_out: &'a [Judged],
    /// The SORM that learns, and its threshold.
    pub start: &'a Weights,
    pub threshold: f64,
    pub tokenizer: &'a Tokenizer,
    pub device: &'a Device,
    /// For states and metrics of the trainings.
    pub folder: &'a Path,
}

/// What some labels bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bought {
    pub order: Order,
    pub seed: u64,
    /// Solutions, ratings of steps by all people together, and labels after resolution.
    pub solutions: usize,
    pub ratings: usize,
    pub labels: usize,
    /// Of the labels, those that gold says otherwise.
    pub wrong_labels: usize,
    pub after: Located,
    /// Against the SORM before, at the threshold it is used with.
    pub gain: Figure,
}

/// Solutions of a model, judged by gold and scored; those without steps are left out.
///
/// # Errors
/// [`LabError`] when a model fails.
pub fn pool(
    models: &Models,
    tokenizer: &Tokenizer,
    problems: &[WordProblem],
) -> Result<Vec<Judged>, LabError> {
    let prompts = problems.iter().map(|p| prompt::policy(tokenizer, &p.text));
    let prompts = prompts.collect::<Result<Vec<_>, _>>()?;
    let drawn = draw(models.of(Role::Policy), Role::Policy, tokenizer, prompts, Draw::GREEDY)?;
    let drafts: Vec<(&WordProblem, Solution)> = problems
        .iter()
        .zip(drawn.solutions.into_iter().filter_map(|mut samples| samples.pop()))
        .filter(|(_, draft)| !draft.steps.is_empty())
        .collect();
    let items: Vec<_> = drafts.iter().map(|(p, draft)| (p.text.as_str(), draft)).collect();
    let orm = score(models.of(Role::Orm), Role::Orm, tokenizer, &items)?;
    let sorm = score(models.of(Role::Sorm), Role::Sorm, tokenizer, &items)?;
    let mut judged = Vec::with_capacity(drafts.len());
    for (((problem, draft), orm), sorm) in drafts.into_iter().zip(orm).zip(sorm) {
        judged.push(Judged {
            problem: problem.text.clone(),
            truth: first_wrong_equation(&problem.world, &draft.steps),
            answer_right: draft.answer() == Answer::parse(&problem.answer.to_string()),
            orm: orm.whole,
            sorm: sorm.steps,
            steps: draft.steps,
        });
    }
    Ok(judged)
}

/// Simulates every order, budget and seed. `say` is told each result when it is there.
///
/// # Errors
/// [`LabError`] from models, trainings and files; [`LabError::Nothing`] without solutions.
pub fn simulate(
    market: Market<'_>,
    simulation: &Simulation,
    report: &mut dyn FnMut(&Progress),
    say: &mut dyn FnMut(&Bought),
) -> Result<(Located, Vec<Bought>), LabError> {
    let Market { pool, held_out, start, tokenizer, .. } = market;
    if pool.is_empty() || held_out.is_empty() {
        let reason = format!("{} solutions to label, {} held out", pool.len(), held_out.len());
        return Err(LabError::Nothing { stage: "simulate", reason });
    }
    let gold: Vec<Stepwise> = held_out.iter().map(truth).collect();
    let old = Llama::new(start.clone());
    let before = located(&old, tokenizer, &gold, market.threshold)?;
    let mut all = Vec::new();
    for &seed in &simulation.seeds {
        for order in Order::ALL {
            let line = order.arrange(pool, market.threshold, seed);
            for &budget in &simulation.budgets {
                let chosen = &line[..budget.min(line.len())];
                let bought =
                    buy(market, simulation, order, seed, chosen, (&gold, &before), report)?;
                say(&bought);
                all.push(bought);
            }
        }
    }
    Ok((before, all))
}

fn buy(
    market: Market<'_>,
    simulation: &Simulation,
    order: Order,
    seed: u64,
    chosen: &[usize],
    (gold, before): (&[Stepwise], &Located),
    report: &mut dyn FnMut(&Progress),
) -> Result<Bought, LabError> {
    let Market { pool, start, tokenizer, device, folder, .. } = market;
    let Labels { records, ratings, wrong } = label(pool, chosen, simulation, seed);
    let of = |wanted: &[Part]| -> Vec<Stepwise> {
        records.iter().filter(|r| wanted.contains(&part(&r.problem, seed))).cloned().collect()
    };
    // Gold is the test here, so that nothing that was bought is left out.
    let (training, validation) = (of(&[Part::Train, Part::Test]), of(&[Part::Validation]));
    let name = format!("{}-{}-{seed}", order.as_str(), chosen.len());
    let folder = folder.join(name);
    let place = Place { start, tokenizer, device, folder: &folder };
    let how = How { seed, ..simulation.how.clone() };
    let (llama, cut) = match learn(place, &[], &training, &validation, &how, report) {
        Ok(learned) => (learned.llama, learned.threshold),
        // Too few to learn from, or all of one kind; a threshold is all that they can give.
        Err(LabError::Nothing { .. }) => {
            let old = Llama::new(start.clone());
            let cut = match training.is_empty() {
                true => market.threshold,
                false => threshold(&scores(&old, tokenizer, &training)?, &training),
            };
            (old, cut)
        }
        Err(error) => return Err(error),
    };
    let after = located(&llama, tokenizer, gold, cut)?;
    Ok(Bought {
        order,
        seed,
        solutions: chosen.len(),
        ratings,
        labels: records.iter().map(|record| record.steps.len()).sum(),
        wrong_labels: wrong,
        gain: before.gain(&after, seed),
        after,
    })
}

/// What the annotators said.
struct Labels {
    records: Vec<Stepwise>,
    ratings: usize,
    wrong: usize,
}

fn label(pool: &[Judged], chosen: &[usize], simulation: &Simulation, seed: u64) -> Labels {
    let person = Annotator { error_rate: simulation.error_rate };
    let (mut records, mut ratings, mut wrong) = (Vec::new(), 0, 0);
    for &index in chosen {
        let one = &pool[index];
        // By the solution, not by its turn: the same people say the same of it in every order.
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ ((index as u64) << 20));
        let steps = one.steps.len();
        let said: Vec<_> = (0..simulation.overlap.max(1))
            .map(|_| person.judge(steps, one.truth, &mut rng))
            .collect();
        ratings += said.iter().map(|first| first.unwrap_or(steps)).sum::<usize>();
        let (known, first_error) = most(steps, &said);
        if known == 0 {
            continue;
        }
        let right = |step: usize| one.truth.is_none_or(|error| step < error);
        wrong += (1..=known).filter(|&step| (first_error != Some(step)) != right(step)).count();
        records.push(Stepwise {
            problem: one.problem.clone(),
            steps: one.steps[..known].to_vec(),
            first_error,
        });
    }
    Labels { records, ratings, wrong }
}

fn truth(one: &Judged) -> Stepwise {
    Stepwise { problem: one.problem.clone(), steps: one.steps.clone(), first_error: one.truth }
}

#[cfg(test)]
#[path = "simulate_tests.rs"]
mod tests;
