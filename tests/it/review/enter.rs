//! Runs enter queues when they complete, by the button, and by hand.

use glore::domain::review::{Detail, QueueSettings, Reason, Rule, Weights};
use glore::domain::{RunId, RunStatus};
use glore::store::{Filled, Flagged, ItemRow};

use super::{at, filled, local, next, nothing_to_rate, queue, samples, settings};
use crate::app::TestApp;

fn without_luck(name: &str) -> QueueSettings {
    QueueSettings { name: name.to_owned(), random_share: 0.0, ..QueueSettings::default() }
}

async fn items(app: &TestApp, queue: glore::domain::QueueId) -> Vec<ItemRow> {
    app.app.store.reviews().items(queue, true, None, 100, at(0)).await.expect("read").data
}

#[tokio::test]
async fn a_run_that_completes_enters_with_its_reasons() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = queue(store, &without_luck("rules")).await;
    let run = samples::local_wins();
    store.runs().insert(&run).await.expect("kept");
    for status in [RunStatus::Failed, RunStatus::Cancelled, RunStatus::Running] {
        store.runs().insert(&samples::unfinished(status, None)).await.expect("kept");
    }
    let items = items(&app, queue).await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].item.run, run.id);
    let rules: Vec<Rule> = items[0].item.reasons.iter().map(Reason::rule).collect();
    assert_eq!(rules, [Rule::SharpDrop]);
    let Detail::SharpDrop { step, .. } = items[0].item.reasons[0].detail else { panic!("a drop") };
    assert_eq!((step, items[0].item.solution), (2, run.solutions[0].id), "of the draft");
    assert_eq!(store.reviews().waiting().await.expect("counted"), 1);
}

#[tokio::test]
async fn weights_and_the_switch_decide_who_enters() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let mut weights = Weights::default();
    weights.set(Rule::SharpDrop, 0.0);
    let off = queue(store, &QueueSettings { weights, ..without_luck("no drops") }).await;
    let on = queue(store, &without_luck("drops")).await;
    let closed = queue(store, &QueueSettings { random_share: 1.0, ..without_luck("closed") }).await;
    let settings = QueueSettings { random_share: 1.0, ..without_luck("closed") };
    store.reviews().update(closed, &settings, false, "", &local(), at(0)).await.expect("closed");
    store.runs().insert(&samples::local_wins()).await.expect("kept");
    assert_eq!(items(&app, off).await.len(), 0);
    assert_eq!(items(&app, on).await.len(), 1);
    assert_eq!(items(&app, closed).await.len(), 0);
}

#[tokio::test]
async fn a_queued_run_enters_when_it_is_finished() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = queue(store, &settings()).await;
    let done = samples::local_wins();
    let waiting = glore::domain::Run {
        status: RunStatus::Queued,
        solutions: Vec::new(),
        chosen: None,
        ..done.clone()
    };
    store.runs().insert_queued(&waiting, "{}", 10).await.expect("queued");
    assert!(items(&app, queue).await.is_empty());
    store.runs().claim_next().await.expect("claimed");
    store.runs().finish(&done).await.expect("finished");
    assert_eq!(items(&app, queue).await.len(), 1);
}

#[tokio::test]
async fn earlier_runs_enter_by_the_button_each_once() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    for _ in 0..5 {
        store.runs().insert(&samples::local_wins()).await.expect("kept");
    }
    let queue = queue(store, &settings()).await;
    let fill = async || {
        store.reviews().fill(queue, 3, &local(), at(0)).await.expect("filled").expect("a queue")
    };
    assert_eq!(fill().await, Filled { looked: 3, entered: 3, more: true });
    assert_eq!(fill().await, Filled { looked: 2, entered: 2, more: false });
    assert_eq!(fill().await, Filled { looked: 3, entered: 0, more: true }, "begins anew");
    assert_eq!(items(&app, queue).await.len(), 5);
    assert_eq!(store.reviews().waiting().await.expect("counted"), 5);
}

#[tokio::test]
async fn a_flagged_run_enters_whatever_the_rules_say() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let reviews = store.reviews();
    let run = samples::right_draft();
    store.runs().insert(&run).await.expect("kept");
    let queue = queue(store, &without_luck("by hand")).await;
    let flag =
        async |run, words| reviews.flag(run, queue, "ann", words, at(0)).await.expect("written");
    let Flagged::Item(item) = flag(run.id, "odd").await else { panic!("an item") };
    assert_eq!(flag(run.id, "very odd").await, Flagged::Item(item), "one item a run");
    assert_eq!(flag(RunId::new(), "x").await, Flagged::NoRun);
    let empty = nothing_to_rate();
    store.runs().insert(&empty).await.expect("kept");
    assert_eq!(flag(empty.id, "x").await, Flagged::NothingToRate);
    let items = items(&app, queue).await;
    let expected = Detail::UserFlagged { reason: "very odd".to_owned() };
    assert_eq!(items[0].item.reasons[0].detail, expected);
}

#[tokio::test]
async fn everybody_gets_through_a_queue_of_many_rules() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &settings(), 6).await;
    let mut seen = Vec::new();
    for k in 0..6 {
        let item = next(store, queue, "ann", at(k)).await.expect("an item");
        store.reviews().put_off(item, "ann", "skip", "", at(k)).await.expect("put off");
        seen.push(item);
    }
    let again = next(store, queue, "ann", at(9)).await;
    assert_eq!(again, Some(seen[0]), "the one that was skipped first comes back first");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 6, "every item once before any comes back");
}
