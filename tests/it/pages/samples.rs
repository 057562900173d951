//! Runs of every shape a page may have to show.

use glore::domain::{
    Answer, Critique, Finish, Probability, ProblemId, Run, RunError, RunId, RunKind, RunProblem,
    RunStatus, ScoredSolution, ScoredStep, SolutionId, SolutionKind, Strategy, Threshold,
    ThresholdSource, Timings,
};
use time::{Duration, OffsetDateTime};

pub const HOSTILE: &str =
    "</p><script>alert(1)</script> [BAD] \"quoted\" 'single' & <b>bold</b> {{ x }} ]]> \u{202e}";

fn p(value: f64) -> Probability {
    Probability::new(value).expect("a probability")
}

fn threshold() -> Threshold {
    Threshold { sorm: p(0.5), source: ThresholdSource::Validation }
}

/// `(text, sorm)` a step.
pub fn solution(
    kind: SolutionKind,
    steps: &[(&str, f64)],
    answer: Option<&str>,
    orm: f64,
) -> ScoredSolution {
    let scores: Vec<_> = steps.iter().map(|(_, score)| p(*score)).collect();
    let step = |(at, (text, score)): (usize, &(&str, f64))| ScoredStep {
        index: at + 1,
        text: (*text).to_owned(),
        sorm: Some(p(*score)),
        orm: Some(p((orm + score) / 2.0)),
    };
    ScoredSolution {
        id: SolutionId::new(),
        kind,
        from_step: None,
        steps: steps.iter().enumerate().map(step).collect(),
        answer: answer.map(str::to_owned),
        orm: Some(p(orm)),
        first_error_step: Critique::from_scores(&scores, &threshold()).first_error_step,
        correct: None,
        tokens: 14 * steps.len(),
        finish: Finish::Stop,
        seed: 0,
        model: format!("embedded/{}", kind.as_str()),
        prompt: "<|problem|>…<|solution|>\n".to_owned(),
    }
}

pub fn run(problem: &str, reference: Option<&str>, solutions: Vec<ScoredSolution>) -> Run {
    let expected = reference.and_then(Answer::parse);
    let judge = |mut solution: ScoredSolution| {
        let answer = solution.answer.as_deref().and_then(Answer::parse);
        solution.correct = expected.as_ref().map(|expected| answer.as_ref() == Some(expected));
        solution
    };
    let solutions: Vec<_> = solutions.into_iter().map(judge).collect();
    let best = solutions.iter().reduce(|a, b| if b.orm > a.orm { b } else { a });
    Run {
        id: RunId::new(),
        object: Run::OBJECT.to_owned(),
        kind: RunKind::Solve,
        strategy: Strategy::Glore,
        status: RunStatus::Completed,
        problem: RunProblem {
            id: ProblemId::of(problem, reference),
            text: problem.to_owned(),
            reference_answer: reference.map(str::to_owned),
        },
        chosen: best.map(|solution| solution.id),
        answer: best.and_then(|solution| solution.answer.clone()),
        solutions,
        threshold: threshold(),
        timings_ms: Timings { queue: 2, draft: 310, score: 44, refine: 640, rerank: 61 },
        notes: Vec::new(),
        error: None,
        priority: None,
        created_at: OffsetDateTime::now_utc() - Duration::minutes(7),
    }
}

pub fn unfinished(status: RunStatus, error: Option<(&str, &str)>) -> Run {
    let error =
        error.map(|(code, detail)| RunError { code: code.to_owned(), detail: detail.to_owned() });
    let timings_ms = Timings::default();
    Run { status, error, timings_ms, ..run("Two and two make how many?", Some("4"), Vec::new()) }
}

pub fn local_wins() -> Run {
    let draft = [
        ("Ben has 14 + 10 = 24 apples.", 0.93),
        ("Ana and Ben have 14 + 24 = 38 apples together.", 0.12),
        ("So the answer is 38.", 0.08),
    ];
    let global = [
        ("Ben has 14 + 9 = 23 apples.", 0.95),
        ("Tom has 3 x 14 = 42 apples.", 0.91),
        ("Ana and Ben have 42 - 6 = 36 apples together.", 0.34),
    ];
    let local = [
        ("Ben has 14 + 10 = 24 apples.", 0.93),
        ("But Ben has 9 more, not 10, so he has 14 + 9 = 23 apples.", 0.93),
        ("Ana and Ben have 14 + 23 = 37 apples together.", 0.97),
    ];
    let local = ScoredSolution {
        from_step: Some(2),
        seed: 2,
        ..solution(SolutionKind::Local, &local, Some("37"), 0.83)
    };
    let solutions = vec![
        solution(SolutionKind::Draft, &draft, Some("38"), 0.22),
        ScoredSolution { seed: 1, ..solution(SolutionKind::Global, &global, Some("36"), 0.66) },
        local,
    ];
    let text = "Ana has 14 apples. Ben has 9 more apples than Ana. Tom has 3 times as many apples \
                as Ana. How many apples do Ana and Ben have together?";
    run(text, Some("37"), solutions)
}

