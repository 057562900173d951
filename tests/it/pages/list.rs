//! The list of runs, and the lab.

use glore::domain::{Role, SolutionKind};
use glore::engine::{Health, ScriptedEngine};

use super::{all, css, html, one, post_form, samples};
use crate::app::TestApp;

#[tokio::test]
async fn the_list_filters_searches_and_goes_on() {
    let app = TestApp::new().await;
    let empty = html(&app.get("/runs").await);
    assert!(one(&empty, "main").contains("no runs yet"));
    assert_eq!(empty.select(&css("main a[href='/']")).count(), 1, "says what to do next");
    for _ in 0..25 {
        app.app.store.runs().insert(&samples::right_draft()).await.expect("stored");
    }
    let local = samples::local_wins();
    app.app.store.runs().insert(&local).await.expect("stored");

    let page = html(&app.get("/runs").await);
    assert_eq!(all(&page, ".runs tbody tr").len(), 25);
    let chips = all(&page, ".facets .chip");
    for chip in ["completed 26", "GLoRe 26", "draft 25", "local 1", "right 26", "wrong → right 1"]
    {
        assert!(chips.iter().any(|word| word == chip), "{chip}: {chips:?}");
    }
    let older = page.select(&css("a[rel=next]")).next().and_then(|a| a.attr("href")).expect("more");
    let rest = html(&app.get(older).await);
    assert_eq!(all(&rest, ".runs tbody tr").len(), 1);

    let found = html(&app.get("/runs?chosen=local&q=apples").await);
    assert_eq!(all(&found, ".runs tbody tr").len(), 1);
    assert_eq!(one(&found, ".facets .chip[aria-current=true]"), "local 1");
    assert_eq!(one(&found, ".chosen-cell"), "local refinement wrong → right");
    assert_eq!(found.select(&css("input[name=q][value=apples]")).count(), 1);
    assert_eq!(found.select(&css("input[type=hidden][name=chosen][value=local]")).count(), 1);
    let none = html(&app.get("/runs?q=nowhere").await);
    assert!(one(&none, "main").contains("No run is like that"));
    assert_eq!(app.get("/runs?status=sideways").await.status.as_u16(), 422);
    assert_eq!(app.get("/runs?from=&to=&sort=&q=").await.status.as_u16(), 200, "empty fields");
}

/// A run whose first drop is at a step of thirty.
fn drops_at(step: usize) -> glore::domain::Run {
    let steps: Vec<_> =
        (1..=30).map(|k| ("1 + 1 = 2", if k == step { 0.1 } else { 0.9 })).collect();
    let draft = samples::solution(SolutionKind::Draft, &steps, Some("2"), 0.5);
    samples::run("What is 1 + 1?", Some("2"), vec![draft])
}

#[tokio::test]
async fn late_drops_have_chips_and_what_the_address_says_can_be_turned_off() {
    let app = TestApp::new().await;
    for step in 0..=20 {
        app.app.store.runs().insert(&drops_at(step)).await.expect("stored");
    }
    let page = html(&app.get("/runs").await);
    let chips = all(&page, ".facets .chip");
    for step in 1..=20 {
        assert!(chips.contains(&format!("step {step} 1")), "{step}: {chips:?}");
    }
    for (set, chip) in [
        ("first_error=29", "step 29 0"),
        ("first_error=none", "none 1"),
        ("kind=refine", "refine 0"),
        ("annotated=false", "no"),
    ] {
        let page = html(&app.get(&format!("/runs?{set}")).await);
        assert_eq!(one(&page, ".facets .chip[aria-current=true]"), chip, "{set}");
        let off = page.select(&css(".facets .chip[aria-current=true]")).next();
        assert_eq!(off.and_then(|chip| chip.attr("href")), Some("/runs"), "{set}");
    }
}

#[tokio::test]
async fn lists_are_kept_under_a_name_and_forgotten() {
    let app = TestApp::new().await;
    app.app.store.runs().insert(&samples::local_wins()).await.expect("stored");
    let kept =
        post_form(&app, "/runs/views", "name=Good+ones&query=%3Fchosen%3Dlocal%26after%3Dx").await;
    assert_eq!((kept.status.as_u16(), kept.header("location")), (303, "/runs"), "no such place");
    let kept = post_form(&app, "/runs/views", "name=Good+ones&query=%3Fchosen%3Dlocal").await;
    assert_eq!((kept.status.as_u16(), kept.header("location")), (303, "/runs?chosen=local"));
    let page = html(&app.get("/runs?chosen=local").await);
    assert_eq!(one(&page, ".saved .chip[aria-current=true]"), "Good ones");
    for (name, words) in [("", "needs a name"), (&*"x".repeat(61), "at most 60 characters")] {
        let refused = post_form(&app, "/runs/views", &format!("name={name}&query=")).await;
        assert_eq!(refused.status.as_u16(), 422);
        let page = html(&refused);
        assert!(one(&page, "#view-fault").contains(words));
        let typed = page.select(&css("#view-name")).next().and_then(|input| input.attr("value"));
        assert_eq!(typed, Some(name), "nothing typed is lost");
    }
    let gone = post_form(&app, "/runs/views/delete", "name=Good+ones&query=").await;
    assert_eq!(gone.header("location"), "/runs");
    assert_eq!(all(&html(&app.get("/runs").await), ".saved .chip").len(), 0);
}

#[tokio::test]
async fn the_lab_says_what_answers() {
    let app = TestApp::new().await;
    let page = html(&app.get("/lab").await);
    assert_eq!(all(&page, "tbody th b"), ["policy", "orm", "sorm", "global", "local"]);
    assert!(one(&page, ".models-table").contains("threshold 0.50 (validation)"));
    assert_eq!(one(&page, ".models"), "models ready");
    let broken = ScriptedEngine::new().healthy(Health::NotReady("orm is <loading>".to_owned()));
    let page = html(&TestApp::with(broken).await.get("/lab").await);
    assert_eq!(one(&page, ".models"), "models not ready");
    assert!(all(&page, ".note").iter().any(|note| note.contains("orm is <loading>")));
    assert_eq!(Role::ALL.len(), 5);
}
