//! Every list against a plain look at all runs, and the plans that SQLite makes.

use sqlx::{AssertSqlSafe, Row};

use super::super::condition::conditions;
use super::*;
use crate::domain::{
    Finish, Flip, Probability, ProblemId, Run, RunId, RunKind, RunProblem, RunStatus,
    ScoredSolution, ScoredStep, SolutionId, SolutionKind, Strategy, Tag, Threshold,
    ThresholdSource, Timings,
};
use crate::store::{Band, Day, FirstError, Known, Store};

fn p(value: f64) -> Probability {
    Probability::new(value).expect("a probability")
}

fn solution(kind: SolutionKind, score: f64, correct: Option<bool>) -> ScoredSolution {
    let step = ScoredStep { index: 1, text: "1 + 1 = 2".into(), sorm: Some(p(score)), orm: None };
    ScoredSolution {
        id: SolutionId::new(),
        kind,
        from_step: None,
        steps: vec![step],
        answer: Some("2".into()),
        orm: Some(p(score / 2.0)),
        first_error_step: (score < 0.5).then_some(1),
        correct,
        tokens: 3,
        finish: Finish::Stop,
        seed: 0,
        model: format!("model-{}", (score * 10.0) as u8 % 3),
        prompt: String::new(),
    }
}

/// Forty runs that differ in everything a list can ask for, an hour apart, by their number.
fn runs() -> Vec<Run> {
    let run = |n: u64| {
        let verdict =
            |m: u64| [Some(true), Some(false), None][usize::try_from(m % 3).expect("small")];
        let score = |m: u64| f64::from(u32::try_from(m * 7 % 11).expect("small")) / 10.0;
        let draft = solution(SolutionKind::Draft, score(n), verdict(n));
        let local = solution(SolutionKind::Local, score(n + 3), verdict(n / 2));
        let solutions = if n.is_multiple_of(9) { Vec::new() } else { vec![draft, local] };
        let chosen = solutions.get(usize::try_from(n % 2).expect("small"));
        let threshold = p(if n.is_multiple_of(7) { 0.19 } else { 0.5 });
        let millis = 1_767_225_600_000 + n * 3_600_000;
        Run {
            id: RunId::at(millis, &[u8::try_from(n).expect("small"); 10]),
            object: Run::OBJECT.to_owned(),
            kind: RunKind::Solve,
            strategy: if n.is_multiple_of(4) { Strategy::Draft } else { Strategy::Glore },
            status: if n.is_multiple_of(9) { RunStatus::Failed } else { RunStatus::Completed },
            problem: RunProblem {
                id: ProblemId::new(),
                text: if n.is_multiple_of(5) { "Red apples, how many?" } else { "Green pears" }
                    .to_owned(),
                reference_answer: None,
            },
            chosen: chosen.map(|solution| solution.id),
            answer: chosen.and_then(|solution| solution.answer.clone()),
            solutions,
            threshold: Threshold { sorm: threshold, source: ThresholdSource::Default },
            timings_ms: Timings { queue: n % 6, ..Timings::default() },
            notes: Vec::new(),
            error: None,
            priority: None,
            created_at: time::OffsetDateTime::UNIX_EPOCH,
        }
    };
    (1..=40).map(run).collect()
}

