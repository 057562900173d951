//! Without scripts the texts of all steps are one form: no press loses what was typed elsewhere.

use super::flow::{item_of, press};
use super::{filled, only_random, raw, with_clock};
use crate::app::TestApp;
use crate::pages::{all, css, html, one, post_form};

/// An item on the desk: its address and its page.
async fn item(app: &TestApp, runs: usize) -> (String, scraper::Html) {
    let queue = filled(&app.app.store, &only_random(), runs).await;
    let (place, page) = press(app, &format!("/review/queues/{queue}/next"), "").await;
    (format!("/review/items/{}", item_of(&place)), page)
}

async fn texts(app: &TestApp, item: &str) -> [String; 3] {
    let page = html(&app.get(item).await);
    ["#critique-1", "#correction-1", "#critique-2"].map(|field| one(&page, field))
}

#[tokio::test]
async fn texts_and_buttons_of_every_step_are_one_form() {
    let (app, _) = with_clock().await;
    let (item, page) = item(&app, 1).await;
    assert_eq!(
        page.select(&css("textarea")).count(),
        page.select(&css("textarea[form=sheet]")).count()
    );
    let others = all(&page, "#desk button:not([form=sheet])");
    assert_eq!(others, Vec::<String>::new(), "every button sends what was typed");
    let address = format!("button[name=verdict][form=sheet][formaction='{item}/act?step=2']");
    assert_eq!(page.select(&css(&address)).count(), 4);
    let answer = post_form(
        &app,
        &format!("{item}/act?step=2"),
        "verdict=wrong&critique-1=Well+begun.&correction-1=&critique-2=It+is+23.&correction-2=",
    )
    .await;
    assert_eq!(answer.status, 303);
    assert_eq!(texts(&app, &item).await, ["Well begun.", "", "It is 23."]);
    let page = html(&app.get(&item).await);
    assert_eq!(page.select(&css("#step-2 [value=wrong][aria-pressed=true]")).count(), 1);
    assert_eq!(page.select(&css("#step-1 [aria-pressed=true]")).count(), 0);
}

#[tokio::test]
async fn handing_in_and_going_on_keep_what_was_typed() {
    let (app, _) = with_clock().await;
    let (item, _) = item(&app, 2).await;
    let left = post_form(&app, &format!("{item}/leave"), "critique-1=Later").await;
    assert_eq!(left.status, 303);
    assert_eq!(texts(&app, &item).await[0], "Later");
    let submit = format!("{item}/submit");
    let missing = post_form(&app, &submit, "critique-1=Now&critique-2=Too").await;
    assert_eq!(missing.status, 422, "nothing is rated");
    assert_eq!(texts(&app, &item).await, ["Now", "", "Too"]);
}

#[tokio::test]
async fn skipping_giving_up_and_more_time_keep_what_was_typed() {
    let (app, _) = with_clock().await;
    let (item, _) = item(&app, 3).await;
    let more = post_form(&app, &format!("{item}/keep"), "critique-1=First&reason-skip=").await;
    assert_eq!(more.status, 303);
    assert_eq!(texts(&app, &item).await, ["First", "", ""]);
    let submit = format!("{item}/submit");
    let blank = "outcome=gave_up&critique-2=Second&reason-gave_up=+&reason-bad_problem=Twice";
    let refused = post_form(&app, &submit, blank).await;
    assert_eq!(refused.status, 422);
    assert_eq!(one(&html(&refused), "#bad-reason"), "Twice", "typed at another button");
    let body = "correction-1=37&reason-skip=later&reason-gave_up=Not+this";
    assert_eq!(post_form(&app, &format!("{item}/skip"), body).await.status, 303);
    assert_eq!(texts(&app, &item).await, ["First", "37", "Second"]);
    let given = "outcome=gave_up&critique-1=Last&reason-gave_up=too+hard&reason-skip=no";
    assert_eq!(post_form(&app, &submit, given).await.status, 303);
    assert_eq!(texts(&app, &item).await, ["Last", "37", "Second"]);
    let reasons = "SELECT coalesce(json_extract(data, '$.reason'), '') FROM actions \
        WHERE kind = 'skip' UNION ALL SELECT reason FROM submissions";
    let kept: Vec<String> =
        sqlx::query_scalar(reasons).fetch_all(&mut raw(app.dir()).await).await.expect("kept");
    assert_eq!(kept, ["later", "too hard"]);
}

#[tokio::test]
async fn taking_the_item_before_back_keeps_what_was_typed_on_this_one() {
    let (app, _) = with_clock().await;
    let (first, _) = item(&app, 2).await;
    let submit = format!("{first}/submit");
    let (place, page) =
        press(&app, &submit, "outcome=bad_problem&reason-bad_problem=no+question").await;
    let second = format!("/review/items/{}", item_of(&place));
    assert_ne!(second, first);
    assert_eq!(all(&page, "#desk button:not([form=sheet])"), Vec::<String>::new());
    let undo = page.select(&css("[data-do=undo-saved]")).next().expect("a way back");
    let undo = undo.attr("formaction").expect("an address").to_owned();
    let long = "x".repeat(4097);
    let refused = post_form(&app, &undo, &format!("critique-1=Mine&critique-2={long}")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(one(&html(&refused), "#critique-1"), "Mine");
    assert!(one(&html(&app.get(&first).await), "main").contains("You have handed this in"));
    let (place, _) = press(&app, &undo, "critique-1=Begun&critique-2=").await;
    assert_eq!(place, first);
    assert_eq!(texts(&app, &second).await, ["Begun", "", ""]);
}

#[tokio::test]
async fn undo_takes_back_what_was_typed_last_and_redo_brings_it_again() {
    let (app, _) = with_clock().await;
    let (item, page) = item(&app, 1).await;
    let name = page.select(&css("input[name=press][form=sheet]")).next().expect("a name");
    let name = name.attr("value").expect("a name");
    let undo = format!("undo=1&press={name}&critique-1=One&critique-2=Two");
    for _ in 0..2 {
        // Sent twice because the answer was lost.
        assert_eq!(post_form(&app, &format!("{item}/act"), &undo).await.status, 303);
        assert_eq!(texts(&app, &item).await, ["One", "", ""]);
    }
    post_form(&app, &format!("{item}/act"), "redo=1&critique-1=One&critique-2=").await;
    assert_eq!(texts(&app, &item).await, ["One", "", "Two"]);
}

#[tokio::test]
async fn a_text_that_is_too_long_is_said_at_its_step_and_the_others_stay() {
    let (app, _) = with_clock().await;
    let (item, _) = item(&app, 1).await;
    let long = "x".repeat(4097);
    for address in [
        format!("{item}/act?step=3"),
        format!("{item}/submit"),
        format!("{item}/leave"),
        format!("{item}/skip"),
    ] {
        let body = format!("verdict=good&critique-1=Mine&critique-2={long}");
        let refused = post_form(&app, &address, &body).await;
        assert_eq!(refused.status, 422, "{address}");
        let page = html(&refused);
        assert_eq!(one(&page, "#fault-2"), "at most 4096 bytes are allowed, 4097 were given");
        assert_eq!(all(&page, "[id^=fault-]").len(), 1);
        assert_eq!(
            (one(&page, "#critique-1"), one(&page, "#critique-2")),
            ("Mine".into(), long.clone())
        );
    }
}
