//! Gold among other items: it is served and listed like them, and stays what it is.

use glore::domain::annotation::{Outcome, Rating};
use glore::domain::review::{QueueSettings, Rule, Verdict};
use glore::domain::{ItemId, PersonRole, QueueId, SubmissionId};
use glore::store::{Decided, DecidedLabel, NewDecision, Store, Submitted, Withdrawn};

use crate::app::TestApp;
use crate::pages::{all, html, one};
use crate::people;
use crate::review::{act, at, filled, local, next, only_random, rate, rated, raw, settings};

/// Somebody rates an item of the queue, and it becomes gold.
async fn gold(store: &Store, queue: QueueId, person: &str) -> (ItemId, SubmissionId) {
    let item = next(store, queue, person, at(0)).await.expect("an item");
    act(store, item, person, rate(1, Verdict::Good), at(1)).await;
    let done = store.reviews().submit(item, person, &rated(true), at(2)).await.expect("written");
    let Submitted::Done(id) = done else { panic!("{done:?}") };
    let (name, labels) = (item.to_string(), id.to_string());
    let marked = store.quality().mark_gold(&name, Some(&labels), &local(), at(3)).await;
    assert!(marked.expect("written"));
    (item, id)
}

#[tokio::test]
async fn a_gold_item_is_served_and_its_pages_open() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    // It enters by a rule, so that the reason of gold is one more.
    let settings = QueueSettings { random_share: 0.15, ..settings() };
    let queue = filled(store, &settings, 3).await;
    let (item, _) = gold(store, queue, "ann").await;
    assert_eq!(app.get(&format!("/review/queues/{queue}")).await.status, 200);
    let mut served = Vec::new();
    for k in 0..3 {
        let item = next(store, queue, "local", at(10 + k)).await.expect("an item");
        let page = app.get(&format!("/review/items/{item}")).await;
        assert_eq!(page.status, 200);
        store.reviews().put_off(item, "local", "leave", "", at(10 + k)).await.expect("put off");
        served.push(item);
    }
    assert!(served.contains(&item), "gold comes like the others");
    let found = store.reviews().item(item).await.expect("read").expect("there");
    let random = found.reasons.iter().find(|reason| reason.rule() == Rule::Random);
    assert_eq!(random.expect("as if drawn").sentence(), "15 % of all runs are");
    let api = app.post_raw(&format!("/v1/queues/{queue}/next"), "text/plain", "").await;
    assert!(api.ok()["item"].is_object());
}

#[tokio::test]
async fn nothing_is_drawn_at_random_where_the_share_is_none() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &QueueSettings { random_share: 0.0, ..settings() }, 1).await;
    let (item, _) = gold(store, queue, "ann").await;
    let found = store.reviews().item(item).await.expect("read").expect("there");
    let rules: Vec<Rule> = found.reasons.iter().map(|reason| reason.rule()).collect();
    assert_eq!(rules, [Rule::SharpDrop], "another reason would stand out");
    assert_eq!(next(store, queue, "bob", at(9)).await, Some(item));
}

#[tokio::test]
async fn annotators_cannot_tell_gold_in_the_list() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 3).await;
    gold(store, queue, "somebody").await;
    people::add(&app, "ana", PersonRole::Admin).await;
    let eve = people::add(&app, "eve", PersonRole::Annotator).await;
    let eve = people::browser(&app, &eve).await;
    let page = html(&people::get(&app, &eve, &format!("/review/queues/{queue}")).await);
    let rows = all(&page, ".items tbody tr");
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| *row == rows[0]), "all alike: {rows:?}");
}

#[tokio::test]
async fn ratings_that_are_gold_are_not_taken_back() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 1).await;
    let (item, id) = gold(store, queue, "local").await;
    let refused =
        crate::pages::post_form(&app, &format!("/review/submissions/{id}/undo"), "").await;
    assert_eq!(refused.status, 409);
    let said = one(&html(&refused), "main");
    assert!(said.contains("adjudicator holds these ratings against those of others"), "{said}");
    let reviewed = store.quality().item(&item.to_string()).await.expect("read").expect("there");
    assert!(reviewed.gold_labels().is_some(), "still gold, with its labels");
    // Gold no more, it is the person's again.
    let item = item.to_string();
    store.quality().mark_gold(&item, None, &local(), at(4)).await.expect("written");
    let back = store.reviews().withdraw(id, "local", at(5)).await.expect("asked");
    assert!(matches!(back, Withdrawn::Item(_)), "{back:?}");
}

#[tokio::test]
async fn gold_that_was_decided_follows_the_next_decision() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 1).await;
    let (item, submission) = gold(store, queue, "ann").await;
    let item = item.to_string();
    let decide = async |rating, outcome, instead_of: Option<String>, gold| {
        let decision = NewDecision {
            item: item.clone(),
            outcome,
            labels: vec![DecidedLabel { rating: Some(rating), ..DecidedLabel::default() }],
            choice: None,
            comment: None,
            seen: vec![submission.to_string()],
            instead_of,
            gold,
        };
        match store.quality().decide(&decision, &local(), at(5)).await.expect("asked") {
            Decided::Done(id) => id.to_string(),
            Decided::Stale => panic!("nobody else was there"),
        }
    };
    let held = async || {
        let found = store.quality().item(&item).await.expect("read").expect("there");
        found.gold_labels().map(|labels| labels[0].rating)
    };
    let first = decide(Rating::Good, Outcome::Rated, None, false).await;
    assert_eq!(held().await, Some(Some(Rating::Good)), "gold is still what ann handed in");
    let second = decide(Rating::Good, Outcome::Rated, Some(first), true).await;
    let third = decide(Rating::Wrong, Outcome::Rated, Some(second), false).await;
    assert_eq!(held().await, Some(Some(Rating::Wrong)), "the correction holds");
    decide(Rating::Wrong, Outcome::BadProblem, Some(third), false).await;
    assert_eq!(held().await, None, "nothing is gold where the problem is bad");
}

/// Rows as they were written before, and the step that mends them.
#[tokio::test]
async fn reasons_that_were_written_in_part_are_mended() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &settings(), 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    let mut rows = raw(app.dir()).await;
    let broken = "UPDATE item_reasons SET detail = json_object('rule', 'random', 'share', 0.15) \
        WHERE rule = 'random'";
    sqlx::query(broken).execute(&mut rows).await.expect("as before");
    assert!(store.reviews().item(item).await.is_err(), "unreadable");
    let text = include_str!("../../../migrations/0010_review_repairs.sql");
    let (repair, _) = text.split_once("-- A press").expect("its first part");
    sqlx::raw_sql(repair).execute(&mut rows).await.expect("mended");
    let found = store.reviews().item(item).await.expect("read").expect("there");
    let sentences: Vec<String> = found.reasons.iter().map(|reason| reason.sentence()).collect();
    assert_eq!(sentences.last().map(String::as_str), Some("15 % of all runs are"));
    assert_eq!(sentences.len(), 2, "the other is as it was: {sentences:?}");
}