fn filters() -> Vec<Filter> {
    let none = Filter::default;
    let day = |text: &str| text.parse::<Day>().ok();
    vec![
        none(),
        Filter { status: Some(RunStatus::Failed), ..none() },
        Filter { strategy: Some(Strategy::Glore), chosen: Some(SolutionKind::Local), ..none() },
        Filter { correct: Some(Known::Unknown), strategy: Some(Strategy::Draft), ..none() },
        Filter { correct: Some(Known::Wrong), ..none() },
        Filter { flip: Some(Flip::WrongToRight), ..none() },
        Filter { first_error: Some(FirstError::Nowhere), ..none() },
        Filter { first_error: Some(FirstError::At(1)), correct: Some(Known::Right), ..none() },
        Filter { lowest: Some(Band(4)), model: Some("model-1".to_owned()), ..none() },
        Filter { model: Some("model-2".to_owned()), ..none() },
        Filter { threshold: Some(p(0.19)), ..none() },
        Filter { threshold: Some(p(0.5)), strategy: Some(Strategy::Draft), ..none() },
        Filter { tag: Tag::parse("odd").ok(), ..none() },
        Filter { tag: Tag::parse("odd").ok(), status: Some(RunStatus::Completed), ..none() },
        Filter { annotated: Some(false), kind: Some(RunKind::Solve), ..none() },
        Filter { annotated: Some(true), ..none() },
        Filter { from: day("2026-01-02"), ..none() },
        Filter { from: day("2026-01-01"), to: day("2026-01-01"), ..none() },
        Filter { to: day("2026-01-01"), correct: Some(Known::Right), ..none() },
        Filter { q: Some("apple".to_owned()), ..none() },
        Filter { q: Some("apples".to_owned()), correct: Some(Known::Right), ..none() },
        Filter { q: Some("apples".to_owned()), to: day("2026-01-01"), ..none() },
        Filter { q: Some("---".to_owned()), ..none() },
    ]
}

/// Whether a run passes, by a plain look at it; odd numbers of every four have the tag.
fn passes(filter: &Filter, run: &Run, number: usize) -> bool {
    let first = run.solutions.first();
    let chosen = run.chosen_solution();
    let lowest = first.and_then(|s| s.steps[0].sorm).map(Probability::get);
    let day = time::OffsetDateTime::from_unix_timestamp(1_767_225_600 + 3_600 * number as i64)
        .expect("a moment")
        .date();
    let is = |wanted: Option<bool>| wanted.unwrap_or(true);
    is(filter.status.map(|x| x == run.status))
        && is(filter.kind.map(|x| x == run.kind))
        && is(filter.strategy.map(|x| x == run.strategy))
        && is(filter.chosen.map(|x| chosen.is_some_and(|s| s.kind == x)))
        && is(filter.correct.map(|x| {
            let known = chosen.and_then(|s| s.correct);
            known
                == match x {
                    Known::Right => Some(true),
                    Known::Wrong => Some(false),
                    Known::Unknown => None,
                }
        }))
        && is(filter.flip.map(|x| run.flip() == Some(x)))
        && is(filter.first_error.map(|x| {
            first.is_some_and(|s| match x {
                FirstError::Nowhere => s.first_error_step.is_none(),
                FirstError::At(step) => s.first_error_step == Some(usize::from(step)),
            })
        }))
        && is(filter.lowest.map(|Band(x)| lowest.is_some_and(|l| ((l * 5.0) as u8).min(4) == x)))
        && is(filter.model.as_ref().map(|x| first.is_some_and(|s| s.model == *x)))
        && is(filter.threshold.map(|x| run.threshold.sorm == x))
        && is(filter.tag.as_ref().map(|_| number % 4 == 1))
        && is(filter.annotated.map(|x| x == (number % 8 == 3)))
        && is(filter.from.map(|x| day >= x.0))
        && is(filter.to.map(|x| day <= x.0))
        && is(filter.q.as_ref().map(|q| q.contains("apple") && run.problem.text.contains("apples")))
}

/// What orders by a value order by; `None` leaves the run out.
fn key(sort: Sort, run: &Run) -> Option<f64> {
    match sort {
        Sort::Newest | Sort::Oldest => Some(0.0),
        Sort::LowestStep => run.solutions.first()?.steps[0].sorm.map(Probability::get),
        Sort::LowestOrm | Sort::HighestOrm => run.chosen_solution()?.orm.map(Probability::get),
        Sort::Slowest => Some(run.timings_ms.total() as f64),
    }
}