pub fn right_draft() -> Run {
    let steps = [("They have 2 + 2 = 4 pens.", 0.98)];
    let global = [("They have 2 + 2 = 5 pens.", 0.61)];
    let solutions = vec![
        solution(SolutionKind::Draft, &steps, Some("4"), 0.97),
        solution(SolutionKind::Global, &global, Some("5"), 0.41),
    ];
    let notes =
        vec!["Local refinement skipped: no step scored under the threshold of 0.50.".to_owned()];
    Run { notes, ..run("Ann has 2 pens and buys 2 more.\nHow many now?", Some("4"), solutions) }
}

pub fn without_reference() -> Run {
    let steps = [("Half of 48 is 24.", 0.88), ("24 - 8 = 16", 0.498)];
    Run {
        strategy: Strategy::Draft,
        ..run(
            "Half of 48, less 8?",
            None,
            vec![solution(SolutionKind::Draft, &steps, Some("16"), 0.52)],
        )
    }
}

pub fn best_of_five() -> Run {
    let samples = (0..5).map(|k| {
        let last = 0.2 + 0.15 * f64::from(k);
        let steps = [("12 x 5 = 60 pages are read.", 0.9), ("100 - 60 = 40 are left.", last)];
        let answer = if k == 1 { "40" } else { "41" };
        ScoredSolution {
            seed: k as u64,
            ..solution(SolutionKind::Sample, &steps, Some(answer), last)
        }
    });
    Run {
        strategy: Strategy::BestOfN,
        ..run("Jack reads 12 pages an hour. The book has 100 pages.", Some("40"), samples.collect())
    }
}

pub fn long() -> Run {
    let texts: Vec<(String, f64)> = (1..=40)
        .map(|k| {
            let more =
                if k % 7 == 0 { " and so on, in words that need more than a line" } else { "" };
            let score = (1.0 - f64::from(k) / 52.0) * if k % 5 == 0 { 0.8 } else { 1.0 };
            (format!("After day {k} there are {k} x 12 = {} left{more}.", k * 12), score)
        })
        .collect();
    let steps: Vec<(&str, f64)> =
        texts.iter().map(|(text, score)| (text.as_str(), *score)).collect();
    let cut = ScoredSolution {
        finish: Finish::Length,
        ..solution(SolutionKind::Draft, &steps, None, 0.03)
    };
    let fixed = ScoredSolution {
        from_step: Some(26),
        ..solution(SolutionKind::Local, &steps[..30], Some("12345678901234567890"), 0.3)
    };
    let problem = "A farmer counts his hens again, and every hen is counted twice. ".repeat(60);
    run(&problem, Some("480"), vec![cut, fixed])
}

pub fn hostile() -> Run {
    let steps = [(HOSTILE, 0.9), ("javascript:alert(1)//<img src=x onerror=alert(1)>", 0.1)];
    let other = [("<script>alert(2)</script> [BAD]", 0.9), ("onload=\"x\"", 0.2)];
    let mut draft = solution(SolutionKind::Given, &steps, Some("<i>1</i>"), 0.4);
    HOSTILE.clone_into(&mut draft.prompt);
    HOSTILE.clone_into(&mut draft.model);
    let local = ScoredSolution {
        from_step: Some(2),
        ..solution(SolutionKind::Local, &other, Some("'\"><script>"), 0.6)
    };
    let notes = vec![format!("Note: {HOSTILE}")];
    let run = run(HOSTILE, Some("<u>2</u>"), vec![draft, local]);
    Run { kind: RunKind::Refine, notes, ..run }
}

/// Each with the name it is looked at under.
pub fn all() -> Vec<(&'static str, Run)> {
    vec![
        ("long", long()),
        ("hostile", hostile()),
        ("cancelled", unfinished(RunStatus::Cancelled, None)),
        (
            "failed",
            unfinished(
                RunStatus::Failed,
                Some(("non_finite_logits", "sorm: the model computed logits that are not finite")),
            ),
        ),
        ("running", unfinished(RunStatus::Running, None)),
        ("queued", unfinished(RunStatus::Queued, None)),
        ("five", best_of_five()),
        ("unknown", without_reference()),
        ("right", right_draft()),
        ("local", local_wins()),
    ]
}
