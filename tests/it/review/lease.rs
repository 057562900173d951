//! Two people never have the same place, also when they ask at once, and nobody loses a rating.

use std::collections::HashMap;

use glore::domain::review::{QueueSettings, Verdict};
use glore::store::Submitted;
use tokio::task::JoinSet;

use super::{act, at, filled, next, only_random, rate, rated, settings};
use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_asks_at_once_gets_different_items() {
    for overlap in [1, 2] {
        let app = TestApp::new().await;
        let store = app.app.store.clone();
        let settings = QueueSettings { overlap, ..settings() };
        let queue = filled(&store, &settings, 8).await;
        let mut people = JoinSet::new();
        for person in 0..20 {
            let store = store.clone();
            people.spawn(async move { next(&store, queue, &format!("p{person}"), at(0)).await });
        }
        let got: Vec<_> = people.join_all().await.into_iter().flatten().collect();
        assert_eq!(got.len(), (8 * overlap).min(20), "as many as there are places");
        let mut times = HashMap::new();
        for item in got {
            *times.entry(item).or_insert(0) += 1;
        }
        assert!(times.values().all(|n| *n <= overlap), "{times:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_person_in_many_windows_has_one_item() {
    let app = TestApp::new().await;
    let store = app.app.store.clone();
    let queue = filled(&store, &settings(), 8).await;
    let mut windows = JoinSet::new();
    for _ in 0..10 {
        let store = store.clone();
        windows.spawn(async move { next(&store, queue, "ann", at(0)).await });
    }
    let mut got = windows.join_all().await;
    got.dedup();
    assert_eq!(got.len(), 1, "{got:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_people_finish_a_queue_together_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let store = app.app.store.clone();
    let queue = filled(&store, &settings(), 12).await;
    let mut people = JoinSet::new();
    for person in ["ann", "bob"] {
        let store = store.clone();
        people.spawn(async move {
            let mut done = Vec::new();
            while let Some(item) = next(&store, queue, person, at(1)).await {
                act(&store, item, person, rate(1, Verdict::Good), at(2)).await;
                let submitted = store.reviews().submit(item, person, &rated(true), at(3)).await;
                assert!(matches!(submitted.expect("written"), Submitted::Done(_)));
                done.push(item);
            }
            done
        });
    }
    let mut done = people.join_all().await.concat();
    done.sort();
    let n = done.len();
    done.dedup();
    assert_eq!((n, done.len()), (12, 12), "every item once");
    assert_eq!(store.reviews().waiting().await.expect("counted"), 0);
}

#[tokio::test]
async fn a_lease_that_is_over_can_be_taken_and_the_first_keeps_what_they_said() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    act(store, item, "ann", rate(1, Verdict::Wrong), at(10)).await;
    assert_eq!(next(store, queue, "bob", at(900)).await, None, "kept for fifteen minutes more");
    assert_eq!(next(store, queue, "bob", at(911)).await, Some(item), "and not longer");
    assert_eq!(next(store, queue, "ann", at(912)).await, None, "it is bob's now");

    act(store, item, "ann", rate(2, Verdict::Good), at(913)).await;
    let desk = store.reviews().desk(item, "ann").await.expect("read").expect("hers");
    assert_eq!(desk.expires, None);
    assert_eq!(desk.log.sheet(3).marks[1].verdict, Some(Verdict::Good), "kept all the same");
    let bobs = store.reviews().desk(item, "bob").await.expect("read").expect("his");
    assert_eq!(bobs.log.sheet(3).marks[0].verdict, None, "blind to ann");
    assert_eq!(bobs.expires, Some(at(911 + 900)));

    let first = store.reviews().submit(item, "ann", &rated(true), at(914)).await.expect("written");
    assert!(matches!(first, Submitted::Done(_)), "{first:?}");
    let second = store.reviews().submit(item, "bob", &rated(true), at(915)).await.expect("written");
    assert!(matches!(second, Submitted::Done(_)), "{second:?}");
    let mut raw = super::raw(app.dir()).await;
    let leases: Vec<(String, bool)> =
        sqlx::query_as("SELECT person, in_lease FROM submissions ORDER BY id")
            .fetch_all(&mut raw)
            .await
            .expect("read");
    assert_eq!(leases, [("ann".to_owned(), false), ("bob".to_owned(), true)]);
}

#[tokio::test]
async fn a_lease_that_nobody_took_goes_on() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    act(store, item, "ann", rate(1, Verdict::Fine), at(5000)).await;
    let desk = store.reviews().desk(item, "ann").await.expect("read").expect("hers");
    assert_eq!(desk.expires, Some(at(5900)), "a change extends it");
    assert!(store.reviews().keep(item, "ann", at(5800)).await.expect("written"));
    let desk = store.reviews().desk(item, "ann").await.expect("read").expect("hers");
    assert_eq!(desk.expires, Some(at(6700)), "and so does asking for time");
}

#[tokio::test]
async fn the_same_person_never_rates_an_item_twice() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &QueueSettings { overlap: 2, ..only_random() }, 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    let done = store.reviews().submit(item, "ann", &rated(true), at(1)).await.expect("written");
    let Submitted::Done(id) = done else { panic!("{done:?}") };
    let again = store.reviews().submit(item, "ann", &rated(true), at(2)).await.expect("written");
    assert_eq!(again, Submitted::Already { id, alike: true }, "a second press adds nothing");
    assert_eq!(next(store, queue, "ann", at(3)).await, None);
    assert_eq!(next(store, queue, "bob", at(3)).await, Some(item));
    let stranger = store.reviews().submit(item, "eve", &rated(true), at(4)).await.expect("asked");
    assert_eq!(stranger, Submitted::NotYours);
}