async fn store(runs: &[Run]) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(dir.path()).await.expect("opened");
    store.runs().insert_many(runs).await.expect("kept");
    let mut tx = store.write().await.expect("a transaction");
    for (number, run) in (1..).zip(runs) {
        if number % 8 == 3 {
            sqlx::query("UPDATE runs SET annotations = annotations + 2 WHERE id = ?")
                .bind(run.id.to_string())
                .execute(&mut *tx)
                .await
                .expect("annotated");
        }
    }
    tx.commit().await.expect("kept");
    for (_, run) in (1..).zip(runs).filter(|(number, _)| number % 4 == 1) {
        let tag = Tag::parse("odd").expect("a tag");
        assert!(store.tags().add(run.id, &tag).await.expect("tagged"));
    }
    (dir, store)
}

#[tokio::test]
async fn every_list_is_what_a_plain_look_finds_however_it_is_cut() {
    let runs = runs();
    let (_dir, store) = store(&runs).await;
    for (filter, (sort, _)) in
        filters().iter().flat_map(|filter| Sort::ALL.map(|sort| (filter, sort)))
    {
        let searched = filter.q.is_some();
        if searched && !matches!(sort, Sort::Newest | Sort::Oldest) {
            continue;
        }
        let filter = Filter { sort, ..filter.clone() };
        let mut expected: Vec<(f64, &Run)> = (1..)
            .zip(&runs)
            .filter(|(number, run)| passes(&filter, run, *number))
            .filter_map(|(_, run)| Some((key(sort, run)?, run)))
            .collect();
        expected.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.id.cmp(&b.1.id)));
        if matches!(sort, Sort::Newest | Sort::HighestOrm | Sort::Slowest) {
            expected.reverse();
        }
        let expected: Vec<RunId> = expected.iter().map(|(_, run)| run.id).collect();
        for limit in [1, 4, 100] {
            let (mut found, mut after, mut reads) = (Vec::new(), None, 0);
            loop {
                let page = store.runs().list(&filter, after, limit).await.expect("a page");
                assert!(page.data.len() <= limit);
                assert_eq!(page.has_more, page.next.is_some());
                found.extend(page.data.iter().map(|run| run.id));
                reads += 1;
                assert!(reads < 100, "{filter:?} does not end");
                match page.next {
                    Some(next) => after = Some(next.parse().expect("an id")),
                    None => break,
                }
            }
            assert_eq!(found, expected, "{filter:?}, {limit} at a time");
        }
    }
}

#[tokio::test]
async fn every_list_is_looked_up_and_nothing_is_sorted() {
    let (_dir, store) = store(&[]).await;
    let mark = |walk: &Walk| Mark {
        key: if walk.whole() { Bind::Number(1) } else { Bind::Real(0.5) },
        id: RunId::new().to_string(),
    };
    for filter in filters() {
        for (sort, _) in Sort::ALL {
            let filter = Filter { sort, ..filter.clone() };
            let all = conditions(&filter);
            for rarest in (0..all.len()).map(Some).chain([None]) {
                if rarest.is_some_and(|at| !all[at].can_lead()) {
                    continue;
                }
                let Some(walk) = Walk::new(&filter, all.clone(), rarest) else { continue };
                let mark = mark(&walk);
                for (after, until) in [
                    (None, None),
                    (Some(&mark), None),
                    (None, Some(&mark)),
                    (Some(&mark), Some(&mark)),
                ] {
                    let queries =
                        [walk.horizon(after), walk.rows("r.id, p.text", after, until, 26)];
                    for query in queries {
                        let sql = query.sql().as_str().to_owned();
                        let explained = format!("EXPLAIN QUERY PLAN {sql}");
                        let rows = sqlx::query(AssertSqlSafe(explained))
                            .fetch_all(store.read())
                            .await
                            .unwrap_or_else(|e| panic!("{e}: {sql}"));
                        for row in rows {
                            let step: &str = row.get("detail");
                            let words = step.starts_with("SCAN run_words VIRTUAL TABLE");
                            let fine = words || step.starts_with("SEARCH ");
                            assert!(fine, "{step}\n{sql}");
                        }
                    }
                }
            }
        }
    }
}
