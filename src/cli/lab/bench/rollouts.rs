//! `glore bench rollouts`: how fast prefixes are rolled out, and what sharing and halving save.

use std::time::Instant;

use anyhow::ensure;

use super::train::matrix_rate;
use crate::cli::lab::models::in_use;
use crate::cli::print;
use crate::config::Config;
use crate::domain::{Answer, Role};
use crate::engine::batch::Effort;
use crate::lab::problems::{Difficulty, Split, problems};
use crate::lab::rollouts::{Verify, verify};
use crate::lab::sampling::{Draw, draw};
use crate::lab::sets::{Sample, Search};
use crate::model::LlamaConfig;
use crate::pipeline::prompt;

const SAMPLES: usize = 4;
const TEMPERATURE: f32 = 0.8;
/// Rollouts of a prefix, as in the paper.
const K: usize = 8;

/// Rolls out wrong samples of `count` validation problems by a full search and by bisection.
pub(super) fn run(count: usize, config: &Config) -> anyhow::Result<()> {
    ensure!(count > 0, "--problems 0: there is nothing to time");
    let used = in_use(config)?;
    let (policy, tokenizer) = (used.llama(Role::Policy), &used.tokenizer);
    let told: Vec<_> = problems(Split::Validation, 1, Difficulty::default()).take(count).collect();
    let prompts = told.iter().map(|p| prompt::policy(tokenizer, &p.text));
    let prompts = prompts.collect::<Result<Vec<_>, _>>()?;
    let how = Draw { n: SAMPLES, temperature: TEMPERATURE, seed: 1 };
    let drawn = draw(policy, Role::Policy, tokenizer, prompts, how)?;
    let mut samples = Vec::new();
    for (i, (problem, solutions)) in told.iter().zip(drawn.solutions).enumerate() {
        let reference = problem.answer.to_string();
        for (k, solution) in solutions.into_iter().enumerate() {
            if solution.answer() == Answer::parse(&reference) {
                continue;
            }
            samples.push(Sample {
                problem_id: i as u64,
                problem: problem.text.clone(),
                reference: reference.clone(),
                sample_id: k as u64,
                model: String::new(),
                seed: 1,
                correct: false,
                solution,
            });
        }
    }
    ensure!(!samples.is_empty(), "the policy solved every problem: nothing to roll out");
    let peak = matrix_rate();
    let operations = operations(&policy.weights().config);
    print(&format!("{} wrong samples of {count} problems, K = {K}\n", samples.len()))?;
    for (name, search) in [("full search", Search::Full), ("bisection", Search::Bisect)] {
        let how = Verify { search, k: K, temperature: TEMPERATURE, seed: 1 };
        let clock = Instant::now();
        let (_, effort) = verify(policy, tokenizer, &samples, how)?;
        let seconds = clock.elapsed().as_secs_f64();
        print(&line(name, effort, seconds, samples.len(), operations / peak))?;
    }
    Ok(())
}

fn line(name: &str, effort: Effort, seconds: f64, samples: usize, cost: f64) -> String {
    let tokens = (effort.read + effort.written) as f64;
    format!(
        "{name}: {:.1} samples/s, {:.0} rollouts/s, {:.0} tokens/s written, {:.0} % of the reading \
         saved by sharing, {:.0} % of the matrix products' rate\n",
        samples as f64 / seconds,
        effort.finished as f64 / seconds,
        effort.written as f64 / seconds,
        100.0 * (1.0 - effort.read as f64 / effort.read_apart.max(1) as f64),
        100.0 * tokens / seconds * cost,
    )
}

/// Operations of the matrix products of one token's forward pass, two a weight; attention is left
/// out.
fn operations(config: &LlamaConfig) -> f64 {
    let (hidden, wide) = (config.hidden_size as f64, config.intermediate_size as f64);
    let block = 4.0 * hidden * hidden + 3.0 * hidden * wide;
    2.0 * (config.num_hidden_layers as f64 * block + config.vocab_size as f64 * hidden)
}
