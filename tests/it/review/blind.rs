//! People learn that others disagree, and not what they said, until they have said it themselves.

use glore::domain::review::{QueueSettings, Rule, Suggestions, Verdict};
use glore::domain::{ItemId, QueueId};
use serde_json::json;

use super::{act, at, filled, next, only_random, rate, rated};
use crate::app::TestApp;
use crate::pages::{html, one};

/// Two people differ on step 2, and whoever is here is the third.
async fn disputed(app: &TestApp, suggestions: Suggestions) -> (QueueId, ItemId) {
    let store = &app.app.store;
    let mut settings = QueueSettings { overlap: 2, suggestions, ..only_random() };
    settings.weights.set(Rule::Disagreement, 1.0);
    let queue = filled(store, &settings, 1).await;
    let mut last = None;
    for (person, verdict) in [("ann", Verdict::Wrong), ("bob", Verdict::Fine)] {
        let item = next(store, queue, person, at(0)).await.expect("an item");
        act(store, item, person, rate(2, verdict), at(1)).await;
        store.reviews().submit(item, person, &rated(true), at(2)).await.expect("written");
        last = Some(item);
    }
    (queue, last.expect("an item"))
}

#[tokio::test]
async fn where_people_disagree_is_not_told_before_rating() {
    for suggestions in [Suggestions::Before, Suggestions::After] {
        let app = TestApp::new().await;
        let (queue, item) = disputed(&app, suggestions).await;
        let list = format!("/review/queues/{queue}");
        let seen = one(&html(&app.get(&list).await), ".items");
        assert!(seen.contains("annotators disagree") && !seen.contains("step 2"), "{seen}");

        let leased = app.post_raw(&format!("/v1/queues/{queue}/next"), "text/plain", "").await.ok();
        assert_eq!(leased["item"]["id"], json!(item));
        let reasons = leased["item"]["reasons"].as_array().expect("a list");
        let said = reasons.iter().find(|reason| reason["detail"]["rule"] == "disagreement");
        let blind = json!({
            "strength": 1.0,
            "solution": null,
            "detail": {"rule": "disagreement", "people": 2, "step": null},
        });
        let expected = (suggestions == Suggestions::Before).then_some(&blind);
        assert_eq!(said, expected, "no step, and nothing of how far they are apart");

        let desk = format!("/review/items/{item}");
        let why = one(&html(&app.get(&desk).await), ".whys");
        assert!(why.contains("annotators disagree") && !why.contains("step 2"), "{why}");
        let now = app.app.clock.now();
        app.app.store.reviews().submit(item, "local", &rated(true), now).await.expect("written");
        let why = one(&html(&app.get(&desk).await), ".whys");
        assert!(why.contains("rated step 2 differently"), "and then it is: {why}");
    }
}
