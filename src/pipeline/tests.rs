//! The pipeline as a whole, on scripted models.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::*;
use crate::domain::{
    Finish, Probability, Problem, Role, RunId, RunKind, RunStatus, Solution, SolutionKind,
    Strategy, replay,
};
use crate::engine::{EngineError, ScriptedEngine};

const WRONG: &str = "Ann has 2 + 2 = 5 pens.\nShe sells 1, so 5 - 1 = 4.\n#### 4\n";
const RIGHT: &str = "Ann has 2 + 2 = 4 pens.\nShe sells 1, so 4 - 1 = 3.\n#### 3\n";

fn order(ask: Ask) -> Order {
    Order {
        id: RunId::new(),
        problem: Problem::parse("Ann has 2 and 2 pens and sells 1.", Some("3")).expect("valid"),
        ask,
        settings: Settings { samples: 3, temperature: 0.0, max_tokens: 100, seed: 7, gate: None },
    }
}

fn solve() -> Order {
    order(Ask::Solve { strategy: Strategy::Glore })
}

/// The draft's first step is wrong; the ORM knows the right answer.
fn models() -> ScriptedEngine {
    ScriptedEngine::new()
        .says(Role::Policy, [WRONG])
        .says(Role::Global, [WRONG])
        .says(Role::Local, [RIGHT])
        .scores_lines(Role::Sorm, [("= 5", 0.1)])
        .scores_lines(Role::Orm, [("#### 3", 0.8), ("####", 0.3)])
}

async fn go(engine: &ScriptedEngine, order: &Order) -> Result<Run, PipelineError> {
    run(engine, order, Timestamp::UNIX_EPOCH, &Cancel::new(), &|_| {}).await
}

/// The run, and everything that was told of it.
async fn told(engine: &ScriptedEngine, order: &Order) -> (Run, Vec<Event>) {
    let heard = Mutex::new(Vec::new());
    let tell = |event| heard.lock().expect("lock").push(event);
    let (at, cancel) = (Timestamp::UNIX_EPOCH, Cancel::new());
    let run = run(engine, order, at, &cancel, &tell).await.expect("run");
    (run, heard.into_inner().expect("lock"))
}

#[tokio::test]
async fn the_orm_chooses_among_draft_global_and_local() {
    let (run, events) = told(&models(), &solve()).await;
    let kinds: Vec<_> = run.solutions.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [SolutionKind::Draft, SolutionKind::Global, SolutionKind::Local]);
    let chosen = run.chosen_solution().expect("chosen");
    assert_eq!((chosen.kind, chosen.correct), (SolutionKind::Local, Some(true)));
    assert_eq!(run.answer.as_deref(), Some("3"));
    assert_eq!((run.status, run.kind), (RunStatus::Completed, RunKind::Solve));
    let draft = &run.solutions[0];
    assert_eq!((draft.first_error_step, draft.correct), (Some(1), Some(false)));
    assert_eq!(draft.steps[0].sorm, Probability::new(0.1));
    assert_eq!(draft.orm, Probability::new(0.3));
    assert_eq!((draft.seed, draft.finish), (7, Finish::Stop));
    assert!(draft.prompt.starts_with("<|problem|> Ann has"), "{}", draft.prompt);
    assert_eq!(run.solution(SolutionKind::Local).and_then(|s| s.from_step), Some(1));
    let stages = events.iter().filter_map(|event| match event {
        Event::Stage { stage } => Some(stage.as_str()),
        _ => None,
    });
    assert_eq!(stages.collect::<Vec<_>>(), ["drafting", "scoring", "refining", "choosing"]);
}

