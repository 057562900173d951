//! What is handed in: one label a step, with how the item was served.

use std::collections::BTreeMap;

use glore::domain::Role;
use glore::domain::review::{
    Action, Edit, Handed, Mode, ModelName, Outcome, QueueSettings, Suggestions, Verdict,
};
use glore::store::{Submitted, Withdrawn};
use serde_json::Value;
use sqlx::Row;

use super::{act, at, filled, local, next, only_random, rate, rated, raw, settings};
use crate::app::TestApp;

type LabelRow = (i64, Option<i64>, bool, Option<String>, Option<f64>, String);

const LABELS: &str = "SELECT step, value, unsure, critique, sorm, shown FROM labels l \
    JOIN submissions_in_force s ON s.id = l.submission ORDER BY s.id, step";

#[tokio::test]
async fn labels_say_what_was_said_and_nothing_more() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let settings =
        QueueSettings { mode: Mode::PerStep, suggestions: Suggestions::After, ..only_random() };
    let queue = filled(store, &settings, 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    act(store, item, "ann", rate(1, Verdict::Fine), at(1)).await;
    act(store, item, "ann", rate(2, Verdict::Unsure), at(2)).await;
    let text = "38 is 14 + 24".to_owned();
    act(store, item, "ann", Action::Edit(Edit::Critique { step: 2, text }), at(3)).await;
    let reviews = store.reviews();
    let refused = reviews.submit(item, "ann", &rated(false), at(4)).await.expect("asked");
    let Submitted::Missing(missing) = refused else { panic!("{refused:?}") };
    assert_eq!((missing.steps, missing.choice), (vec![3], true));
    let done = reviews.submit(item, "ann", &rated(true), at(5)).await.expect("written");
    assert!(matches!(done, Submitted::Done(_)));
    let labels: Vec<LabelRow> =
        sqlx::query_as(LABELS).fetch_all(&mut raw(app.dir()).await).await.expect("read");
    let critique = Some("38 is 14 + 24".to_owned());
    assert_eq!(
        labels,
        [
            (1, Some(0), false, None, Some(0.93), "after".to_owned()),
            (2, None, true, critique, Some(0.12), "after".to_owned()),
            (3, None, false, None, Some(0.08), "never".to_owned()),
        ],
        "not rated is NULL and never zero"
    );
}

#[tokio::test]
async fn a_submission_remembers_how_the_item_was_served() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &settings(), 1).await;
    let model = ModelName { id: "sorm-3".to_owned(), hash: "abc".to_owned() };
    let models = BTreeMap::from([(Role::Sorm, model)]);
    let reviews = store.reviews();
    let glore::store::Next::Item(item) =
        reviews.next(queue, "ann", &models, at(0)).await.expect("asked")
    else {
        panic!("an item")
    };
    let new = QueueSettings { suggestions: Suggestions::Never, ..settings() };
    reviews.update(queue, &new, true, "New words.", &local(), at(1)).await.expect("saved");
    act(store, item, "ann", rate(1, Verdict::Good), at(30)).await;
    reviews.submit(item, "ann", &rated(true), at(630)).await.expect("written");
    let row = sqlx::query("SELECT * FROM submissions").fetch_one(&mut raw(app.dir()).await).await;
    let row = row.expect("one");
    let text = |column: &str| row.get::<String, _>(column);
    assert_eq!((text("suggestions"), text("mode")), ("after".to_owned(), "first_error".to_owned()));
    assert_eq!(row.get::<i64, _>("guidelines"), 1, "the version that was shown");
    let json = |column: &str| serde_json::from_str::<Value>(&text(column)).expect("JSON");
    assert_eq!(json("models")["sorm"]["hash"], "abc");
    assert_eq!(json("scores")[0]["sorm"][1], 0.12);
    assert_eq!(json("candidates").as_array().map(Vec::len), Some(3));
    assert_eq!(row.get::<f64, _>("threshold"), 0.5);
    assert_eq!((row.get::<f64, _>("seconds"), row.get::<f64, _>("active_seconds")), (630.0, 150.0));
    assert!(["random", "sharp_drop"].contains(&text("rule").as_str()), "{}", text("rule"));
    assert_eq!(row.get::<Option<String>, _>("choice"), None);
}

