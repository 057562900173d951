//! The choice among solutions: in an order of its own for everybody, the same at every look.

use glore::domain::review::{Action, Choice, Edit, QueueSettings, Rule, Verdict};
use glore::domain::{SolutionId, SolutionKind};
use glore::store::Acted;

use super::{at, filled, next, only_random, raw, samples};
use crate::app::TestApp;

#[tokio::test]
async fn the_order_is_seeded_kept_and_different_between_people() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let settings = QueueSettings { overlap: 10, ..only_random() };
    let queue = filled(store, &settings, 1).await;
    let mut orders = Vec::new();
    for person in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let item = next(store, queue, person, at(0)).await.expect("an item");
        let first = store.reviews().desk(item, person).await.expect("read").expect("theirs");
        store.reviews().put_off(item, person, "skip", "", at(1)).await.expect("skipped");
        assert_eq!(next(store, queue, person, at(2)).await, Some(item));
        let again = store.reviews().desk(item, person).await.expect("read").expect("theirs");
        assert_eq!(first.serving.candidates, again.serving.candidates, "the same at every look");
        assert_eq!(again.serving.rule, Some(Rule::Random), "the rule is that of the first time");
        orders.push(first.serving.candidates);
    }
    assert!(orders.iter().any(|order| *order != orders[0]), "{orders:?}");
    let mut sorted: Vec<_> = orders
        .into_iter()
        .map(|mut order| {
            order.sort();
            order
        })
        .collect();
    sorted.dedup();
    assert_eq!(sorted.len(), 1, "the same three in each");
}

#[tokio::test]
async fn what_was_chosen_is_kept_with_its_kind_and_the_orms() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 1).await;
    let item = next(store, queue, "ann", at(0)).await.expect("an item");
    let desk = store.reviews().desk(item, "ann").await.expect("read").expect("hers");
    let global = desk.run.solution(SolutionKind::Global).expect("refined").id;
    let choose = |choice| Action::Edit(Edit::Choose { choice: Some(choice) });
    let act = async |action| store.reviews().act(item, "ann", action, at(1)).await.expect("asked");
    assert!(matches!(act(choose(Choice::Solution(SolutionId::new()))).await, Acted::Refused(_)));
    assert_eq!(act(choose(Choice::Same)).await, Acted::Saved);
    assert_eq!(act(choose(Choice::Solution(global))).await, Acted::Saved);
    assert_eq!(act(super::rate(1, Verdict::Wrong)).await, Acted::Saved);
    store.reviews().submit(item, "ann", &super::rated(false), at(2)).await.expect("written");
    let kept: (String, String, String) =
        sqlx::query_as("SELECT choice, choice_kind, orm_choice FROM submissions")
            .fetch_one(&mut raw(app.dir()).await)
            .await
            .expect("one");
    let orm = desk.run.chosen.expect("the ORM's").to_string();
    assert_eq!(kept, (global.to_string(), "global".to_owned(), orm));
}

#[tokio::test]
async fn one_solution_is_no_choice() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 0).await;
    store.runs().insert(&samples::without_reference()).await.expect("kept");
    let item = next(store, queue, "local", at(0)).await.expect("an item");
    let desk = store.reviews().desk(item, "local").await.expect("read").expect("hers");
    assert!(desk.serving.candidates.is_empty());
    let same = Action::Edit(Edit::Choose { choice: Some(Choice::Same) });
    let refused = store.reviews().act(item, "local", same, at(1)).await.expect("asked");
    assert!(matches!(refused, Acted::Refused(_)), "{refused:?}");
    let page = crate::pages::html(&app.get(&format!("/review/items/{item}")).await);
    assert_eq!(page.select(&crate::pages::css("#choice")).count(), 0);
}
