use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::lab::problems::{Difficulty, Split, problems};
use crate::lab::runner::Runner;
use crate::model::LlamaConfig;

fn how(steps: usize) -> How {
    How { steps, tokens_per_step: 512, rate: 1e-3, language: 0.0, seed: 1 }
}

fn tokenizer() -> Tokenizer {
    let told: Vec<_> = problems(Split::Train, 1, Difficulty::default()).take(60).collect();
    let texts: Vec<String> =
        told.iter().flat_map(|p| [p.solution_text(), p.text.clone()]).collect();
    Tokenizer::train(texts.iter().map(String::as_str), 300).expect("trained")
}

fn small(tokenizer: &Tokenizer, seed: u64) -> Weights {
    Weights::random(&LlamaConfig::small(tokenizer.vocab_size(), 32, 1, 64), seed)
}

/// Worked solutions, every second one with its last step spoiled.
fn worked(split: Split, n: usize) -> Vec<Judged> {
    let each = problems(split, 1, Difficulty::default()).take(n).enumerate();
    each.map(|(i, problem)| {
        let mut steps = problem.steps.clone();
        if i % 2 == 1 {
            let last = steps.len() - 1;
            steps[last] = "9 + 9 = 99".to_owned();
        }
        Judged {
            truth: first_wrong_equation(&problem.world, &steps),
            problem: problem.text,
            sorm: steps.iter().map(|_| 0.5).collect(),
            steps,
            answer_right: i % 2 == 0,
            orm: 0.6,
        }
    })
    .collect()
}

#[test]
fn labels_are_bought_in_both_orders_and_the_same_seed_buys_the_same() {
    let tokenizer = tokenizer();
    let (pool, held_out) = (worked(Split::Train, 40), worked(Split::Test, 20));
    assert!(pool.iter().filter(|one| one.truth.is_some()).count() == 20, "half are wrong");
    let start = small(&tokenizer, 1);
    let simulation = Simulation {
        error_rate: 0.1,
        overlap: 3,
        budgets: vec![5, 40],
        seeds: vec![1],
        how: how(4),
    };
    let run = || {
        let folder = tempfile::tempdir().expect("a folder");
        let market = Market {
            pool: &pool,
            held_out: &held_out,
            start: &start,
            threshold: 0.5,
            tokenizer: &tokenizer,
            device: &Device::Cpu,
            folder: folder.path(),
        };
        let mut said = 0;
        let (before, bought) =
            simulate(market, &simulation, &mut |_| {}, &mut |_| said += 1).expect("simulated");
        assert_eq!(said, bought.len());
        (before, bought)
    };
    let (before, bought) = run();
    assert_eq!(before.accuracy.n, 20);
    let sizes: Vec<_> = bought.iter().map(|b| (b.order, b.solutions)).collect();
    assert_eq!(
        sizes,
        [(Order::Queue, 5), (Order::Queue, 40), (Order::Random, 5), (Order::Random, 40)]
    );
    for one in &bought {
        assert!(one.ratings >= one.labels && one.wrong_labels <= one.labels, "{one:?}");
        assert!(one.after.accuracy.value.is_some() && one.gain.value.is_some());
    }
    // All of the pool: the order no longer matters for what was said.
    assert_eq!(bought[1].labels, bought[3].labels);
    assert_eq!(bought[1].wrong_labels, bought[3].wrong_labels);
    assert_eq!(run(), (before, bought), "seeded");
}

#[test]
fn drafts_of_a_model_become_a_pool() {
    let tokenizer = tokenizer();
    let runner = |seed| Arc::new(Llama::new(small(&tokenizer, seed))) as Arc<dyn Runner>;
    let models: BTreeMap<Role, _> =
        [(Role::Policy, runner(1)), (Role::Orm, runner(2)), (Role::Sorm, runner(3))].into();
    let told: Vec<_> = problems(Split::Train, 1, Difficulty::default()).take(3).collect();
    let found = pool(&Models(models), &tokenizer, &told).expect("drawn");
    for one in &found {
        assert!(!one.steps.is_empty() && one.sorm.len() == one.steps.len());
        assert!((0.0..=1.0).contains(&one.orm));
    }
}

#[test]
fn sure_annotators_tell_the_truth() {
    let pool = worked(Split::Train, 10);
    let simulation = Simulation {
        error_rate: 0.0,
        overlap: 1,
        budgets: Vec::new(),
        seeds: Vec::new(),
        how: how(1),
    };
    let all: Vec<usize> = (0..pool.len()).collect();
    let Labels { records, wrong, ratings } = label(&pool, &all, &simulation, 3);
    assert_eq!(wrong, 0);
    assert_eq!(ratings, records.iter().map(|record| record.steps.len()).sum::<usize>());
    for (record, one) in records.iter().zip(&pool) {
        assert_eq!(record.first_error, one.truth);
    }
}