/// Whoever was quicker: what is told while the run goes on is what is told of it afterwards.
#[tokio::test]
async fn the_events_of_a_run_can_be_told_again() {
    let given = || Solution::split(WRONG);
    let asks = [
        Ask::Solve { strategy: Strategy::Glore },
        Ask::Solve { strategy: Strategy::Draft },
        Ask::Solve { strategy: Strategy::BestOfN },
        Ask::Critique { solution: given() },
        Ask::Refine { solution: given(), mode: RefineMode::Local, first_error_step: Some(2) },
        Ask::Refine { solution: given(), mode: RefineMode::Global, first_error_step: None },
    ];
    for slow in [Role::Global, Role::Local, Role::Orm, Role::Sorm] {
        for ask in &asks {
            let engine = models().delays(slow, Duration::from_millis(5));
            let (run, events) = told(&engine, &order(ask.clone())).await;
            let mut again = replay(&run);
            assert_eq!(again.remove(0), Event::created(&run));
            assert_eq!(again.pop(), Some(Event::ended(run)));
            assert_eq!(events, again, "{ask:?}");
        }
    }
}

#[tokio::test]
async fn events_say_what_was_written_and_where_it_stands() {
    let (_, events) = told(&models(), &solve()).await;
    let named = |name: &'static str| events.iter().filter(move |event| event.name() == name);
    let drafted: Vec<_> = named("draft.delta")
        .map(|event| match event {
            Event::DraftDelta(delta) => (delta.solution, delta.step, delta.text.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    let lines: Vec<_> = WRONG.lines().collect();
    let expected = [(1, Some(1), lines[0]), (1, Some(2), lines[1]), (1, None, lines[2])];
    assert_eq!(drafted, expected);
    let rewritten: Vec<_> = named("refinement.delta")
        .map(|event| match event {
            Event::RefinementDelta(delta) => (delta.solution, delta.kind),
            other => panic!("{other:?}"),
        })
        .collect();
    let (global, local) = ((2, SolutionKind::Global), (3, SolutionKind::Local));
    assert_eq!(rewritten, [global, global, global, local, local, local]);
    assert_eq!(named("step.scored").count(), 3 * 2 * 2, "three solutions, two steps, two roles");
    assert_eq!(named("critique.completed").count(), 3);
    assert_eq!(events.last().map(Event::name), Some("choice.made"));
}

#[tokio::test]
async fn a_tie_keeps_the_draft() {
    let run = go(&models().scores(Role::Orm, |_| 0.5), &solve()).await.expect("run");
    assert_eq!(run.chosen_solution().map(|s| s.kind), Some(SolutionKind::Draft));
}

#[tokio::test]
async fn without_a_wrong_step_local_is_skipped_and_said_so() {
    let engine = models().scores(Role::Sorm, |_| 0.5);
    let run = go(&engine, &solve()).await.expect("run");
    assert_eq!(run.solutions.len(), 2);
    assert!(run.notes.iter().any(|n| n.starts_with("Local refinement skipped")), "{:?}", run.notes);
    assert_eq!(engine.calls(Role::Local), 0);
}

#[tokio::test]
async fn local_refinement_keeps_the_steps_before_the_named_one() {
    let solution = Solution::split(WRONG);
    let ask = Ask::Refine { solution, mode: RefineMode::Local, first_error_step: Some(2) };
    let engine = models().says(Role::Local, ["She sells 1, so 3.\n#### 3\n"]);
    let run = go(&engine, &order(ask)).await.expect("run");
    let local = run.solution(SolutionKind::Local).expect("local");
    assert_eq!(local.step_texts(), ["Ann has 2 + 2 = 5 pens.", "She sells 1, so 3."]);
    assert_eq!((local.from_step, run.solutions[0].kind), (Some(2), SolutionKind::Given));
    let asked = &engine.asked(Role::Local)[0];
    assert!(
        asked.contains("[BAD] She sells")
            && asked.ends_with("<|refine|> Ann has 2 + 2 = 5 pens.\n")
    );
    assert_eq!((engine.calls(Role::Policy), engine.calls(Role::Global)), (0, 0));
}

#[tokio::test]
async fn a_step_that_is_not_there_is_refused_before_any_model_runs() {
    for step in [0, 3] {
        let solution = Solution::split(WRONG);
        let ask = Ask::Refine { solution, mode: RefineMode::Both, first_error_step: Some(step) };
        let engine = models();
        let error = go(&engine, &order(ask)).await.expect_err("refused");
        assert_eq!(error.code(), "no_such_step");
        assert_eq!(engine.calls(Role::Orm), 0);
    }
}

#[tokio::test]
async fn a_draft_over_the_gate_is_not_refined() {
    let mut order = solve();
    order.settings.gate = Probability::new(0.3);
    let engine = models();
    let run = go(&engine, &order).await.expect("run");
    assert_eq!((run.solutions.len(), engine.calls(Role::Global)), (1, 0));
    assert!(run.notes[0].contains("0.30"), "{:?}", run.notes);
    order.settings.gate = Probability::new(0.31);
    assert_eq!(go(&models(), &order).await.expect("run").solutions.len(), 3);
}

#[tokio::test]
async fn best_of_n_samples_and_the_orm_chooses() {
    let engine = models().says(Role::Policy, [WRONG, RIGHT, WRONG]);
    let run = go(&engine, &order(Ask::Solve { strategy: Strategy::BestOfN })).await.expect("run");
    assert_eq!(run.solutions.iter().map(|s| s.seed).collect::<Vec<_>>(), [7, 8, 9]);
    assert!(run.solutions.iter().all(|s| s.kind == SolutionKind::Sample));
    assert_eq!(run.chosen, Some(run.solutions[1].id));
    assert_eq!(engine.calls(Role::Global) + engine.calls(Role::Local), 0);
}

#[tokio::test]
async fn a_critique_scores_and_writes_nothing() {
    let engine = models();
    let ask = Ask::Critique { solution: Solution::split(WRONG) };
    let run = go(&engine, &order(ask)).await.expect("run");
    assert_eq!(run.solutions.len(), 1);
    assert_eq!(run.solutions[0].first_error_step, Some(1));
    assert_eq!(engine.calls(Role::Policy) + engine.calls(Role::Global), 0);
}

#[tokio::test]
async fn a_broken_reward_model_is_an_error_and_not_a_score() {
    for role in [Role::Orm, Role::Sorm] {
        let engine = models().scores(role, |_| f64::NAN);
        let error = go(&engine, &solve()).await.expect_err("broken");
        assert_eq!(error.code(), "non_finite_logits");
    }
}

#[tokio::test]
async fn errors_of_the_engine_keep_their_code() {
    let lost = EngineError::Unavailable { role: Role::Global, reason: "gone".into() };
    let error = go(&models().fails(Role::Global, lost), &solve()).await.expect_err("lost");
    assert_eq!(error.code(), "engine_unavailable");
    let engine = models().described(Role::Policy, |model| model.context_length = 110);
    assert_eq!(go(&engine, &solve()).await.expect_err("long").code(), "context_exceeded");
}

#[tokio::test]
async fn a_refinement_gets_the_tokens_that_still_fit() {
    let engine = models().described(Role::Global, |model| model.context_length = 190);
    let run = go(&engine, &solve()).await.expect("run");
    let global = run.solution(SolutionKind::Global).expect("global");
    assert!(global.tokens < 100);
    if global.finish == Finish::Length {
        assert!(run.notes.iter().any(|note| note.contains("context of 190")), "{:?}", run.notes);
    }
}

#[tokio::test]
async fn cancelling_and_deadlines_end_a_run() {
    let engine = models().delays(Role::Policy, Duration::from_secs(60));
    let (order, cancel) = (solve(), Cancel::new());
    let running = run(&engine, &order, Timestamp::UNIX_EPOCH, &cancel, &|_| {});
    let stop = async {
        tokio::task::yield_now().await;
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(running, stop);
    assert_eq!(result.expect_err("cancelled").code(), "cancelled");
    let late = Cancel::with_deadline(Instant::now() + Duration::from_millis(20));
    let result = run(&engine, &order, Timestamp::UNIX_EPOCH, &late, &|_| {}).await;
    assert_eq!(result.expect_err("late").code(), "deadline_exceeded");
}

#[tokio::test]
async fn malformed_texts_are_solutions_without_an_answer() {
    for text in ["", "\n\n", "no answer line", "#### ", "\u{0}\u{fffd}\n"] {
        let engine = models().says(Role::Policy, [text]).says(Role::Global, [text]);
        let run = go(&engine, &solve()).await.expect("run");
        assert_eq!(run.solutions[0].answer, None, "{text:?}");
        assert_eq!(run.solutions[0].correct, Some(false));
    }
}
