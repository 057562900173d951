//! `glore bench train`: tokens a second for three model sizes, beside matrix products.

use std::time::Instant;

use candle_core::Device;

use crate::cli::print;
use crate::lab::problems::{Difficulty, Split, problems};
use crate::lab::sets::{solutions, student_set};
use crate::lab::train::{Plan, Task, train};
use crate::model::{AdamSettings, Head, LlamaConfig, Tokenizer, Weights};

/// Width, layers and feed-forward width: about 1, 2 and 5 million parameters.
const SIZES: [(usize, usize, usize); 3] = [(128, 4, 352), (160, 5, 448), (256, 6, 704)];

/// Trains each size for `steps` optimiser steps and prints its rate.
pub(super) fn run(steps: usize) -> anyhow::Result<()> {
    let problems: Vec<_> = problems(Split::Train, 1, Difficulty::default()).take(4_000).collect();
    let texts: Vec<String> =
        problems.iter().flat_map(|p| [p.text.clone(), p.solution_text()]).collect();
    let tokenizer = Tokenizer::train(texts.iter().map(String::as_str), 1024)?;
    let examples = student_set(&tokenizer, solutions(&problems), 1)?;
    let (tokens, reads) = examples
        .iter()
        .fold((0, 0), |(tokens, reads), e| (tokens + e.tokens.len(), reads + e.reads.len()));
    let read_share = reads as f64 / tokens as f64;
    let peak = matrix_rate();
    print(&format!("matrix products, two threads: {:.0} GFLOP/s\n", peak / 1e9))?;
    for (width, layers, feed_forward) in SIZES {
        let config = LlamaConfig::small(tokenizer.vocab_size(), width, layers, feed_forward);
        let weights = Weights::random(&config, 1);
        let parameters = weights.parameters();
        let folder = tempfile::tempdir()?;
        let plan = Plan {
            name: "bench".to_owned(),
            steps,
            tokens_per_step: 4096,
            rate: 1e-3,
            warm_up: 1,
            validate_every: usize::MAX,
            patience: 1,
            seed: 1,
            adam: AdamSettings::default(),
        };
        let clock = Instant::now();
        let task = Task {
            plan: &plan,
            head: Head::Vocabulary,
            examples: &examples,
            held_out: &examples[..1],
            held_out_head: Head::Vocabulary,
            device: &Device::Cpu,
            folder: folder.path(),
        };
        let done = train(task, weights, &mut |_| {})?;
        let rate = done.tokens as f64 / clock.elapsed().as_secs_f64();
        let share = 100.0 * rate * operations(&config, read_share) / peak;
        print(&format!(
            "{:.1} M parameters: {rate:.0} tokens/s, {share:.0} % of the matrix products' rate\n",
            parameters as f64 / 1e6
        ))?;
    }
    Ok(())
}

/// Operations of the matrix products of one token's forward and backward pass: six a weight (Kaplan
/// et al. 2020), the output head only where it is read. Attention is left out.
fn operations(config: &LlamaConfig, read_share: f64) -> f64 {
    let (hidden, wide) = (config.hidden_size as f64, config.intermediate_size as f64);
    let block = 4.0 * hidden * hidden + 3.0 * hidden * wide;
    let head = config.vocab_size as f64 * hidden * read_share;
    6.0 * (config.num_hidden_layers as f64 * block + head)
}

/// Operations a second of large matrix products on as many threads as training uses: the best of a
/// few rounds, the first of which only warms up.
pub(super) fn matrix_rate() -> f64 {
    const N: usize = 768;
    const ROUNDS: usize = 4;
    const TIMES: usize = 10;
    let rate = || {
        let (a, b) = (vec![1.0f32; N * N], vec![1.0f32; N * N]);
        let mut c = vec![0.0f32; N * N];
        let round = |c: &mut [f32]| {
            let clock = Instant::now();
            for _ in 0..TIMES {
                crate::model::matmul(c, &a, &b, N, N, false);
            }
            TIMES as f64 * 2.0 * (N * N * N) as f64 / clock.elapsed().as_secs_f64()
        };
        (0..ROUNDS).map(|_| round(&mut c)).fold(0.0, f64::max)
    };
    let (one, other) = rayon::join(rate, rate);
    one + other
}
