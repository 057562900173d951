//! `glore bench train`: how fast this machine trains.

use std::time::Instant;

use candle_core::Device;

use crate::cli::print;
use crate::lab::problems::{Difficulty, Split, problems};
use crate::lab::sets::{solutions, student_set};
use crate::lab::train::{Plan, Task, train};
use crate::model::{AdamSettings, Head, LlamaConfig, Tokenizer, Weights};

/// Time the lab on this machine
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Training: tokens a second for three model sizes, beside this machine's matrix products.
    Train {
        /// Optimiser steps a size.
        #[arg(long, default_value_t = 20)]
        steps: usize,
    },
}

/// Width, layers and feed-forward width: about 1, 2 and 5 million parameters.
const SIZES: [(usize, usize, usize); 3] = [(128, 4, 352), (160, 5, 448), (256, 6, 704)];

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let What::Train { steps } = args.what;
    let problems: Vec<_> = problems(Split::Train, 1, Difficulty::default()).take(4_000).collect();
    let texts: Vec<String> =
        problems.iter().flat_map(|p| [p.text.clone(), p.solution_text()]).collect();
    let tokenizer = Tokenizer::train(texts.iter().map(String::as_str), 1024)?;
    let examples = student_set(&tokenizer, solutions(&problems), 1)?;
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
            stop_at: None,
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
            device: &Device::Cpu,
            folder: folder.path(),
        };
        let done = train(task, weights, &mut |_| {})?;
        let rate = done.tokens as f64 / clock.elapsed().as_secs_f64();
        // Forward and backward take about six operations a parameter and token (Kaplan et al. 2020).
        let share = 100.0 * rate * 6.0 * parameters as f64 / peak;
        print(&format!(
            "{:.1} M parameters: {rate:.0} tokens/s, {share:.0} % of the matrix products' rate\n",
            parameters as f64 / 1e6
        ))?;
    }
    Ok(())
}

/// Operations a second of large matrix products on as many threads as training uses.
fn matrix_rate() -> f64 {
    const N: usize = 512;
    const TIMES: usize = 40;
    let one = || {
        let (a, b) = (vec![1.0f32; N * N], vec![1.0f32; N * N]);
        let mut c = vec![0.0f32; N * N];
        for _ in 0..TIMES {
            crate::model::matmul(&mut c, &a, &b, N, N, false);
        }
        c[0]
    };
    let clock = Instant::now();
    let (a, b) = rayon::join(one, one);
    let seconds = clock.elapsed().as_secs_f64();
    // The results are used, so the products cannot be left out.
    assert!(a == b, "two equal products differ");
    2.0 * TIMES as f64 * 2.0 * (N * N * N) as f64 / seconds
}
