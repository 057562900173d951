//! The lab: models, shipped results, runs while they go on.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use glore::config::Config;
use glore::engine::{Gate, ScriptedEngine};
use scraper::Html;
use tempfile::TempDir;

use super::{all, css, html, one};
use crate::app::TestApp;

/// A server whose runs lie in `root`.
async fn over(root: &Path) -> TestApp {
    let mut config = Config::default();
    config.lab.runs = root.to_owned();
    TestApp::build(ScriptedEngine::new(), config, Gate::new(2, 4)).await
}

/// A folder with one run that has a set and a training.
fn a_run() -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    let run = root.path().join("trial-1");
    fs::create_dir_all(run.join("base")).expect("made");
    let line = |step: u64, loss: f64, validation: &str| {
        format!(
            "{{\"name\":\"base\",\"step\":{step},\"steps\":50,\"loss\":{loss},\
             \"validation_loss\":{validation},\"rate\":0.1,\"tokens\":{}}}\n",
            step * 100
        )
    };
    let lines = line(25, 2.5, "null") + &line(50, 1.25, "1.5");
    fs::write(run.join("base/metrics.jsonl"), lines).expect("written");
    let manifest =
        r#"{"stage":"samples","settings":{},"inputs":{},"counts":{"lines":7},"sha256":"x"}"#;
    fs::write(run.join("samples.manifest.json"), manifest).expect("written");
    root
}

/// Makes the run's training look as if it had last reported long ago.
fn long_ago(root: &TempDir) {
    let file =
        fs::File::options().append(true).open(root.path().join("trial-1/base/metrics.jsonl"));
    let hour = std::time::Duration::from_secs(3_600);
    let then = std::time::SystemTime::now() - hour;
    file.and_then(|file| file.set_modified(then)).expect("set");
}

fn attribute(page: &Html, selector: &str, name: &str) -> Option<String> {
    page.select(&css(selector)).next()?.attr(name).map(str::to_owned)
}

#[tokio::test]
async fn without_runs_the_page_has_models_and_results_or_says_there_are_none() {
    let root = tempfile::tempdir().expect("a temporary folder");
    for root in [root.path().to_owned(), root.path().join("missing")] {
        let app = over(&root).await;
        let page = html(&app.get("/lab").await);
        assert_eq!(all(&page, ".models-table tbody tr").len(), 5);
        let shown = page.select(&css(".finding")).count() > 0;
        let said = one(&page, "main").contains("No results are shipped");
        assert_eq!(shown, glore::engine::embedded_results().is_some());
        assert_eq!(said, !shown);
        assert_eq!(page.select(&css("a[href^='/lab?run=']")).count(), 0);
    }
}

#[tokio::test]
async fn a_run_at_work_is_shown_and_followed() {
    let root = a_run();
    let app = over(root.path()).await;
    let page = html(&app.get("/lab").await);
    assert_eq!(all(&page, "a[href^='/lab?run=']"), ["trial-1"]);
    assert_eq!(page.select(&css("[hx-get]")).count(), 0, "nothing is polled there");

    let page = html(&app.get("/lab?run=trial-1").await);
    assert_eq!(all(&page, "ol.stages li"), ["base", "samples ✓there"]);
    assert_eq!(attribute(&page, "#lab-run", "hx-trigger").as_deref(), Some("every 5s"));
    assert_eq!(all(&page, "a[href='/lab?run=trial-1']"), ["trial-1", "Refresh"]);
    assert_eq!(page.select(&css("meta[http-equiv], style, [style], script:not([src])")).count(), 0);
    let drawn = page.select(&css("svg.chart[role=img][aria-label] > title")).count();
    assert_eq!(drawn, 1, "one training, one picture");
    let curves = page.select(&css("svg.chart .curve, svg.chart circle")).count();
    assert_eq!(curves, 2, "a line, and the one point where validation was measured");
    let rows = all(&page, "figure details tbody tr");
    assert_eq!(
        rows,
        // Cells stand side by side; the thin space of a number is white space like any other.
        ["252 5002.5000–", "505 0001.25001.5000"]
    );
    let section = page.select(&css(".finding")).filter(|e| e.text().any(|t| t == "Sets")).count();
    assert_eq!(section, 1);
}

#[tokio::test]
async fn the_part_that_changes_is_sent_when_it_changed() {
    let root = a_run();
    let app = over(root.path()).await;
    let page = html(&app.get("/lab?run=trial-1").await);
    let address = attribute(&page, "#lab-run", "hx-get").expect("polled");
    let ask = async |address: &str| {
        let request = Request::get(address).header("hx-request", "true");
        app.send(request.body(Body::empty()).expect("a request")).await
    };
    assert_eq!(ask(&address).await.status, 204, "nothing new");
    let part = ask("/lab/live?run=trial-1&seen=0").await;
    assert_eq!(part.header("vary"), "hx-request");
    let text = String::from_utf8_lossy(&part.body).into_owned();
    assert!(text.contains("id=\"lab-run\"") && !text.contains("<html"), "{text}");
    let reader = app.get("/lab/live?run=trial-1").await;
    assert_eq!((reader.status.as_u16(), reader.header("location")), (303, "/lab?run=trial-1"));

    long_ago(&root);
    let part = ask(&address).await;
    assert_eq!(part.status, 200, "it is no longer at work");
    assert!(!String::from_utf8_lossy(&part.body).contains("hx-get"), "and no longer followed");
    let page = html(&app.get("/lab?run=trial-1").await);
    assert_eq!(page.select(&css("[hx-get]")).count(), 0);
    assert!(one(&page, "main").contains("1 h ago"));
}

#[tokio::test]
async fn a_name_that_is_none_of_a_run_is_not_found() {
    let root = a_run();
    fs::create_dir_all(root.path().join("empty")).expect("made");
    let app = over(&root.path().join("trial-1").join("..")).await;
    let names = [
        "",
        ".",
        "..",
        "none",
        "empty",
        "trial-1%2Fbase",
        "..%2Ftrial-1",
        "%3Cb%3E",
        "a.b",
        "trial-1%00",
    ];
    for name in names {
        for address in ["/lab", "/lab/live"] {
            let answer = app.get(&format!("{address}?run={name}")).await;
            assert_eq!(answer.status, 404, "{address} {name}");
            assert_eq!(html(&answer).select(&css("main b")).count(), 0, "{name}");
        }
    }
    assert_eq!(app.get("/lab/live").await.status, 404);
    assert_eq!(app.get("/lab?run=trial-1").await.status, 200);
}

#[tokio::test]
async fn a_broken_file_is_named_and_the_page_stays() {
    let root = a_run();
    fs::write(root.path().join("trial-1/labels.json"), "{").expect("written");
    let app = over(root.path()).await;
    let answer = app.get("/lab?run=trial-1").await;
    assert_eq!(answer.status, 200);
    assert!(one(&html(&answer), ".note").contains("labels.json"));
}
