//! The shipped models: a real solve goes from problem to choice, again and again the same.

use std::sync::Arc;

use glore::config::{Config, EngineKind};
use glore::domain::{Clock, Problem, RunId, RunStatus, Strategy, SystemClock};
use glore::engine::{Cancel, Engine, load};
use glore::lab::problems::{Difficulty, Split, WordProblem, problems};
use glore::pipeline::{Ask, Order, Settings};

fn config(kind: EngineKind, dir: &std::path::Path) -> Config {
    let mut config = Config::default();
    config.engine.kind = kind;
    config.engine.replicas = 1;
    config.store.dir = dir.to_owned();
    config
}

/// The embedded models on one engine.
pub fn loaded(kind: EngineKind, dir: &std::path::Path) -> Arc<dyn Engine> {
    load(&config(kind, dir)).expect("loaded")
}

/// Problems that no model was trained on.
pub fn some_problems(n: usize) -> Vec<WordProblem> {
    problems(Split::Test, 9, Difficulty::default()).take(n).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_models_solve_and_the_same_seed_gives_the_same_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let engine = loaded(EngineKind::Batch, dir.path());
    let solve = async |problem: &WordProblem| {
        let order = Order {
            id: RunId::new(),
            problem: Problem::parse(&problem.text, Some(&problem.answer.to_string()))
                .expect("a problem"),
            ask: Ask::Solve { strategy: Strategy::Glore },
            settings: Settings {
                samples: 1,
                temperature: 0.0,
                max_tokens: 192,
                seed: 3,
                gate: None,
            },
        };
        let now = SystemClock.now();
        let run = glore::pipeline::run(engine.as_ref(), &order, now, &Cancel::new(), &|_| {}).await;
        run.expect("solved")
    };
    let problems = some_problems(40);
    let mut right = 0;
    for problem in &problems {
        let run = solve(problem).await;
        assert_eq!(run.status, RunStatus::Completed);
        let chosen = run.chosen_solution().expect("one was chosen");
        assert!(run.solutions.iter().all(|s| s.orm <= chosen.orm), "the ORM chooses the highest");
        right += usize::from(chosen.correct == Some(true));
    }
    // The evaluation says what they can do; this only tells trained models from broken ones.
    assert!(right >= 10, "{right} of {} are right", problems.len());
    let (a, b) = (solve(&problems[0]).await, solve(&problems[0]).await);
    let texts = |run: &glore::domain::Run| {
        run.solutions.iter().map(|s| (s.step_texts(), s.orm)).collect::<Vec<_>>()
    };
    assert_eq!(texts(&a), texts(&b));
}
