//! The form: accepted, refused, kept, filled in.

use glore::domain::RunStatus;

use super::{all, css, html, one, post_form, samples};
use crate::app::TestApp;

#[tokio::test]
async fn the_form_puts_a_run_in_the_queue() {
    let app = TestApp::new().await;
    let answer =
        post_form(&app, "/runs", "problem=What+is+2+%2B+2%3F&reference_answer=4&seed=7").await;
    assert_eq!(answer.status.as_u16(), 303);
    let to = answer.header("location").to_owned();
    let run = app.get(&format!("/v1{to}")).await.ok();
    assert_eq!(
        (&run["status"], &run["problem"]["text"]),
        (&"queued".into(), &"What is 2 + 2?".into())
    );
}

#[tokio::test]
async fn a_refused_form_comes_back_as_it_was_sent() {
    let app = TestApp::new().await;
    let body = "problem=&reference_answer=%3C4%3E&samples=many&temperature=9&seed=5";
    let answer = post_form(&app, "/runs", body).await;
    assert_eq!(answer.status.as_u16(), 422);
    let page = html(&answer);
    assert_eq!(one(&page, ".faults h2"), "3 fields need a change");
    assert_eq!(all(&page, ".faults li a"), ["Problem", "Samples", "Temperature"]);
    let invalid: Vec<_> =
        page.select(&css("[aria-invalid=true]")).filter_map(|e| e.attr("name")).collect();
    assert_eq!(invalid, ["problem", "samples", "temperature"]);
    let value = |name: &str| {
        let input = page.select(&css(&format!("input[name={name}]"))).next();
        input.and_then(|input| input.attr("value")).unwrap_or_default().to_owned()
    };
    assert_eq!([value("reference_answer"), value("samples"), value("seed")], ["<4>", "many", "5"]);
    assert_eq!(page.select(&css("details.settings[open]")).count(), 1);
    assert_eq!(page.select(&css(".faults[role=alert][tabindex='-1'][autofocus]")).count(), 1);
}

#[tokio::test]
async fn a_full_queue_keeps_the_text() {
    let app = TestApp::new().await;
    let limit = app.app.config.engine.queue;
    for _ in 0..limit {
        let run = samples::unfinished(RunStatus::Queued, None);
        app.app.store.runs().insert_queued(&run, "{}", limit).await.expect("queued");
    }
    let answer = post_form(&app, "/runs", "problem=%0D%0A++keep+me").await;
    assert_eq!(answer.status.as_u16(), 429);
    assert!(answer.header("retry-after").parse::<u64>().is_ok());
    let page = html(&answer);
    assert!(one(&page, ".faults").contains("Your text is kept"));
    assert_eq!(one(&page, "textarea"), "keep me");
}

#[tokio::test]
async fn examples_and_earlier_runs_fill_the_form() {
    let app = TestApp::new().await;
    let home = html(&app.get("/").await);
    let links: Vec<_> = home.select(&css(".examples a")).filter_map(|e| e.attr("href")).collect();
    assert_eq!(links.len(), 6);
    for link in links {
        let page = html(&app.get(link).await);
        assert!(one(&page, "textarea").ends_with('?'), "{link}");
    }
    let run = samples::best_of_five();
    app.app.store.runs().insert(&run).await.expect("stored");
    let page = html(&app.get(&format!("/?from={}", run.id)).await);
    assert_eq!(one(&page, "textarea"), run.problem.text);
    assert_eq!(one(&page, "option[selected]"), "Best of n");
    assert!(app.get("/?from=nonsense&example=none").await.status.is_success());
}
