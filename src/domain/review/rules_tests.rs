use super::*;
use crate::domain::review::Rule;
use crate::domain::{
    Finish, ProblemId, RunId, RunKind, RunProblem, ScoredStep, SolutionId, SolutionKind, Strategy,
    Threshold, ThresholdSource, Timings,
};
use proptest::prelude::*;

fn p(value: f64) -> Probability {
    Probability::new(value).expect("a probability")
}

fn solution(kind: SolutionKind, sorm: &[f64], orm: f64, correct: Option<bool>) -> ScoredSolution {
    let step = |(at, score): (usize, &f64)| ScoredStep {
        index: at + 1,
        text: format!("step {at}"),
        sorm: Some(p(*score)),
        orm: None,
    };
    ScoredSolution {
        id: SolutionId::new(),
        kind,
        from_step: None,
        steps: sorm.iter().enumerate().map(step).collect(),
        answer: Some("1".to_owned()),
        orm: Some(p(orm)),
        first_error_step: None,
        correct,
        tokens: 1,
        finish: Finish::Stop,
        seed: 0,
        model: "m".to_owned(),
        prompt: String::new(),
    }
}

fn run(solutions: Vec<ScoredSolution>, chosen: usize) -> Run {
    Run {
        id: RunId::new(),
        object: Run::OBJECT.to_owned(),
        kind: RunKind::Solve,
        strategy: Strategy::Glore,
        status: RunStatus::Completed,
        problem: RunProblem { id: ProblemId::new(), text: "q".into(), reference_answer: None },
        chosen: solutions.get(chosen).map(|solution| solution.id),
        answer: None,
        solutions,
        threshold: Threshold { sorm: p(0.5), source: ThresholdSource::Validation },
        timings_ms: Timings::default(),
        notes: Vec::new(),
        error: None,
        priority: None,
        created_at: time::OffsetDateTime::UNIX_EPOCH,
    }
}

fn rules(run: &Run) -> Vec<Rule> {
    reasons(run).iter().map(Reason::rule).collect()
}

fn draft(sorm: &[f64], orm: f64, correct: Option<bool>) -> Run {
    run(vec![solution(SolutionKind::Draft, sorm, orm, correct)], 0)
}

#[test]
fn convincing_and_wrong_needs_both() {
    let found = reasons(&draft(&[0.9, 0.8], 0.85, Some(false)));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].detail, Detail::ConvincingWrong { orm: p(0.85) });
    assert_eq!(found[0].strength, p(0.85));
    assert!(rules(&draft(&[0.9, 0.8], 0.85, Some(true))).is_empty());
    assert!(rules(&draft(&[0.9, 0.8], 0.85, None)).is_empty(), "without a reference nobody knows");
    assert!(rules(&draft(&[0.9, 0.8], 0.5, Some(false))).is_empty());
}

#[test]
fn reward_models_can_be_in_conflict_in_three_ways() {
    let confident = reasons(&draft(&[0.9, 0.35, 0.3], 0.9, None));
    let conflict = Detail::VerifierConflict { orm: p(0.9), sorm: Some(p(0.3)), step: Some(3) };
    assert_eq!(
        confident.iter().find(|r| r.rule() == Rule::VerifierConflict).map(|r| &r.detail),
        Some(&conflict)
    );
    assert_eq!(rules(&draft(&[0.9, 0.95], 0.2, None)), [Rule::VerifierConflict]);
    assert!(rules(&draft(&[0.9, 0.95], 0.5, None)).is_empty());
    let passed_over = run(
        vec![
            solution(SolutionKind::Draft, &[0.9], 0.5, Some(true)),
            solution(SolutionKind::Global, &[0.9], 0.6, Some(false)),
        ],
        1,
    );
    let found = reasons(&passed_over);
    assert_eq!(found[0].rule(), Rule::VerifierConflict);
    assert_eq!(found[0].solution, Some(passed_over.solutions[1].id));
    assert_eq!(found[0].strength, p(1.0));
}

#[test]
fn the_step_nearest_to_the_threshold_counts() {
    let found = reasons(&draft(&[0.9, 0.45, 0.52], 0.5, None));
    let near = found.iter().find(|reason| reason.rule() == Rule::Uncertain).expect("near");
    assert_eq!(near.detail, Detail::Uncertain { step: 3, sorm: p(0.52), threshold: p(0.5) });
    assert!((near.strength.get() - 0.8).abs() < 1e-9);
    assert!(!rules(&draft(&[0.9, 0.39], 0.5, None)).contains(&Rule::Uncertain));
}

