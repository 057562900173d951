//! Forms that come back with what was typed, keys, and the text of others.

use axum::body::Body;
use axum::http::{Request, header};
use glore::domain::RunId;

use super::flow::{item_of, press};
use super::{filled, only_random, with_clock};
use crate::app::TestApp;
use crate::pages::samples::HOSTILE;
use crate::pages::{all, css, html, one, post_form, samples};

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let (app, _) = with_clock().await;
    let queue = filled(&app.app.store, &only_random(), 0).await;
    app.app.store.runs().insert(&samples::hostile()).await.expect("kept");
    let (place, _) = press(&app, &format!("/review/queues/{queue}/next"), "").await;
    let item = item_of(&place);
    let wicked = encode(&format!("</textarea>{HOSTILE}"));
    let body = format!("step=1&critique-1={wicked}&correction-1={wicked}");
    let (_, page) = press(&app, &format!("/review/items/{item}/act"), &body).await;
    assert_eq!(page.select(&css("main script, main img, main i, main u")).count(), 0);
    let typed = page.select(&css("#critique-1")).next().expect("the text");
    let typed: String = typed.text().collect();
    assert_eq!(typed, format!("</textarea>{HOSTILE}"));
    assert!(page.select(&css(".difference ins")).count() > 0);
    let flag = format!("/runs/{}/flag", run_of(&app, &place).await);
    let refused = post_form(&app, &flag, &format!("queue=x&reason={wicked}")).await;
    let page = html(&refused);
    assert_eq!(refused.status, 422);
    assert_eq!(page.select(&css("main script, main b")).count(), 0);
    let reason = page.select(&css("#flag-reason")).next().and_then(|field| field.attr("value"));
    assert_eq!(reason.map(str::to_owned), Some(format!("</textarea>{HOSTILE}")));
}

async fn run_of(app: &TestApp, place: &str) -> RunId {
    let item = item_of(place).parse().expect("an item");
    app.app.store.reviews().item(item).await.expect("read").expect("there").run
}

#[tokio::test]
async fn a_text_that_is_too_long_comes_back_as_it_was_typed() {
    let (app, _) = with_clock().await;
    let queue = filled(&app.app.store, &only_random(), 1).await;
    let (place, _) = press(&app, &format!("/review/queues/{queue}/next"), "").await;
    let act = format!("/review/items/{}/act", item_of(&place));
    let long = "x".repeat(4097);
    let refused = post_form(&app, &act, &format!("step=2&critique-2={long}&correction-2=y")).await;
    assert_eq!(refused.status, 422);
    let page = html(&refused);
    assert_eq!(one(&page, "#critique-2"), long);
    assert_eq!(one(&page, "#correction-2"), "y");
    assert_eq!(one(&page, "#fault-2"), "at most 4096 bytes are allowed, 4097 were given");
}

#[tokio::test]
async fn a_queue_that_cannot_be_comes_back_with_every_fault() {
    let app = TestApp::new().await;
    let body = "name=&convincing_wrong=much&random_share=150&overlap=0&lease_minutes=1.5&\
        verifier_conflict=1&uncertain=1&sharp_drop=1&disagreement=1&user_flagged=1&\
        guidelines=Mine";
    let refused = post_form(&app, "/review/queues", body).await;
    assert_eq!(refused.status, 422);
    let page = html(&refused);
    let faults = all(&page, ".faults li a");
    assert_eq!(faults, ["convincing_wrong", "name", "random_share", "overlap", "lease_minutes"]);
    assert_eq!(one(&page, "#guidelines"), "Mine", "nothing typed is lost");
    assert!(app.app.store.reviews().queues().await.expect("read").is_empty());
}

