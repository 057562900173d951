//! Two sets of runs beside each other.

use glore::domain::{Probability, Run, SolutionKind, Tag, Threshold};

use super::{all, css, html, one, samples};
use crate::app::TestApp;

fn solved(problem: &str, answer: &str) -> Run {
    let steps = [("1 + 1 = 2", 0.9)];
    let solution = samples::solution(SolutionKind::Draft, &steps, Some(answer), 0.6);
    samples::run(problem, Some("2"), vec![solution])
}

async fn keep(app: &TestApp, tag: &str, runs: &[(&str, &str)]) {
    for (problem, answer) in runs {
        let run = solved(problem, answer);
        app.app.store.runs().insert(&run).await.expect("stored");
        let tag = Tag::parse(tag).expect("a tag");
        app.app.store.tags().add(run.id, &tag).await.expect("tagged");
    }
}

#[tokio::test]
async fn what_became_worse_comes_first_and_totals_have_intervals() {
    let app = TestApp::new().await;
    keep(&app, "one", &[("p1", "2"), ("p2", "2"), ("p3", "9"), ("p4", "9"), ("only", "2")]).await;
    keep(&app, "two", &[("p1", "2"), ("p2", "7"), ("p3", "2"), ("p4", "2"), ("p2b", "2")]).await;
    // An older run of the same problem and set does not count.
    let page = html(&app.get("/compare?a=tag%3Done&b=tag%3Dtwo").await);
    assert_eq!(one(&page, "#totals"), "4 problems in both");
    let titles = all(&page, "main h2");
    assert_eq!(titles[1..], ["Right in A, wrong in B: 1", "Wrong in A, right in B: 2"]);
    let totals = all(&page, ".totals td");
    assert!(totals[0].starts_with("50.0 % (") && totals[1].starts_with("75.0 % ("), "{totals:?}");
    assert!(totals[2].starts_with("+25.0 points ("), "{totals:?}");
    assert_eq!(all(&page, ".flips td.number"), ["1", "1", "2", "0"]);
    let links = css("section[aria-labelledby=regressions] a[href^='/runs/run_']");
    assert_eq!(page.select(&links).count(), 2);
    assert!(one(&page, "section[aria-labelledby=regressions] tbody tr").starts_with("p2"));
}

#[tokio::test]
async fn without_two_sets_there_is_the_form_and_what_is_no_set_is_named() {
    let app = TestApp::new().await;
    keep(&app, "one", &[("p1", "2")]).await;
    let page = html(&app.get("/compare").await);
    assert_eq!(page.select(&css("#sets option[value='tag=one']")).count(), 1);
    assert_eq!(page.select(&css("#totals")).count(), 0);
    let page = html(&app.get("/compare?a=baseline&b=tag%3Done").await);
    assert!(one(&page, "#a-fault").contains("tag=baseline"));
    assert_eq!(page.select(&css("#a[value=baseline]")).count(), 1);
    let page = html(&app.get("/compare?a=tag%3Done&b=tag%3Dnone").await);
    assert!(one(&page, "main").contains("nothing to compare"));
}

#[tokio::test]
async fn two_thresholds_are_two_sets() {
    let app = TestApp::new().await;
    for (threshold, answer) in [(0.3, "2"), (0.6, "7")] {
        let sorm = Probability::new(threshold).expect("a probability");
        let run = solved("p1", answer);
        let run = Run { threshold: Threshold { sorm, ..run.threshold }, ..run };
        app.app.store.runs().insert(&run).await.expect("stored");
    }
    let page = html(&app.get("/compare?a=threshold%3D0.3&b=threshold%3D0.6").await);
    assert_eq!(one(&page, "#totals"), "1 problem in both");
    assert_eq!(all(&page, ".flips td.number"), ["0", "1", "0", "0"], "a regression");
    assert_eq!(page.select(&css("#sets option[value='threshold=0.3']")).count(), 1);
    let list = html(&app.get("/runs?threshold=0.6").await);
    assert_eq!(all(&list, ".runs tbody tr").len(), 1);
    assert_eq!(one(&list, ".facets .chip[aria-current=true]"), "0.6 1");
    assert_eq!(app.get("/runs?threshold=2").await.status.as_u16(), 422);
}
