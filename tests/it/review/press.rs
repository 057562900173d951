//! A press that is sent again because its answer was lost is one press.

use scraper::Html;

use super::flow::{item_of, press};
use super::{filled, only_random, with_clock};
use crate::pages::{all, css};

fn name(page: &Html) -> String {
    let field = page.select(&css("input[name=press][form=sheet]")).next().expect("a name");
    field.attr("value").expect("a name").to_owned()
}

#[tokio::test]
async fn an_undo_sent_twice_is_one_undo() {
    let (app, _) = with_clock().await;
    let queue = filled(&app.app.store, &only_random(), 1).await;
    let (place, _) = press(&app, &format!("/review/queues/{queue}/next"), "").await;
    let act = format!("/review/items/{}/act", item_of(&place));
    let pressed = |page: &Html| all(page, "[name=verdict][aria-pressed=true]").len();
    for step in 1..=3 {
        press(&app, &act, &format!("step={step}&verdict=good")).await;
    }
    let (_, page) = press(&app, &act, "step=3&verdict=fine").await;
    let undo = format!("undo=1&press={}", name(&page));
    let (first, _) = press(&app, &act, &undo).await;
    let (second, page) = press(&app, &act, &undo).await;
    assert_eq!(first, second, "answered alike");
    assert_eq!(pressed(&page), 3, "one change is taken back");
    // The next page names its press anew.
    let (_, page) = press(&app, &act, &format!("undo=1&press={}", name(&page))).await;
    assert_eq!(pressed(&page), 2);
    let redo = format!("redo=1&press={}", name(&page));
    press(&app, &act, &redo).await;
    let (_, page) = press(&app, &act, &redo).await;
    assert_eq!(pressed(&page), 3, "and so is a redo");
    // A name that is much too long is none, and so is no name at all.
    let (_, page) = press(&app, &act, &format!("undo=1&press={}", "x".repeat(65))).await;
    assert_eq!(pressed(&page), 2);
    let (_, page) = press(&app, &act, "undo=1").await;
    assert_eq!(pressed(&page), 1);
}
