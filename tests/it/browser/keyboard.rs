//! Ten items reviewed with keys alone: with the page's script, and with scripts switched off.

use glore::domain::review::{QueueSettings, Suggestions};
use serde_json::json;

use super::driver::{Browser, CONTROL, ENTER, TAB};
use super::site::Site;
use crate::app::TestApp;
use crate::pages::samples;
use crate::review::{only_random, queue, raw};

const ITEMS: usize = 10;

/// A queue with ten runs, each with three solutions of three steps.
pub async fn site() -> (Site, String) {
    let app = TestApp::new().await;
    let settings = QueueSettings { suggestions: Suggestions::After, ..only_random() };
    let queue = queue(&app.app.store, &settings).await;
    for _ in 0..ITEMS {
        app.app.store.runs().insert(&samples::local_wins()).await.expect("kept");
    }
    (Site::of(app).await, format!("/review/queues/{queue}"))
}

/// Labels that are stored: all, good, wrong, not rated; and choices.
async fn stored(site: &Site) -> (i64, i64, i64, i64) {
    sqlx::query_as(
        "SELECT count(*), sum(value = 1), sum(value = -1), sum(value IS NULL) FROM labels",
    )
    .fetch_one(&mut raw(site.app.dir()).await)
    .await
    .expect("counted")
}

/// Presses Tab until the element of this selector has the focus.
pub async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..200 {
        let here = format!("return Boolean(document.activeElement?.matches({}))", json!(css));
        if browser.script(&here).await == true {
            return;
        }
        browser.press(&TAB.to_string()).await;
    }
    panic!("{css} cannot be reached by Tab at {}", browser.address().await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn ten_items_by_keys_alone() {
    let (site, queue) = site().await;
    let browser = Browser::open().await;
    browser.go(&site.at(&queue)).await;
    tab_to(&browser, "form[action$='/next'] button").await;
    browser.press(&ENTER.to_string()).await;
    for item in 1..=ITEMS {
        browser.until("location.pathname.startsWith('/review/items/')").await;
        browser.until("document.querySelector('#step-1[aria-current=step]')").await;
        let address = browser.address().await;
        browser.press("3").await;
        browser.until("document.querySelector('#step-2[aria-current=step]')").await;
        // Wrong here: what comes after is not asked for, the choice is.
        browser.press("1").await;
        browser.until("document.querySelector('[data-choice][aria-current=step]')").await;
        browser.press("2").await;
        browser.until("document.querySelector('[data-pick][aria-pressed=true]')").await;
        browser.chord(CONTROL, ENTER).await;
        let left = format!("location.href.split('?')[0] !== {}", json!(address.split('?').next()));
        browser.until(&left).await;
        if item == ITEMS {
            browser
                .until("document.querySelector('main').innerText.includes('Nothing waits')")
                .await;
        }
    }
    assert_eq!(stored(&site).await, (30, 10, 10, 10), "as they were pressed");
    assert_eq!(browser.log("browser").await, Vec::<serde_json::Value>::new(), "a quiet console");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn ten_items_by_keys_without_any_script() {
    let (site, queue) = site().await;
    let browser = Browser::open().await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go(&site.at(&queue)).await;
    tab_to(&browser, "form[action$='/next'] button").await;
    browser.press(&ENTER.to_string()).await;
    for item in 1..=ITEMS {
        browser.until("location.pathname.startsWith('/review/items/')").await;
        let none = "document.querySelector('#desk [aria-current]')";
        assert_eq!(
            browser.script(&format!("return {none}")).await,
            serde_json::Value::Null,
            "no script"
        );
        let address = browser.address().await;
        for (row, verdict) in [("#step-1", "good"), ("#step-2", "wrong")] {
            tab_to(&browser, &format!("{row} button[value={verdict}]")).await;
            browser.press(&ENTER.to_string()).await;
            let pressed = format!("{row} button[value={verdict}][aria-pressed=true]");
            browser.until(&format!("document.querySelector({})", json!(pressed))).await;
        }
        tab_to(&browser, "[data-pick='2']").await;
        browser.press(&ENTER.to_string()).await;
        browser.until("document.querySelector(\"[data-pick='2'][aria-pressed=true]\")").await;
        tab_to(&browser, "button[data-do=submit]").await;
        browser.press(&ENTER.to_string()).await;
        let left = format!("location.pathname !== new URL({}).pathname", json!(address));
        browser.until(&left).await;
        if item == ITEMS {
            browser
                .until("document.querySelector('main').innerText.includes('Nothing waits')")
                .await;
        }
    }
    assert_eq!(stored(&site).await, (30, 10, 10, 10), "as they were pressed");
}

/// Three presses before the first answer are three, though one that is sent twice is one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn quick_undos_are_each_an_undo() {
    let (site, queue) = site().await;
    let browser = Browser::open().await;
    browser.go(&site.at(&queue)).await;
    tab_to(&browser, "form[action$='/next'] button").await;
    browser.press(&ENTER.to_string()).await;
    browser.until("document.querySelector('#step-1[aria-current=step]')").await;
    browser.press("333").await;
    browser.until("document.querySelector('[data-do=undo]:not([disabled])')").await;
    let kept = "SELECT count(*) FROM actions WHERE kind = ?";
    let count = async |kind: &str| {
        let mut rows = raw(site.app.dir()).await;
        sqlx::query_scalar::<_, i64>(kept).bind(kind).fetch_one(&mut rows).await.expect("counted")
    };
    assert_eq!(count("rate").await, 3);
    let quick = "for (const _ of [1, 2, 3]) document.querySelector('[data-do=undo]').click()";
    browser.script(quick).await;
    browser.until("document.querySelector('[data-do=undo][disabled]')").await;
    assert_eq!(count("undo").await, 3);
    assert_eq!(browser.log("browser").await, Vec::<serde_json::Value>::new(), "a quiet console");
}
