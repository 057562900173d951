//! What is done to queues, gold and runs, and who took labels out, is written down.

use glore::domain::review::{QueueSettings, Verdict};
use glore::domain::{Actor, RunStatus};
use glore::store::Submitted;
use serde_json::json;

use super::flow::press;
use super::{act, at, filled, local, next, only_random, rate, rated};
use crate::app::TestApp;
use crate::pages::{post_form, samples};

/// The newest lines, oldest first: who, what, to what, details.
async fn lines(app: &TestApp) -> Vec<String> {
    let mut lines = app.app.store.audit().page(None, None, 100).await.expect("read");
    lines.reverse();
    let words = |line: &glore::domain::AuditEntry| {
        let text = format!("{} {} {}: {}", line.actor.name, line.action, line.target, line.detail);
        text.trim_end_matches([':', ' ']).to_owned()
    };
    lines.iter().map(words).collect()
}

#[tokio::test]
async fn queues_and_gold_and_exports_are_written_down() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let queue = filled(store, &only_random(), 1).await;
    let wider = QueueSettings { overlap: 2, ..only_random() };
    let reviews = store.reviews();
    reviews.update(queue, &wider, false, "Other words.", &local(), at(1)).await.expect("saved");
    reviews.update(queue, &wider, false, "Other words.", &local(), at(1)).await.expect("saved");
    reviews.update(queue, &wider, true, "Other words.", &local(), at(1)).await.expect("saved");
    press(&app, &format!("/review/queues/{queue}/fill"), "").await;
    let item = next(store, queue, "ann", at(2)).await.expect("an item");
    act(store, item, "ann", rate(1, Verdict::Good), at(3)).await;
    let done = reviews.submit(item, "ann", &rated(true), at(4)).await.expect("written");
    let Submitted::Done(id) = done else { panic!("{done:?}") };
    for labels in [id.to_string(), String::new()] {
        let gold = format!("/review/adjudicate/{item}/gold");
        let marked = post_form(&app, &gold, &format!("labels={labels}")).await;
        assert_eq!(marked.status, 303);
    }
    let form = format!("seen={id}&outcome=rated&rating-1=good&gold=1");
    assert_eq!(post_form(&app, &format!("/review/adjudicate/{item}"), &form).await.status, 303);
    assert_eq!(app.get("/v1/annotations/export").await.status, 200);
    let file = format!("/review/export/file?form=raw&queue={queue}&after=1");
    assert_eq!(app.get(&file).await.status, 200);
    app.get("/v1/annotations/export?queue=que_none").await.problem(404, "not_found");

    let mut found = lines(&app).await;
    assert!(found[0].starts_with("local queue.added all: name \"all\""), "{}", found[0]);
    let decision = store.quality().item(&item.to_string()).await.expect("read").expect("there");
    let decision = decision.decision.expect("decided").id;
    let expected = [
        "local queue.changed all: overlap 1 to 2, open true to false, new guidelines".to_owned(),
        "local queue.changed all: open false to true".to_owned(),
        "local queue.filled all: 1 runs looked at, 0 entered".to_owned(),
        format!("local gold.marked {item}: {id}"),
        format!("local gold.removed {item}"),
        format!("local gold.marked {item}: {decision}"),
        "local annotations.exported every queue: form trl".to_owned(),
        "local annotations.exported all: form raw, after 1".to_owned(),
    ];
    assert_eq!(
        found.split_off(1),
        expected,
        "what changes nothing and what is refused has no line"
    );
}

#[tokio::test]
async fn runs_and_batches_that_are_cancelled_are_written_down() {
    let app = TestApp::new().await;
    let waiting = samples::unfinished(RunStatus::Queued, None);
    app.app.store.runs().insert_queued(&waiting, "{}", 10).await.expect("queued");
    let cancel = format!("/v1/runs/{}/cancel", waiting.id);
    assert_eq!(app.post(&cancel, json!({})).await.status, 200);
    assert_eq!(app.post(&cancel, json!({})).await.status, 200);
    let other = samples::unfinished(RunStatus::Queued, None);
    app.app.store.runs().insert_queued(&other, "{}", 10).await.expect("queued");
    assert_eq!(post_form(&app, &format!("/runs/{}/cancel", other.id), "").await.status, 303);
    let batch = app.post("/v1/batches", json!({"problems": [{"problem": "1 + 1"}]})).await.json();
    let batch = batch["id"].as_str().expect("an id");
    assert_eq!(app.post(&format!("/v1/batches/{batch}/cancel"), json!({})).await.status, 200);
    assert_eq!(app.post(&format!("/v1/batches/{batch}/cancel"), json!({})).await.status, 200);
    let expected = [
        format!("local run.cancelled {}", waiting.id),
        format!("local run.cancelled {}", other.id),
        format!("local batch.cancelled {batch}"),
    ];
    assert_eq!(lines(&app).await, expected, "once each");
    let entry = app.app.store.audit().page(None, None, 1).await.expect("read").remove(0);
    assert_ne!(
        entry.actor,
        Actor { name: "local".to_owned(), ..Actor::command_line() },
        "a request"
    );
    assert!(!entry.actor.request_id.is_empty());
}