#[test]
fn the_largest_fall_counts() {
    let found = reasons(&draft(&[0.9, 0.8, 0.2, 0.1], 0.5, None));
    let drop = found.iter().find(|reason| reason.rule() == Rule::SharpDrop).expect("a drop");
    assert_eq!(drop.detail, Detail::SharpDrop { step: 3, before: p(0.8), after: p(0.2) });
    assert!(!rules(&draft(&[0.1, 0.9], 0.5, None)).contains(&Rule::SharpDrop), "a rise is none");
    assert!(drop.sentence().contains("step 3") && !drop.hint().contains('3'));
}

#[test]
fn a_run_that_did_not_complete_gives_no_cause() {
    let failed = Run { status: RunStatus::Failed, ..draft(&[0.9, 0.1], 0.9, Some(false)) };
    assert!(reasons(&failed).is_empty());
    assert!(reasons(&run(Vec::new(), 0)).is_empty());
}

#[test]
fn people_disagree_where_both_said_something() {
    let sheet = |values: &[Option<i8>]| -> Vec<Label> {
        let label = |(at, value): (usize, &Option<i8>)| Label {
            step: at + 1,
            value: *value,
            ..Label::default()
        };
        values.iter().enumerate().map(label).collect()
    };
    let (a, b) = (sheet(&[Some(1), Some(-1), None]), sheet(&[Some(1), Some(1), Some(0)]));
    let found = disagreement(&[a.clone(), b.clone()]).expect("they differ");
    assert_eq!(found.detail, Detail::Disagreement { people: 2, step: Some(2) });
    assert_eq!(found.strength, p(1.0));
    let half = disagreement(&[b.clone(), sheet(&[Some(0)])]).expect("they differ");
    assert_eq!(half.strength, p(0.5));
    assert_eq!(disagreement(&[a.clone(), a.clone()]), None);
    assert_eq!(disagreement(&[a, sheet(&[None, None, Some(1)])]), None, "nothing is no value");
    assert_eq!(disagreement(&[b]), None);
    assert_eq!(disagreement(&[]), None);
}

proptest! {
    #[test]
    fn every_reason_stands_on_what_the_run_says(
        scores in prop::collection::vec((prop::collection::vec(0.0f64..=1.0, 0..6), 0.0f64..=1.0, any::<Option<bool>>()), 0..4),
        chosen in 0usize..4,
    ) {
        let kinds = [SolutionKind::Draft, SolutionKind::Global, SolutionKind::Local];
        let solutions: Vec<_> = scores.iter().zip(kinds.iter().cycle())
            .map(|((sorm, orm, correct), kind)| solution(*kind, sorm, *orm, *correct)).collect();
        let run = run(solutions, chosen);
        let found = reasons(&run);
        let mut rules: Vec<_> = found.iter().map(Reason::rule).collect();
        rules.dedup();
        prop_assert_eq!(rules.len(), found.len(), "at most one a rule");
        for reason in &found {
            let solution = run.solutions.iter().find(|s| Some(s.id) == reason.solution).expect("of the run");
            let sorm = |step: usize| solution.steps[step - 1].sorm;
            match &reason.detail {
                Detail::ConvincingWrong { orm } => {
                    prop_assert_eq!((Some(*orm), solution.correct), (solution.orm, Some(false)));
                }
                Detail::VerifierConflict { sorm: Some(score), step: Some(step), .. } => {
                    prop_assert_eq!(Some(*score), sorm(*step));
                }
                Detail::VerifierConflict { .. } => prop_assert_eq!(run.chosen, reason.solution),
                Detail::Uncertain { step, sorm: score, .. } => {
                    prop_assert_eq!(Some(*score), sorm(*step));
                    prop_assert!((score.get() - 0.5).abs() <= NEAR);
                }
                Detail::SharpDrop { step, before, after } => {
                    prop_assert_eq!((Some(*before), Some(*after)), (sorm(step - 1), sorm(*step)));
                    prop_assert!(before.get() - after.get() >= DROP);
                }
                other => prop_assert!(false, "{other:?} is not of a run alone"),
            }
        }
    }
}
