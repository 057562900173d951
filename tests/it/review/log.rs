//! The log in the store: every change is on disk, nothing can be changed afterwards.

use glore::domain::review::{Action, Edit, Log, Verdict};
use glore::engine::ScriptedEngine;
use glore::store::Acted;
use proptest::prelude::*;

use super::{act, at, filled, next, only_random, rate};
use crate::app::TestApp;

#[tokio::test]
async fn what_was_pressed_is_there_after_the_server_was_gone() {
    let app = TestApp::new().await;
    let queue = filled(&app.app.store, &only_random(), 1).await;
    let item = next(&app.app.store, queue, "ann", at(0)).await.expect("an item");
    let typed = Edit::Critique { step: 2, text: "14 + 9 is 23, so t".to_owned() };
    act(&app.app.store, item, "ann", rate(1, Verdict::Good), at(1)).await;
    act(&app.app.store, item, "ann", rate(2, Verdict::Wrong), at(2)).await;
    act(&app.app.store, item, "ann", Action::Edit(typed), at(3)).await;
    let before = app.app.store.reviews().desk(item, "ann").await.expect("read").expect("hers");

    let app = app.restart(ScriptedEngine::new()).await;
    let store = &app.app.store;
    let after = store.reviews().desk(item, "ann").await.expect("read").expect("still hers");
    assert_eq!(after.log, before.log);
    assert_eq!(after.serving, before.serving);
    assert_eq!(after.expires, before.expires);
    assert_eq!(after.log.sheet(3).marks[1].critique, "14 + 9 is 23, so t");
    assert_eq!(next(store, queue, "ann", at(4)).await, Some(item), "and she goes on with it");
    act(store, item, "ann", Action::Undo, at(5)).await;
    let undone = store.reviews().desk(item, "ann").await.expect("read").expect("hers");
    assert_eq!(undone.log.sheet(3).marks[1].critique, "", "undo reaches back before the stop");
}

#[tokio::test]
async fn nobody_can_change_what_was_said() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    act(store, item, "ann", rate(1, Verdict::Good), at(1)).await;
    let handed = super::rated(true);
    store.reviews().submit(item, "ann", &handed, at(2)).await.expect("written");
    let mut raw = super::raw(app.dir()).await;
    for change in [
        "UPDATE actions SET person = 'eve'",
        "DELETE FROM actions",
        "UPDATE labels SET value = 0",
        "DELETE FROM labels",
        "UPDATE submissions SET outcome = 'gave_up'",
        "DELETE FROM submissions",
        "UPDATE guidelines SET text = ''",
        "DELETE FROM guidelines",
    ] {
        let refused = sqlx::query(change).execute(&mut raw).await.expect_err(change);
        assert!(refused.to_string().contains("only"), "{change}: {refused}");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_not_kept() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    let refused = async |action| match store.reviews().act(item, "ann", action, at(1)).await {
        Ok(Acted::Refused(invalid)) => (invalid.pointer, invalid.code),
        other => panic!("{other:?}"),
    };
    let text = "x".repeat(5000);
    assert_eq!(refused(rate(4, Verdict::Good)).await, ("/step".to_owned(), "out_of_range"));
    assert_eq!(refused(rate(0, Verdict::Good)).await, ("/step".to_owned(), "out_of_range"));
    let long = Action::Edit(Edit::Critique { step: 1, text });
    assert_eq!(refused(long).await, ("/critique".to_owned(), "too_long"));
    let bell = Action::Edit(Edit::Correct { step: 1, text: "\u{7}".to_owned() });
    assert_eq!(refused(bell).await, ("/correction".to_owned(), "control_character"));
    let reviews = store.reviews();
    let nothing = reviews.act(item, "ann", Action::Undo, at(1)).await.expect("asked");
    assert_eq!(nothing, Acted::Nothing);
    let stranger = reviews.act(item, "eve", rate(1, Verdict::Good), at(1)).await.expect("asked");
    assert_eq!(stranger, Acted::NotYours);
    let desk = reviews.desk(item, "ann").await.expect("read").expect("hers");
    assert_eq!(desk.log, Log::default());
}

fn action() -> impl Strategy<Value = Action> {
    let verdict = prop::sample::select(Verdict::ALL.to_vec());
    prop_oneof![
        3 => (1usize..=3, verdict).prop_map(|(step, verdict)| rate(step, verdict)),
        1 => (1usize..=3, "[ -~]{0,9}").prop_map(|(step, text)| Action::Edit(Edit::Critique { step, text })),
        1 => Just(Action::Undo),
        1 => Just(Action::Redo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_store_keeps_the_log_that_the_rules_describe(
        actions in prop::collection::vec(action(), 0..12)
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let app = TestApp::new().await;
            let store = &app.app.store;
            let queue = filled(store, &only_random(), 1).await;
            let item = next(store, queue, "ann", at(0)).await.expect("an item");
            let mut log = Log::default();
            for action in actions {
                let changed = log.push(action.clone());
                let acted = store.reviews().act(item, "ann", action, at(1)).await.expect("written");
                assert_eq!(acted, if changed { Acted::Saved } else { Acted::Nothing });
            }
            let desk = store.reviews().desk(item, "ann").await.expect("read").expect("hers");
            assert_eq!(desk.log, log);
        });
    }
}
