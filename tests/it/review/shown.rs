//! Labels say which scores their person was really shown; an index counts what people did.

use glore::domain::review::{Action, Edit, QueueSettings, Suggestions, Verdict};
use glore::domain::{ItemId, QueueId};
use glore::store::{Store, Submitted};
use serde_json::{Value, json};
use sqlx::Row;

use super::{act, at, filled, local, next, only_random, rate, rated, raw};
use crate::app::TestApp;

async fn serve(app: &TestApp, suggestions: Suggestions) -> (QueueId, ItemId) {
    let store = &app.app.store;
    let queue = filled(store, &QueueSettings { suggestions, ..only_random() }, 1).await;
    (queue, next(store, queue, "local", at(0)).await.expect("an item"))
}

async fn show(store: &Store, queue: QueueId, suggestions: Suggestions) {
    let settings = QueueSettings { suggestions, ..only_random() };
    store.reviews().update(queue, &settings, true, "", &local(), at(3)).await.expect("saved");
}

async fn shown(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar("SELECT shown FROM labels ORDER BY step")
        .fetch_all(&mut raw(app.dir()).await)
        .await
        .expect("read")
}

#[tokio::test]
async fn a_program_that_was_told_no_score_saw_none() {
    let app = TestApp::new().await;
    let (_, item) = serve(&app, Suggestions::After).await;
    let ratings = [1, 2, 3].map(|step| json!({"step": step, "value": 1}));
    let whole = json!({"ratings": ratings, "choice": "same"});
    let done = app.post(&format!("/v1/items/{item}/submissions"), whole).await;
    assert_eq!(done.status, 201);
    assert_eq!(shown(&app).await, ["never"; 3]);
}

#[tokio::test]
async fn a_score_stays_seen_when_the_rating_is_taken_back() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let (_, item) = serve(&app, Suggestions::After).await;
    act(store, item, "local", rate(1, Verdict::Good), at(1)).await;
    act(store, item, "local", Action::Undo, at(2)).await;
    act(store, item, "local", rate(2, Verdict::Good), at(3)).await;
    store.reviews().submit(item, "local", &rated(true), at(4)).await.expect("written");
    assert_eq!(shown(&app).await, ["after", "after", "never"]);
}

#[tokio::test]
async fn a_score_stays_seen_when_the_queue_hides_scores_later() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let (queue, item) = serve(&app, Suggestions::Before).await;
    store.reviews().put_off(item, "local", "leave", "", at(2)).await.expect("put off");
    show(store, queue, Suggestions::Never).await;
    assert_eq!(next(store, queue, "local", at(4)).await, Some(item), "served anew");
    act(store, item, "local", rate(1, Verdict::Good), at(5)).await;
    store.reviews().submit(item, "local", &rated(true), at(6)).await.expect("written");
    assert_eq!(shown(&app).await, ["before"; 3]);
}

#[tokio::test]
async fn labels_leave_with_what_was_shown_and_taken_over() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let (queue, item) = serve(&app, Suggestions::After).await;
    act(store, item, "local", rate(1, Verdict::Fine), at(1)).await;
    let verdict = Some(Verdict::Good);
    let accept = Action::Edit(Edit::Rate { step: 1, verdict, accepted: true });
    act(store, item, "local", accept, at(2)).await;
    act(store, item, "local", rate(2, Verdict::Unsure), at(3)).await;
    let done = store.reviews().submit(item, "local", &rated(true), at(4)).await.expect("written");
    let Submitted::Done(id) = done else { panic!("{done:?}") };
    let address = format!("/v1/annotations/export?form=labels&queue={queue}");
    let sent = app.get(&address).await;
    let text = String::from_utf8_lossy(&sent.body).into_owned();
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let said: Vec<Value> = lines
        .iter()
        .map(|l| json!([l["step"], l["value"], l["unsure"], l["sorm"], l["shown"], l["accepted"]]))
        .collect();
    let expected = [
        json!([1, 1, false, 0.93, "after", true]),
        json!([2, null, true, 0.12, "after", false]),
        json!([3, null, false, 0.08, "never", false]),
    ];
    assert_eq!(said, expected);
    assert_eq!((&lines[0]["submission"], &lines[0]["item"]), (&json!(id), &json!(item)));
    assert!(app.get(&format!("{address}&after={id}")).await.body.is_empty());
}

#[tokio::test]
async fn what_a_person_did_in_a_queue_is_counted_in_an_index() {
    let app = TestApp::new().await;
    let steps = sqlx::query(
        "EXPLAIN QUERY PLAN SELECT count(*) AS n, coalesce(sum(submitted_at >= ?), 0) AS since \
         FROM submissions_in_force WHERE queue = ? AND person = ?",
    )
    .fetch_all(&mut raw(app.dir()).await)
    .await
    .expect("explained");
    let steps: Vec<String> = steps.iter().map(|row| row.get("detail")).collect();
    let expected = "USING COVERING INDEX submissions_in_force_by_person (queue=? AND person=?)";
    assert!(steps.len() == 1 && steps[0].ends_with(expected), "{steps:?}");
}
