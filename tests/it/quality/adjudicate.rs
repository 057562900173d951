//! `/review/adjudicate`: the list, one item, its decision, gold.

use glore::domain::review::QueueSettings;
use glore::domain::{PersonRole, QueueId};

use super::Review;
use crate::app::Answer;
use crate::people;
use crate::review::{at, local};

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

async fn post(review: &Review, path: &str, body: &str) -> Answer {
    review.app.post_raw(path, "application/x-www-form-urlencoded", body.to_owned()).await
}

/// Two items: people agree on the first and differ on the second.
async fn two_items(review: &mut Review) -> (String, String, Vec<String>) {
    let (one, run) = review.item("How many pens?").await;
    review.hand_in((&one, &run), "usr_ann", &[1, 1, 1], None).await;
    review.hand_in((&one, &run), "usr_bob", &[1, 1, 1], None).await;
    let (two, run) = review.item("How <i>many</i> books?").await;
    let a = review.hand_in((&two, &run), "usr_ann", &[1, -1, 9], Some(1)).await;
    let b = review.hand_in((&two, &run), "usr_bob", &[1, 1, -1], Some(0)).await;
    (one, two, vec![a, b])
}

#[tokio::test]
async fn the_lowest_agreement_comes_first_and_names_are_blind() {
    let mut review = Review::new().await;
    let empty = review.app.get("/review/adjudicate").await;
    assert!(text(&empty).contains("nothing to settle"));
    let (one, two, _) = two_items(&mut review).await;
    let list = text(&review.app.get("/review/adjudicate").await);
    let at = |id: &str| list.find(id).unwrap_or_else(|| panic!("{id} in {list}"));
    assert!(at(&two) < at(&one), "50 % before 100 %");
    assert!(list.contains("50 %") && list.contains("step 2, step 3"), "{list}");
    assert!(!list.contains("<i>many"), "a problem is text");

    let page = text(&review.app.get(&format!("/review/adjudicate/{two}")).await);
    assert!(!page.contains("usr_ann") && !page.contains("usr_bob"), "blind: {page}");
    assert!(!page.contains("SORM 0."), "no scores before the decision");
    assert!(page.contains("&#60;b&#62;wrong sum") && !page.contains("<b>wrong sum"), "{page}");
    assert!(page.contains("name=\"rating-1\" value=\"good\" checked"), "what all say is filled in");
    assert!(page.contains("name=\"rating-2\" value=\"\" checked"), "what they differ on is not");
    assert_eq!(page.matches("people differ").count(), 2);
    review.app.get("/review/adjudicate/itm_none").await.problem_page(404);
}

#[tokio::test]
async fn a_decision_is_stored_and_ends_the_blindness() {
    let mut review = Review::new().await;
    let (_, two, ids) = two_items(&mut review).await;
    let address = format!("/review/adjudicate/{two}");
    let seen = ids.join("+");
    let sent = format!(
        "seen={seen}&outcome=rated&rating-1=good&rating-2=wrong&rating-3=&critique-2=5%20is%20wrong\
         &correction-2=4&choice=same&comment=clear"
    );
    let decided = post(&review, &address, &sent).await;
    assert_eq!(decided.status, 303, "{}", text(&decided));
    assert!(decided.header("location").contains(&format!("decided={two}")));
    let item = review.app.app.store.quality().item(&two).await.expect("read").expect("there");
    let decision = item.decision.expect("decided");
    let values: Vec<_> = decision.steps.iter().map(|s| s.rating.map(|r| r.value())).collect();
    assert_eq!(values, [Some(1), Some(-1), None], "not rated is not zero");
    assert_eq!(decision.steps[1].correction.as_deref(), Some("4"));
    assert_eq!((decision.person.as_str(), decision.choice.as_deref()), ("local", Some("same")));

    let page = text(&review.app.get(&address).await);
    assert!(page.contains("(usr_ann)") && page.contains("SORM 0.90"), "{page}");
    assert!(!text(&review.app.get("/review/adjudicate").await).contains(&two), "no longer open");
    // A later decision takes the place of the first, where it knows of it.
    let again = sent.replace("rating-2=wrong", "rating-2=fine");
    let again = format!("{again}&standing={}", decision.id);
    assert_eq!(post(&review, &address, &again).await.status, 303);
    let item = review.app.app.store.quality().item(&two).await.expect("read").expect("there");
    let second = item.decision.expect("decided").steps[1].rating.map(|r| r.value());
    assert_eq!(second, Some(0));
    let kept = "SELECT count(*) FROM adjudications WHERE item = ?";
    assert_eq!(review.number(kept, &two).await, 2, "the first is kept");
}

