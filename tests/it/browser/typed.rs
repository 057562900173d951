//! What is typed on the rating page is kept, by whatever is pressed, or said to be not kept.

use glore::domain::PersonRole;
use glore::domain::review::MAX_TEXT_BYTES;
use serde_json::json;

use super::driver::{Browser, ENTER};
use super::keyboard::{site, tab_to};
use super::site::Site;
use crate::people;
use crate::review::raw;

/// The status line says this, where it can be read.
async fn told(browser: &Browser, words: &str) {
    let line = "document.getElementById('said')";
    browser.until(&format!("{line}.textContent.includes({})", json!(words))).await;
    let seen = format!("return {line}.getBoundingClientRect().height > 10");
    assert_eq!(browser.script(&seen).await, true, "{words}: only heard");
}

/// Types into a text as its reader would, all at once.
async fn enter(browser: &Browser, field: &str, text: &str) {
    let (field, text) = (json!(field), json!(text));
    let script = format!(
        "const field = document.querySelector({field}); field.closest('details').open = true; \
         field.focus(); field.value = {text}; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    );
    browser.script(&script).await;
}

async fn value(browser: &Browser, field: &str) -> String {
    let value = format!("return document.querySelector({}).value", json!(field));
    browser.script(&value).await.as_str().expect("a text").to_owned()
}

/// Opens the first item of the queue.
async fn begin(browser: &Browser, site: &Site, queue: &str) -> String {
    browser.go(&site.at(queue)).await;
    browser.script("document.querySelector(\"form[action$='/next'] button\").click()").await;
    browser.until("location.pathname.startsWith('/review/items/')").await;
    browser.until("document.readyState === 'complete'").await;
    browser.address().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_refused_text_stays_is_marked_and_saved_when_it_can_be() {
    let (site, queue) = site().await;
    let browser = Browser::open().await;
    let item = begin(&browser, &site, &queue).await;
    let long = "ten letters".repeat(MAX_TEXT_BYTES / 10);
    enter(&browser, "#critique-1", &long).await;
    told(&browser, "Not saved: at most 4096 bytes are allowed").await;
    assert_eq!(browser.script("return unsaved().length").await, 1, "it is marked");
    // What is saved elsewhere does not take it away.
    browser.script("document.querySelector('#step-2 [value=good]').click()").await;
    browser.until("document.querySelector('#step-2 .v-good[aria-pressed=true]')").await;
    browser.until("waiting === 0").await;
    assert_eq!(value(&browser, "#critique-1").await, long, "nothing typed is lost");
    assert_eq!(browser.script("return unsaved().length").await, 1, "and it is still marked");
    // To go on would lose it, which is said first.
    browser.script("document.querySelector('[data-do=submit]').click()").await;
    told(&browser, "would be lost").await;
    assert_eq!(browser.address().await.split('#').next(), item.split('#').next());
    enter(&browser, "#critique-1", "It is 23.").await;
    told(&browser, "Text saved").await;
    assert_eq!(browser.script("return unsaved().length").await, 0);
    browser.go(item.split('#').next().expect("an address")).await;
    assert_eq!(value(&browser, "#critique-1").await, "It is 23.");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn whoever_is_logged_out_meanwhile_is_told_and_keeps_the_text() {
    let (site, queue) = site().await;
    let ann = people::add(&site.app, "ann", PersonRole::Admin).await;
    let cookie = people::browser(&site.app, &ann).await.cookie;
    let browser = Browser::open().await;
    browser.cookie(&site.base, &cookie).await;
    begin(&browser, &site, &queue).await;
    let (actor, now) = (glore::domain::Actor::command_line(), site.app.app.clock.now());
    site.app.app.store.sessions().end_all(&ann, None, &actor, now).await.expect("ended");
    browser.script("document.querySelector('#step-1 [value=good]').click()").await;
    told(&browser, "Not saved: Your session has ended, and nothing was done").await;
    let pressed = "return document.querySelectorAll('#step-1 [aria-pressed=true]').length";
    assert_eq!(browser.script(pressed).await, 0, "it shows what is kept");
    enter(&browser, "#critique-2", "It is 23.").await;
    browser.until("unsaved().some((form) => form.id === 'keep-2')").await;
    assert_eq!(value(&browser, "#critique-2").await, "It is 23.");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn without_any_script_a_press_keeps_what_was_typed() {
    let (site, queue) = site().await;
    let browser = Browser::open().await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    begin(&browser, &site, &queue).await;
    tab_to(&browser, "#step-2 summary").await;
    browser.press(&ENTER.to_string()).await;
    tab_to(&browser, "#critique-2").await;
    browser.press("It is 23.").await;
    tab_to(&browser, "#step-1 summary").await;
    browser.press(&ENTER.to_string()).await;
    tab_to(&browser, "#critique-1").await;
    browser.press("Well begun.").await;
    tab_to(&browser, "#step-2 button[value=wrong]").await;
    browser.press(&ENTER.to_string()).await;
    browser.until("document.querySelector('#step-2 [value=wrong][aria-pressed=true]')").await;
    assert_eq!(value(&browser, "#critique-2").await, "It is 23.", "the press kept it");
    assert_eq!(value(&browser, "#critique-1").await, "Well begun.", "and what another step has");
    tab_to(&browser, "#correction-2").await;
    browser.press("So 37.").await;
    tab_to(&browser, "#step-2 button[name=before]").await;
    browser.press(&ENTER.to_string()).await;
    browser.until("document.querySelector('#step-1 [value=good][aria-pressed=true]')").await;
    assert_eq!(value(&browser, "#correction-2").await, "So 37.", "so did this one");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_reason_is_sent_by_enter_and_other_presses_leave_it_alone() {
    let (site, queue) = site().await;
    let browser = Browser::open().await;
    let item = begin(&browser, &site, &queue).await;
    browser.until("document.querySelector('#step-1[aria-current=step]')").await;
    browser.press("b").await;
    browser.until("document.activeElement?.id === 'bad-reason'").await;
    browser.press("two answers").await;
    // A press elsewhere brings the page anew, not the reason that is being typed.
    browser.script("document.querySelector('#step-1 [value=good]').click()").await;
    browser.until("document.querySelector('#step-1 .v-good[aria-pressed=true]')").await;
    browser.until("waiting === 0").await;
    assert_eq!(value(&browser, "#bad-reason").await, "two answers");
    browser.script("document.querySelector('#bad-reason').focus()").await;
    browser.press(&ENTER.to_string()).await;
    let left = format!("location.href.split('#')[0] !== {}", json!(item.split('#').next()));
    browser.until(&left).await;
    let kept: (String, String) = sqlx::query_as("SELECT outcome, reason FROM submissions")
        .fetch_one(&mut raw(site.app.dir()).await)
        .await
        .expect("handed in");
    assert_eq!(kept, ("bad_problem".to_owned(), "two answers".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn without_any_script_skipping_keeps_what_was_typed() {
    let (site, queue) = site().await;
    let browser = Browser::open().await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    let item = begin(&browser, &site, &queue).await;
    tab_to(&browser, "#step-1 summary").await;
    browser.press(&ENTER.to_string()).await;
    tab_to(&browser, "#critique-1").await;
    browser.press("Well begun.").await;
    tab_to(&browser, "#skip-reason").await;
    browser.press("later").await;
    // Enter is a new line here: no button is pressed by mistake.
    browser.press(&ENTER.to_string()).await;
    assert_eq!(browser.address().await, item);
    tab_to(&browser, "button[data-do=skip]").await;
    browser.press(&ENTER.to_string()).await;
    let left = format!("location.href.split('#')[0] !== {}", json!(item.split('#').next()));
    browser.until(&left).await;
    browser.go(&item).await;
    assert_eq!(value(&browser, "#critique-1").await, "Well begun.");
}
