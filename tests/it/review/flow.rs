//! The whole way through the pages, by forms alone.

use glore::domain::review::{QueueSettings, Suggestions};
use scraper::Html;
use time::Duration;

use super::{filled, only_random, raw, settings, with_clock};
use crate::app::{Answer, TestApp};
use crate::pages::{all, css, html, one, post_form, samples};

/// Posts a form and follows where it leads.
pub async fn press(app: &TestApp, path: &str, body: &str) -> (String, Html) {
    let answer = post_form(app, path, body).await;
    assert_eq!(answer.status, 303, "{path} {body}: {}", String::from_utf8_lossy(&answer.body));
    let place = answer.header("location").to_owned();
    let page = app.get(place.split('#').next().unwrap_or_default()).await;
    assert_eq!(page.status, 200, "{place}");
    (place, html(&page))
}

pub fn item_of(place: &str) -> String {
    let rest = place.strip_prefix("/review/items/").unwrap_or_else(|| panic!("{place}"));
    rest.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[tokio::test]
async fn ten_items_are_reviewed_by_forms_alone() {
    let app = TestApp::new().await;
    for _ in 0..10 {
        app.app.store.runs().insert(&samples::local_wins()).await.expect("kept");
    }
    let empty = html(&app.get("/review").await);
    assert_eq!(empty.select(&css("main a[href='/review/queues/new']")).count(), 1);
    let form = html(&app.get("/review/queues/new").await);
    let field = |name: &str| {
        let input = form.select(&css(&format!("[name={name}]"))).next().expect("a field");
        input.attr("value").unwrap_or_default().to_owned()
    };
    assert_eq!((field("random_share"), field("overlap")), ("15".to_owned(), "1".to_owned()));
    let body = "name=First&convincing_wrong=1&verifier_conflict=1&uncertain=1&sharp_drop=1&\
        disagreement=1&user_flagged=1&random_share=15&overlap=1&lease_minutes=15&\
        mode=first_error&suggestions=after&guidelines=Be+kind.&open=1";
    let (queue, _) = press(&app, "/review/queues", body).await;
    let (_, page) = press(&app, &format!("{queue}/fill"), "").await;
    assert_eq!(all(&page, ".items tbody tr").len(), 10);
    assert!(one(&page, "main").contains("10 items wait"));
    assert_eq!(one(&page, "header nav a[href='/review']"), "Review 10 waiting");

    let (mut place, mut page) = press(&app, &format!("{queue}/next"), "").await;
    for k in 1..=10 {
        let item = item_of(&place);
        let act = format!("/review/items/{item}/act");
        let submit = format!("/review/items/{item}/submit");
        assert!(one(&page, ".guidelines").contains("Be kind."));
        assert_eq!(page.select(&css("[aria-pressed=true][name=verdict]")).count(), 0, "blank");
        assert_eq!(page.select(&css(".suggestion")).count(), 0, "hidden until rated");
        let (after, seen) = press(&app, &act, "step=1&verdict=good").await;
        assert_eq!(after, format!("/review/items/{item}#step-2"), "on to the next step");
        assert_eq!(all(&seen, ".suggestion .score").len(), 1, "shown once rated");
        let (after, seen) = press(&app, &act, "step=2&verdict=wrong").await;
        assert_eq!(after, format!("/review/items/{item}#choice"), "the rest is not asked for");
        assert_eq!(seen.select(&css(".rate-row.closed")).count(), 1);
        let refused = post_form(&app, &submit, "").await;
        assert_eq!(refused.status, 422);
        assert!(text(&refused).contains("no solution is chosen"));
        let text = "step=2&critique-2=It+is+23.&correction-2=Ana+and+Ben+have+37+apples+together.";
        let (_, seen) = press(&app, &act, text).await;
        assert!(seen.select(&css(".difference ins")).count() > 0, "the diff is there");
        assert!(!one(&seen, "#choice").contains("The ORM chose "), "hidden until answered");
        let pick = seen.select(&css("[data-pick='2']")).next().and_then(|b| b.attr("value"));
        let (_, seen) = press(&app, &act, &format!("choice={}", pick.expect("B"))).await;
        assert!(one(&seen, "#choice").contains("The ORM chose "), "and then shown");
        (place, page) = press(&app, &submit, "").await;
        if k < 10 {
            assert_ne!(item_of(&place), item, "the next at once");
            assert_eq!(one(&page, ".saved span"), "Saved.");
        }
    }
    assert!(place.starts_with(&queue) && place.contains("empty=1"), "{place}");
    assert!(one(&page, "main").contains("Nothing waits for you here."));
    assert_eq!(one(&page, "header nav a[href='/review']"), "Review");
    let counts: (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT count(*), sum(value = 1), sum(value = -1), sum(value IS NULL) FROM labels",
    )
    .fetch_one(&mut raw(app.dir()).await)
    .await
    .expect("counted");
    assert_eq!(counts, (30, 10, 10, 10));

    let undo = page.select(&css("form.saved")).next().and_then(|form| form.attr("action"));
    let (place, page) = press(&app, undo.expect("a way back"), "").await;
    assert!(item_of(&place).starts_with("itm_"));
    assert_eq!(all(&page, "[name=verdict][aria-pressed=true]").len(), 2, "as it was");
}

#[tokio::test]
async fn undo_redo_skip_and_the_way_back() {
    let (app, _) = with_clock().await;
    let queue = filled(&app.app.store, &only_random(), 3).await;
    let next = format!("/review/queues/{queue}/next");
    let (place, page) = press(&app, &next, "").await;
    let first = item_of(&place);
    assert_eq!(page.select(&css("button[name=undo][disabled]")).count(), 1);
    let act = format!("/review/items/{first}/act");
    let pressed = |page: &Html| all(page, "[name=verdict][aria-pressed=true]");
    let (_, page) = press(&app, &act, "step=1&verdict=fine").await;
    assert_eq!(pressed(&page), ["2 fine 0"]);
    let (_, page) = press(&app, &act, "undo=1").await;
    assert!(pressed(&page).is_empty());
    let (_, page) = press(&app, &act, "redo=1").await;
    assert_eq!(pressed(&page), ["2 fine 0"]);
    let (_, page) = press(&app, &act, "step=1&verdict=none").await;
    assert!(pressed(&page).is_empty());
    let (_, page) = press(&app, &act, "step=1&verdict=good").await;
    assert_eq!(page.select(&css("button[name=rest]")).count(), 1);
    let (_, page) = press(&app, &act, "step=1&rest=good").await;
    assert_eq!(pressed(&page).len(), 3);

    let (place, page) =
        press(&app, &format!("/review/items/{first}/skip"), "reason-skip=later").await;
    let second = item_of(&place);
    assert_ne!(first, second);
    let back = page.select(&css("a[rel=prev]")).next().and_then(|a| a.attr("href")).expect("back");
    assert_eq!(item_of(back), first);
    let page = html(&app.get(back).await);
    assert_eq!(pressed(&page).len(), 3, "kept");
    assert!(one(&page, ".lease").contains("What you say is kept"), "the place was given back");
    let (place, _) = press(&app, &format!("/review/items/{second}/leave"), "").await;
    assert!(![&first, &second].contains(&&item_of(&place)), "a third");
}

#[tokio::test]
async fn a_reason_is_needed_to_give_up_or_to_call_a_problem_bad() {
    let (app, _) = with_clock().await;
    let queue = filled(&app.app.store, &only_random(), 2).await;
    let (place, _) = press(&app, &format!("/review/queues/{queue}/next"), "").await;
    let submit = format!("/review/items/{}/submit", item_of(&place));
    for (outcome, field) in [("bad_problem", "#bad-fault"), ("gave_up", "#giveup-fault")] {
        let refused =
            post_form(&app, &submit, &format!("outcome={outcome}&reason-{outcome}=+")).await;
        assert_eq!(refused.status, 422);
        let page = html(&refused);
        assert_eq!(one(&page, field), "a reason is needed");
        assert_eq!(page.select(&css("details.reason[open]")).count(), 1);
    }
    press(&app, &submit, "outcome=bad_problem&reason-bad_problem=two+answers").await;
    let kept: (String, String) = sqlx::query_as("SELECT outcome, reason FROM submissions")
        .fetch_one(&mut raw(app.dir()).await)
        .await
        .expect("one");
    assert_eq!(kept, ("bad_problem".to_owned(), "two answers".to_owned()));
}

#[tokio::test]
async fn the_lease_is_shown_by_the_servers_clock() {
    let (app, clock) = with_clock().await;
    let queue = filled(&app.app.store, &only_random(), 1).await;
    let (place, page) = press(&app, &format!("/review/queues/{queue}/next"), "").await;
    assert_eq!(one(&page, ".lease time"), "15:00");
    clock.forward(Duration::seconds(100));
    let page = html(&app.get(&place).await);
    assert_eq!(one(&page, ".lease time"), "13:20");
    clock.forward(Duration::hours(1));
    let page = html(&app.get(&place).await);
    assert!(one(&page, ".lease").contains("time is over; yours until somebody else takes it"));
    let (_, page) = press(&app, &format!("/review/items/{}/keep", item_of(&place)), "").await;
    assert_eq!(one(&page, ".lease time"), "15:00");
}

#[tokio::test]
async fn what_the_models_think_stays_hidden_as_the_queue_says() {
    let (app, _) = with_clock().await;
    let with = |suggestions, name: &str| QueueSettings {
        suggestions,
        name: name.to_owned(),
        ..settings()
    };
    let before = filled(&app.app.store, &with(Suggestions::Before, "before"), 0).await;
    let never = filled(&app.app.store, &with(Suggestions::Never, "never"), 1).await;
    let (_, page) = press(&app, &format!("/review/queues/{before}/next"), "").await;
    assert_eq!(all(&page, ".suggestion .score").len(), 3);
    assert!(one(&page, ".whys").contains("at step 2"));
    let (place, page) = press(&app, &format!("/review/queues/{never}/next"), "").await;
    assert!(one(&page, ".whys").contains("sharp drop") && !one(&page, ".whys").contains("step"));
    let list = html(&app.get(&format!("/review/queues/{never}")).await);
    assert!(!one(&list, ".items").contains("0.12"));
    let act = format!("/review/items/{}/act", item_of(&place));
    let (_, page) = press(&app, &act, "step=1&accept=good").await;
    assert_eq!(page.select(&css(".suggestion")).count(), 0);
    let data: String = sqlx::query_scalar("SELECT data FROM actions WHERE kind = 'rate'")
        .fetch_one(&mut raw(app.dir()).await)
        .await
        .expect("one");
    assert!(!data.contains("accepted"), "nobody accepts what they were not shown: {data}");
}
