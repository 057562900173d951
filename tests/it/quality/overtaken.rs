//! Two adjudicators at one item: the second sees what the first decided, and loses nothing.

use glore::domain::annotation::{Outcome, Rating};
use glore::store::{Decided, DecidedLabel, NewDecision};
use scraper::Html;

use super::Review;
use crate::app::Answer;
use crate::pages::{all, css, html, one};
use crate::review::{at, local};

async fn disputed(review: &mut Review) -> (String, Vec<String>) {
    let (item, run) = review.item("How many books?").await;
    let a = review.hand_in((&item, &run), "usr_ann", &[1, -1, 9], None).await;
    let b = review.hand_in((&item, &run), "usr_bob", &[1, 1, -1], None).await;
    (item, vec![a, b])
}

async fn post(review: &Review, item: &str, body: &str) -> Answer {
    let path = format!("/review/adjudicate/{item}");
    review.app.post_raw(&path, "application/x-www-form-urlencoded", body.to_owned()).await
}

fn hidden(page: &Html, name: &str) -> String {
    let field = page.select(&css(&format!("input[type=hidden][name={name}]"))).next();
    field.and_then(|field| field.attr("value")).expect(name).to_owned()
}

#[tokio::test]
async fn nobody_overrules_what_they_did_not_see() {
    let mut review = Review::new().await;
    let (item, ids) = disputed(&mut review).await;
    let page = html(&review.app.get(&format!("/review/adjudicate/{item}")).await);
    assert_eq!((hidden(&page, "seen"), hidden(&page, "standing")), (ids.join(" "), String::new()));
    // Both have that page; one sends it.
    let sent = |rest: &str| format!("seen={}&standing=&outcome=rated&{rest}", ids.join("+"));
    let first = sent("rating-1=good&rating-2=wrong&critique-2=it+is+23&comment=first+look");
    assert_eq!(post(&review, &item, &first).await.status, 303);

    let second = sent("rating-1=fine&rating-2=good&correction-2=my+own+words&comment=mine");
    let late = post(&review, &item, &second).await;
    assert_eq!(late.status, 409);
    let page = html(&late);
    assert_eq!(one(&page, ".faults h2"), "local has decided this item meanwhile");
    let lines = all(&page, ".faults li");
    assert_eq!(lines, ["step 1: good", "step 2: wrong; “it is 23”", "step 3: not rated"]);
    assert!(one(&page, ".faults").contains("“first look”"));
    let typed = |name: &str| {
        let field = page.select(&css(&format!("[name={name}]"))).next().expect("a field");
        field.attr("value").unwrap_or_default().to_owned()
    };
    assert_eq!((typed("correction-2"), typed("comment")), ("my own words".into(), "mine".into()));
    let checked = css("[name=rating-2][value=good][checked]");
    assert_eq!(page.select(&checked).count(), 1, "what was pressed is kept");
    let count = "SELECT count(*) FROM adjudications WHERE item = ?";
    assert_eq!(review.number(count, &item).await, 1);

    // Sent once more from that page, it is meant.
    let (seen, standing) = (hidden(&page, "seen").replace(' ', "+"), hidden(&page, "standing"));
    let again = format!("seen={seen}&standing={standing}&outcome=rated&rating-1=fine&comment=mine");
    assert_eq!(post(&review, &item, &again).await.status, 303);
    assert_eq!(review.number(count, &item).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_decide_at_once_one_does() {
    let mut review = Review::new().await;
    let (item, seen) = disputed(&mut review).await;
    let label = DecidedLabel { rating: Some(Rating::Good), ..DecidedLabel::default() };
    let decision = NewDecision {
        item: item.clone(),
        outcome: Outcome::Rated,
        labels: vec![label],
        choice: None,
        comment: None,
        seen,
        instead_of: None,
        gold: false,
    };
    let mut people = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, decision) = (review.app.app.store.clone(), decision.clone());
        people.spawn(async move {
            store.quality().decide(&decision, &local(), at(0)).await.expect("asked")
        });
    }
    let all = people.join_all().await;
    assert_eq!(all.iter().filter(|one| **one != Decided::Stale).count(), 1, "{all:?}");
    let count = "SELECT count(*) FROM adjudications WHERE item = ?";
    assert_eq!(review.number(count, &item).await, 1);
}