#[tokio::test]
async fn guidelines_have_versions_and_names_are_unlike() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 0).await;
    let body = |name: &str, words: &str| {
        format!(
            "name={name}&convincing_wrong=0&verifier_conflict=0&uncertain=0&sharp_drop=0&\
             disagreement=0&user_flagged=0&random_share=100&overlap=1&lease_minutes=15&\
             mode=per_step&suggestions=never&guidelines={words}&open=1"
        )
    };
    let settings = format!("/review/queues/{queue}/settings");
    for (words, version) in [("Judge+the+substance.", 1), ("New.", 2), ("New.", 2)] {
        press(&app, &settings, &body("all", words)).await;
        let queue = store.reviews().queue(queue).await.expect("read").expect("there");
        assert_eq!(queue.guidelines.version, version, "{words}");
    }
    assert_eq!(store.reviews().guidelines(queue, 1).await.expect("read"), "Judge the substance.");
    let refused = post_form(&app, "/review/queues", &body("all", "x")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(one(&html(&refused), "#name-fault"), "another queue has this name");
}

#[tokio::test]
async fn keys_are_kept_in_a_cookie_and_shown() {
    let (app, _) = with_clock().await;
    let queue = filled(&app.app.store, &only_random(), 1).await;
    let (place, page) = press(&app, &format!("/review/queues/{queue}/next"), "").await;
    assert_eq!(page.select(&css("[data-keys=on]")).count(), 1);
    assert_eq!(page.select(&css("[data-do=skip] kbd")).count(), 1);

    let twice = post_form(&app, "/review/keys", "on=1&skip=n").await;
    assert_eq!(twice.status, 422);
    assert_eq!(all(&html(&twice), ".fault"), ["this key is used twice"; 2]);
    let saved = post_form(&app, "/review/keys", "on=1&skip=x").await;
    assert_eq!((saved.status.as_u16(), saved.header("location")), (303, "/review/keys"));
    let with = async |cookie: &str| {
        let request = Request::get(&place).header(header::COOKIE, cookie);
        html(&app.send(request.body(Body::empty()).expect("a request")).await)
    };
    let cookie = saved.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let page = with(&cookie).await;
    assert_eq!(one(&page, "[data-do=skip] kbd"), "x");
    let off = post_form(&app, "/review/keys", "skip=x").await;
    let cookie = off.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let page = with(&cookie).await;
    assert_eq!(page.select(&css("[data-keys=off]")).count(), 1);
    assert_eq!(page.select(&css("#desk form kbd, [aria-keyshortcuts='1']")).count(), 0);
    let page = with("review_keys=<script>").await;
    assert_eq!(one(&page, "[data-do=skip] kbd"), "s");
}

#[tokio::test]
async fn a_run_is_sent_to_review_from_its_page() {
    let app = TestApp::new().await;
    let run = samples::right_draft();
    app.app.store.runs().insert(&run).await.expect("kept");
    let flag = format!("/runs/{}/flag", run.id);
    let none = html(&app.get(&flag).await);
    assert_eq!(none.select(&css("main a[href='/review/queues/new']")).count(), 1);
    let queue = filled(&app.app.store, &only_random(), 0).await;
    // From a step, the reason begins with it; an address can put no words of its own there.
    let step = html(&app.get(&format!("/runs/{}", run.id)).await);
    let step = step.select(&css("#step-1 .actions a[href*='/flag?']")).next().expect("a link");
    let step = html(&app.get(step.attr("href").expect("an address")).await);
    assert_eq!(step.select(&css("#flag-reason[value='draft, step 1: ']")).count(), 1);
    let odd = html(&app.get(&format!("{flag}?of=Call%20us!&step=1")).await);
    assert_eq!(odd.select(&css("#flag-reason[value='']")).count(), 1);
    let refused = post_form(&app, &flag, &format!("queue={queue}&reason=")).await;
    assert_eq!(refused.status, 422);
    let (place, page) = press(&app, &flag, &format!("queue={queue}&reason=too+good")).await;
    assert_eq!(place, format!("/review/queues/{queue}"));
    assert_eq!(all(&page, ".items .mark"), ["flagged by a person"]);
    assert_eq!(app.get(&format!("/runs/{}/flag", RunId::new())).await.status, 404);
}