#[tokio::test]
async fn what_cannot_be_used_comes_back_as_it_was_typed() {
    let mut review = Review::new().await;
    let (_, two, ids) = two_items(&mut review).await;
    let address = format!("/review/adjudicate/{two}");
    let seen = ids.join("+");
    let none =
        post(&review, &address, &format!("seen={seen}&outcome=rated&comment=typed+this")).await;
    assert_eq!(none.status, 422);
    assert!(text(&none).contains("typed this") && text(&none).contains("rate at least one step"));
    let odd = format!("seen={seen}&outcome=rated&rating-1=great&rating-2=wrong");
    let odd = post(&review, &address, &odd).await;
    assert_eq!(odd.status, 422);
    assert!(text(&odd).contains("`great` was given"), "{}", text(&odd));
    let foreign = format!("seen={seen}&outcome=rated&rating-1=good&choice=sol_of_nobody");
    assert_eq!(post(&review, &address, &foreign).await.status, 422);

    let stale = format!("seen={}&outcome=rated&rating-1=good&comment=mine", ids[0]);
    let stale = post(&review, &address, &stale).await;
    assert_eq!(stale.status, 409);
    assert!(text(&stale).contains("Nothing was decided yet") && text(&stale).contains("mine"));
    assert_eq!(review.number("SELECT count(*) FROM adjudications WHERE item = ?", &two).await, 0);
}

#[tokio::test]
async fn gold_is_served_to_more_people_and_held_against_them() {
    let mut review = Review::new().await;
    let (_, two, ids) = two_items(&mut review).await;
    let address = format!("/review/adjudicate/{two}/gold");
    let marked = post(&review, &address, &format!("labels={}", ids[0])).await;
    assert_eq!(marked.status, 303, "{}", text(&marked));
    let places = "SELECT count(*) FROM leases WHERE item = ? AND state = 'free'";
    assert_eq!(review.number(places, &two).await, 22, "the two of before, and twenty more");
    assert_eq!(review.number("SELECT open FROM items WHERE id = ?", &two).await, 1);
    let drawn = "SELECT count(*) FROM item_reasons WHERE item = ? AND rule = 'random'";
    assert_eq!(review.number(drawn, &two).await, 1, "it looks like any other");

    let quality = text(&review.app.get("/review/quality").await);
    // Bob's first and second step against gold's good and wrong.
    assert!(quality.contains("50 % of 2"), "{quality}");
    assert!(quality.contains("1 gold"));
    let wrong = post(&review, &address, "labels=sbm_of_nobody").await;
    assert_eq!(wrong.status, 404);

    assert_eq!(post(&review, &address, "labels=").await.status, 303);
    assert_eq!(review.number(places, &two).await, 2);
    assert_eq!(review.number("SELECT need FROM items WHERE id = ?", &two).await, 2);
    assert_eq!(review.number("SELECT open FROM items WHERE id = ?", &two).await, 0);
    assert!(text(&review.app.get("/review/quality").await).contains("0 gold"));
}

#[tokio::test]
async fn another_overlap_leaves_gold_its_places() {
    let mut review = Review::new().await;
    let (_, two, ids) = two_items(&mut review).await;
    let address = format!("/review/adjudicate/{two}/gold");
    assert_eq!(post(&review, &address, &format!("labels={}", ids[0])).await.status, 303);
    let reviews = review.app.app.store.reviews();
    let id: QueueId = review.queue.parse().expect("an id");
    let queue = reviews.queue(id).await.expect("read").expect("there");
    let settings = QueueSettings { overlap: 3, ..queue.settings };
    let text = &queue.guidelines.text;
    reviews.update(id, &settings, true, text, &local(), at(0)).await.expect("written");
    let free = "SELECT count(*) FROM leases WHERE item = ? AND state = 'free'";
    assert_eq!(review.number(free, &two).await, 22, "as before");
    assert_eq!(review.number("SELECT open FROM items WHERE id = ?", &two).await, 1);

    assert_eq!(post(&review, &address, "labels=").await.status, 303);
    assert_eq!(review.number("SELECT need FROM items WHERE id = ?", &two).await, 3);
    assert_eq!(review.number("SELECT open FROM items WHERE id = ?", &two).await, 1);
}

/// Annotators rate without knowing what others said.
#[tokio::test]
async fn who_may_not_decide_sees_nothing_and_changes_nothing() {
    let mut review = Review::new().await;
    let (_, two, _) = two_items(&mut review).await;
    let item = format!("/review/adjudicate/{two}");
    let gold = format!("{item}/gold");
    people::add(&review.app, "ana", PersonRole::Admin).await;
    let eve = people::add(&review.app, "eve", PersonRole::Annotator).await;
    let eve = people::browser(&review.app, &eve).await;
    for (method, path) in [
        ("POST", item.as_str()),
        ("POST", &gold),
        ("GET", &item),
        ("GET", "/review/adjudicate"),
        ("GET", "/review/quality"),
        ("GET", "/review/export"),
        ("GET", "/review/export/file"),
        ("GET", "/v1/annotations/export"),
        ("GET", "/v1/annotations/export/manifest"),
    ] {
        let answer = match method {
            "POST" => people::post(&review.app, &eve, path, "outcome=rated&rating-1=good").await,
            _ => people::get(&review.app, &eve, path).await,
        };
        assert_eq!(answer.status, 403, "{method} {path}");
    }
}
