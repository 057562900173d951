//! The list of runs: filters, counts, and pages that lose and repeat nothing.

use std::collections::HashSet;

use glore::domain::{RunStatus, SolutionKind};
use proptest::prelude::*;
use serde_json::json;

use crate::app::TestApp;
use crate::store::sample_run;

#[tokio::test]
async fn filters_and_counts_agree() {
    let app = TestApp::new().await;
    let runs = app.app.store.runs();
    for (kind, correct) in [
        (SolutionKind::Draft, Some(true)),
        (SolutionKind::Local, Some(false)),
        (SolutionKind::Local, None),
    ] {
        runs.insert(&sample_run(kind, correct)).await.expect("kept");
    }
    let mut failed = sample_run(SolutionKind::Draft, None);
    (failed.status, failed.chosen, failed.solutions) = (RunStatus::Failed, None, vec![]);
    failed.problem.text = "100% of_it \\ other".to_owned();
    runs.insert(&failed).await.expect("kept");

    let counts = runs.counts().await.expect("counts");
    assert_eq!(counts.all(), 4);
    for (query, facet, value, n) in [
        ("status=failed", "status", "failed", 1),
        ("status=completed", "status", "completed", 3),
        ("chosen=local", "chosen", "local", 2),
        ("correct=true", "correct", "true", 1),
        ("correct=false", "correct", "false", 1),
        ("correct=unknown", "correct", "unknown", 2),
        ("strategy=glore", "strategy", "glore", 4),
        ("model=m", "model", "m", 3),
        ("kind=solve", "kind", "solve", 4),
        ("kind=refine", "kind", "refine", 0),
    ] {
        let page = app.get(&format!("/v1/runs?{query}")).await.ok();
        assert_eq!(page["data"].as_array().map(Vec::len), Some(n), "{query}");
        assert_eq!(counts.of(facet, value), n as u64, "{query}");
    }
    for (q, n) in [("100%25", 1), ("OTHER", 1), ("of_it", 1), ("ofXit", 0), ("%5C", 0), ("", 4)] {
        let page = app.get(&format!("/v1/runs?q={q}")).await.ok();
        assert_eq!(page["data"].as_array().map(Vec::len), Some(n), "{q}");
    }
    let both = app.get("/v1/runs?chosen=local&correct=false").await.ok();
    assert_eq!(both["data"].as_array().map(Vec::len), Some(1));
    assert_eq!((&both["has_more"], &both["next"]), (&json!(false), &json!(null)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Runs that were there when reading began appear exactly once, whatever comes in between.
    #[test]
    fn pages_lose_and_repeat_nothing(before in 0usize..12, limit in 1usize..5, between in 0usize..3) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let app = TestApp::new().await;
            let add = async || {
                let run = sample_run(SolutionKind::Draft, None);
                app.app.store.runs().insert(&run).await.expect("kept");
                run.id.to_string()
            };
            let mut there = HashSet::new();
            for _ in 0..before {
                there.insert(add().await);
            }
            let mut seen = Vec::new();
            let mut after = String::new();
            loop {
                let page = app.get(&format!("/v1/runs?limit={limit}{after}")).await.ok();
                let data = page["data"].as_array().expect("a list");
                assert!(data.len() <= limit);
                seen.extend(data.iter().map(|run| run["id"].as_str().expect("an id").to_owned()));
                for _ in 0..between {
                    add().await;
                }
                match page["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
            assert_eq!(seen.len(), before);
            assert_eq!(seen.into_iter().collect::<HashSet<_>>(), there);
        });
    }
}
