//! What is kept comes back exactly as it was.

use glore::domain::{
    Finish, Probability, ProblemId, Run, RunError, RunId, RunKind, RunProblem, RunStatus,
    ScoredSolution, ScoredStep, SolutionId, SolutionKind, Strategy as SolveStrategy, Threshold,
    ThresholdSource, Timestamp, Timings,
};
use proptest::prelude::*;

use crate::app::TestApp;

/// A completed run with one solution, which was chosen.
pub fn sample_run(kind: SolutionKind, correct: Option<bool>) -> Run {
    let solution = ScoredSolution {
        id: SolutionId::new(),
        kind,
        from_step: None,
        steps: vec![ScoredStep { index: 1, text: "1 + 1 = 2".to_owned(), sorm: None, orm: None }],
        answer: Some("2".to_owned()),
        orm: Probability::new(0.75),
        first_error_step: None,
        correct,
        tokens: 7,
        finish: Finish::Stop,
        seed: 0,
        model: "m".to_owned(),
        prompt: String::new(),
    };
    Run {
        id: RunId::new(),
        object: Run::OBJECT.to_owned(),
        kind: RunKind::Solve,
        strategy: SolveStrategy::Glore,
        status: RunStatus::Completed,
        problem: RunProblem {
            id: ProblemId::new(),
            text: "What is 1 + 1?".to_owned(),
            reference_answer: None,
        },
        chosen: Some(solution.id),
        answer: solution.answer.clone(),
        solutions: vec![solution],
        threshold: Threshold {
            sorm: Probability::new(0.5).expect("a probability"),
            source: ThresholdSource::Validation,
        },
        timings_ms: Timings { queue: 1, draft: 2, score: 3, refine: 4, rerank: 5 },
        notes: Vec::new(),
        error: None,
        priority: None,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn probability() -> impl Strategy<Value = Option<Probability>> {
    prop_oneof![Just(None), (0.0f64..=1.0).prop_map(Probability::new), Just(Probability::new(1.0))]
}

fn solution() -> impl Strategy<Value = ScoredSolution> {
    let kind = prop::sample::select(vec![
        SolutionKind::Draft,
        SolutionKind::Global,
        SolutionKind::Local,
        SolutionKind::Sample,
        SolutionKind::Given,
    ]);
    let finish = prop::sample::select(vec![Finish::Stop, Finish::Length, Finish::Given]);
    let steps = prop::collection::vec(("\\PC{0,20}", probability(), probability()), 0..5);
    let numbers =
        (prop::option::of(1usize..9), prop::option::of(1usize..9), 0usize..5000, any::<u64>());
    let answer = prop::option::of("\\PC{0,9}");
    let rest = (answer, probability(), any::<Option<bool>>(), "\\PC{0,40}");
    (kind, finish, steps, numbers, rest).prop_map(|(kind, finish, steps, numbers, rest)| {
        let (from_step, first_error_step, tokens, seed) = numbers;
        let (answer, orm, correct, prompt) = rest;
        let steps = steps.into_iter().enumerate();
        let steps =
            steps.map(|(i, (text, sorm, orm))| ScoredStep { index: i + 1, text, sorm, orm });
        let (id, steps, model) = (SolutionId::new(), steps.collect(), prompt.clone());
        ScoredSolution {
            id,
            kind,
            from_step,
            steps,
            answer,
            orm,
            first_error_step,
            correct,
            tokens,
            finish,
            seed,
            model,
            prompt,
        }
    })
}

fn run() -> impl Strategy<Value = Run> {
    let status =
        prop::sample::select(vec![RunStatus::Completed, RunStatus::Failed, RunStatus::Cancelled]);
    let solutions = prop::collection::vec(solution(), 0..4);
    let texts =
        ("\\PC{1,40}", prop::option::of("\\PC{0,9}"), prop::collection::vec("\\PC{0,20}", 0..3));
    let moment = (0i64..4_000_000_000, 0u32..1_000_000_000);
    (status, solutions, texts, moment, any::<bool>(), any::<[u32; 5]>()).prop_map(
        |(status, solutions, (text, reference_answer, notes), (s, ns), choose, ms)| {
            let chosen = solutions.last().filter(|_| choose);
            let error = RunError { code: text.clone(), detail: notes.concat() };
            let [queue, draft, score, refine, rerank] = ms.map(u64::from);
            let at = Timestamp::from_unix_timestamp(s).expect("a moment");
            Run {
                status,
                chosen: chosen.map(|solution| solution.id),
                answer: chosen.and_then(|solution| solution.answer.clone()),
                problem: RunProblem { id: ProblemId::new(), text, reference_answer },
                timings_ms: Timings { queue, draft, score, refine, rerank },
                error: (status == RunStatus::Failed).then_some(error),
                created_at: at.replace_nanosecond(ns).expect("nanoseconds"),
                notes,
                solutions,
                ..sample_run(SolutionKind::Draft, None)
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_run_comes_back_as_it_was(runs in prop::collection::vec(run(), 8)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let app = TestApp::new().await;
            for run in &runs {
                app.app.store.runs().insert(run).await.expect("kept");
            }
            for run in &runs {
                let back = app.app.store.runs().get(run.id).await.expect("read");
                assert_eq!(back.as_ref(), Some(run));
            }
        });
    }
}

#[tokio::test]
async fn a_run_is_kept_whole_or_not_at_all() {
    let app = TestApp::new().await;
    let runs = app.app.store.runs();
    let mut run = sample_run(SolutionKind::Draft, None);
    let twin = run.solutions[0].clone();
    run.solutions.push(twin);
    runs.insert(&run).await.expect_err("two solutions with one id");
    assert_eq!(runs.get(run.id).await.expect("read"), None);
    assert_eq!(runs.counts().await.expect("counts").all(), 0);
}