#[tokio::test]
async fn what_was_taken_back_is_not_in_force_and_can_be_handed_in_again() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let reviews = store.reviews();
    let queue = filled(store, &only_random(), 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    act(store, item, "ann", rate(1, Verdict::Wrong), at(1)).await;
    let done = reviews.submit(item, "ann", &rated(true), at(2)).await.expect("written");
    let Submitted::Done(id) = done else { panic!("{done:?}") };
    assert_eq!(reviews.waiting().await.expect("counted"), 0);
    assert_eq!(reviews.withdraw(id, "eve", at(3)).await.expect("asked"), Withdrawn::Missing);
    assert_eq!(reviews.withdraw(id, "ann", at(3)).await.expect("asked"), Withdrawn::Item(item));
    assert_eq!(
        reviews.withdraw(id, "ann", at(3)).await.expect("asked"),
        Withdrawn::Item(item),
        "once"
    );
    assert_eq!(reviews.waiting().await.expect("counted"), 1);
    let desk = reviews.desk(item, "ann").await.expect("read").expect("hers again");
    assert_eq!(desk.log.sheet(3).marks[0].verdict, Some(Verdict::Wrong), "as it was");
    assert!(desk.expires.is_some() && desk.submission.is_none());
    assert_eq!(next(store, queue, "bob", at(4)).await, None, "kept for her");
    act(store, item, "ann", rate(1, Verdict::Good), at(5)).await;
    reviews.submit(item, "ann", &rated(true), at(6)).await.expect("written");
    let values: Vec<Option<i64>> = sqlx::query_scalar(
        "SELECT value FROM labels l JOIN submissions_in_force s ON s.id = l.submission ORDER BY step",
    )
    .fetch_all(&mut raw(app.dir()).await)
    .await
    .expect("read");
    assert_eq!(values, [Some(1), None, None]);
}

#[tokio::test]
async fn giving_up_leaves_the_item_to_others_and_a_bad_problem_does_not() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let reviews = store.reviews();
    let queue = filled(store, &only_random(), 2).await;
    let end = |outcome| Handed { outcome, reason: Some("why".to_owned()), ..rated(false) };
    let first = next(store, queue, "ann", at(0)).await.expect("an item");
    reviews.submit(first, "ann", &end(Outcome::GaveUp), at(1)).await.expect("written");
    // A page that was left open asks for more time, or for the item: neither takes a place again.
    assert!(!reviews.keep(first, "ann", at(2)).await.expect("asked"), "it is handed in");
    reviews.take(first, "ann", &Default::default(), at(2)).await.expect("looked at");
    let second = next(store, queue, "ann", at(2)).await.expect("another");
    assert_ne!(first, second);
    reviews.submit(second, "ann", &end(Outcome::BadProblem), at(3)).await.expect("written");
    assert_eq!(next(store, queue, "ann", at(4)).await, None);
    assert_eq!(next(store, queue, "bob", at(4)).await, Some(first));
    assert_eq!(next(store, queue, "eve", at(4)).await, None, "the other one is done");
}

#[tokio::test]
async fn people_who_differ_are_followed_by_one_more() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let reviews = store.reviews();
    let mut settings = QueueSettings { overlap: 2, ..only_random() };
    settings.weights.set(glore::domain::review::Rule::Disagreement, 1.0);
    let queue = filled(store, &settings, 1).await;
    for (person, verdict) in [("ann", Verdict::Wrong), ("bob", Verdict::Good)] {
        let item = next(store, queue, person, at(0)).await.expect("an item");
        act(store, item, person, rate(1, verdict), at(1)).await;
        reviews.submit(item, person, &rated(true), at(2)).await.expect("written");
    }
    assert_eq!(next(store, queue, "ann", at(3)).await, None);
    let item = next(store, queue, "eve", at(3)).await.expect("a third opinion is asked for");
    let desk = reviews.desk(item, "eve").await.expect("read").expect("hers");
    let sentences: Vec<String> = desk.item.reasons.iter().map(|reason| reason.sentence()).collect();
    assert!(sentences.contains(&"2 people rated step 1 differently".to_owned()), "{sentences:?}");
    reviews.submit(item, "eve", &rated(true), at(4)).await.expect("written");
    assert_eq!(next(store, queue, "dan", at(5)).await, None, "three are enough");
}

#[tokio::test]
async fn more_people_an_item_holds_for_items_that_are_done() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let reviews = store.reviews();
    let queue = filled(store, &only_random(), 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    reviews.submit(item, "ann", &rated(true), at(1)).await.expect("written");
    assert_eq!(next(store, queue, "bob", at(2)).await, None);
    let two = QueueSettings { overlap: 2, ..only_random() };
    reviews.update(queue, &two, true, "", &local(), at(3)).await.expect("saved");
    assert_eq!(reviews.waiting().await.expect("counted"), 1);
    assert_eq!(next(store, queue, "bob", at(4)).await, Some(item));
    reviews.update(queue, &only_random(), true, "", &local(), at(5)).await.expect("saved");
    assert_eq!(reviews.waiting().await.expect("counted"), 0);
    let done = reviews.submit(item, "bob", &rated(true), at(6)).await.expect("written");
    assert!(matches!(done, Submitted::Done(_)), "bob's work is not lost: {done:?}");
}
