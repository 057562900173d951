//! Saved views are everybody's to use, and their keeper's to change.

use glore::domain::PersonRole;

use super::{Browser, add, browser, get, html, post, text, words};
use crate::app::TestApp;
use crate::pages::{all, post_form, samples};

async fn keep(app: &TestApp, who: &Browser, name: &str, chosen: &str) -> u16 {
    let form = format!("name={name}&query=%3Fchosen%3D{chosen}");
    post(app, who, "/runs/views", &form).await.status.as_u16()
}

#[tokio::test]
async fn a_view_is_changed_by_its_keeper_or_an_admin() {
    let app = TestApp::new().await;
    app.app.store.runs().insert(&samples::local_wins()).await.expect("stored");
    assert_eq!(post_form(&app, "/runs/views", "name=Old&query=").await.status, 303);
    let mut browsers = Vec::new();
    for (name, role) in [
        ("ada", PersonRole::Admin),
        ("ana", PersonRole::Annotator),
        ("ben", PersonRole::Annotator),
        ("vic", PersonRole::Viewer),
    ] {
        let user = add(&app, name, role).await;
        browsers.push(browser(&app, &user).await);
    }
    let [ada, ana, ben, vic] = &browsers[..] else { unreachable!("four") };
    assert_eq!(keep(&app, ana, "Mine", "local").await, 303);
    assert_eq!(keep(&app, ana, "Mine", "global").await, 303, "it is hers");

    let refused = post(&app, ben, "/runs/views", "name=Mine&query=%3Fchosen%3Ddraft").await;
    assert_eq!(refused.status, 422);
    assert!(words(&html(&refused), "#view-fault").contains("somebody else keeps a view"));
    let refused = post(&app, ben, "/runs/views/delete", "name=Mine&query=").await;
    assert_eq!(refused.status, 403);
    assert!(text(&refused).contains("needs the role admin; ben is annotator"));
    for (who, forgettable) in [(ada, 2), (ana, 2), (ben, 1), (vic, 0)] {
        let page = html(&get(&app, who, "/runs").await);
        assert_eq!(all(&page, ".saved .chip"), ["Mine", "Old"]);
        assert_eq!(all(&page, ".saved form[action='/runs/views/delete']").len(), forgettable);
    }
    let page = html(&get(&app, ben, "/runs?chosen=global").await);
    assert_eq!(words(&page, ".saved .chip[aria-current=true]"), "Mine", "as she left it");

    assert_eq!(keep(&app, ben, "Old", "draft").await, 303, "nobody's");
    assert_eq!(post(&app, ana, "/runs/views/delete", "name=Old&query=").await.status, 403);
    for name in ["Old", "Mine", "Gone"] {
        let form = format!("name={name}&query=");
        assert_eq!(post(&app, ada, "/runs/views/delete", &form).await.status, 303);
    }
    assert!(all(&html(&get(&app, ada, "/runs").await), ".saved .chip").is_empty());
}
