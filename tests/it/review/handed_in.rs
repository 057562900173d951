//! A change to what is handed in: refused, with what was typed.

use super::flow::{item_of, press};
use super::{filled, only_random, with_clock};
use crate::pages::{all, css, html, one, post_form};

#[tokio::test]
async fn a_change_after_handing_in_is_refused_and_not_lost() {
    let (app, _) = with_clock().await;
    let queue = filled(&app.app.store, &only_random(), 2).await;
    let (place, page) = press(&app, &format!("/review/queues/{queue}/next"), "").await;
    assert_eq!(page.select(&css("fieldset[disabled]")).count(), 0);
    let item = item_of(&place);
    let act = format!("/review/items/{item}/act");
    press(&app, &act, "step=1&verdict=good").await;
    press(&app, &format!("/review/items/{item}/submit"), "partial=1").await;

    // From another window, in which the item is still open.
    let refused =
        post_form(&app, &act, "step=2&critique-2=It+is+%3Cb%3E23&correction-2=37+apples").await;
    assert_eq!(refused.status, 409);
    let page = html(&refused);
    assert_eq!(one(&page, ".faults h2"), "Not saved: step 2");
    assert!(one(&page, ".faults .fault").contains("You have handed this item in"));
    assert_eq!(all(&page, ".faults .typed"), ["It is <b>23", "37 apples"]);
    let rating = html(&post_form(&app, &act, "step=2&verdict=wrong").await);
    assert_eq!(one(&rating, ".faults h2"), "Not saved: step 2, wrong");
    let undo = post_form(&app, &act, "undo=1").await;
    assert_eq!(
        (undo.status.as_u16(), one(&html(&undo), ".faults h2")),
        (409, "Not saved: undo".into())
    );

    // Nor is a reason lost.
    let submit = format!("/review/items/{item}/submit");
    let late = post_form(&app, &submit, "outcome=bad_problem&reason-bad_problem=two+answers").await;
    assert_eq!(late.status, 409);
    let late = html(&late);
    assert_eq!(one(&late, ".faults h2"), "Not saved: bad problem");
    assert_eq!(all(&late, ".faults .typed"), ["two answers"]);

    let page = html(&app.get(&format!("/review/items/{item}")).await);
    let forms = page.select(&css("form[action$='/act']")).count();
    let locked = page.select(&css("fieldset[disabled] form[action$='/act']")).count();
    assert_eq!((forms > 0, locked), (true, forms), "no form of it can be sent");
    assert_eq!(all(&page, "[name=verdict][aria-pressed=true]").len(), 1, "as it was");
    let back = page.select(&css("form.saved")).next().and_then(|form| form.attr("action"));
    let (_, page) = press(&app, back.expect("a way back"), "").await;
    assert_eq!(page.select(&css("fieldset[disabled]")).count(), 0);
    press(&app, &act, "step=2&verdict=wrong").await;
}
