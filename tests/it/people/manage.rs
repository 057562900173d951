//! Admins look after people, and what they do is written down.

use glore::app::App;
use glore::domain::{PersonRole, User};

use super::{PASSWORD, add, browser, get, html, log, post, post_bare, text, token, words};
use crate::app::TestApp;

async fn named(app: &App, name: &str) -> User {
    app.store.users().named(name).await.expect("read").expect("there").0
}

#[tokio::test]
async fn the_local_person_makes_the_first_user_and_is_gone() {
    let app = TestApp::new().await;
    let page = html(&app.get("/admin/users").await);
    assert!(words(&page, "main").contains("There are no users yet"));
    let password = PASSWORD.replace(' ', "+");
    let viewer = format!("name=ana&role=viewer&password={password}");
    let refused = post_bare(&app, "", "/admin/users", &viewer).await;
    assert_eq!(refused.status, 422);
    assert!(words(&html(&refused), "#role-fault").contains("the first user must be an admin"));
    let admin = format!("name=ana&role=admin&password={password}");
    let answer = post_bare(&app, "", "/admin/users", &admin).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/login"));
    assert_eq!(log(&app, 1).await, ["local user.added ana"]);
    assert_eq!(app.get("/admin/users").await.status, 303, "log in now");
    app.get("/v1/runs").await.problem(401, "unauthenticated");
    let login = post_bare(&app, "", "/login", &format!("name=ana&password={password}")).await;
    assert_eq!(login.status, 303);
}

#[tokio::test]
async fn a_form_that_cannot_be_used_comes_back_with_every_fault() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let own = browser(&app, &ana).await;
    let form = "name=%3Cscript%3E&role=root&password=short";
    let answer = post(&app, &own, "/admin/users", form).await;
    assert_eq!(answer.status, 422);
    let page = html(&answer);
    for field in ["name", "role", "password"] {
        assert!(!words(&page, &format!("#{field}-fault")).is_empty(), "{field}");
    }
    assert!(text(&answer).contains("value=\"&#60;script&#62;\""), "what was typed stays");
    let taken = format!("name=ANA&role=viewer&password={}", PASSWORD.replace(' ', "+"));
    let answer = post(&app, &own, "/admin/users", &taken).await;
    assert!(words(&html(&answer), "#name-fault").contains("there is a user called `ANA` already"));
    assert_eq!(app.app.store.users().list().await.expect("read").len(), 1);
}

#[tokio::test]
async fn an_admin_changes_role_password_and_whether_somebody_may_log_in() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let own = browser(&app, &ana).await;
    let form = format!("name=ben&role=viewer&password={}", PASSWORD.replace(' ', "+"));
    let answer = post(&app, &own, "/admin/users", &form).await;
    let ben = named(&app.app, "ben").await;
    let page = format!("/admin/users/{}", ben.id);
    assert_eq!(answer.header("location"), page);
    let theirs = browser(&app, &ben).await;
    let secret = token(&app, &ben, PersonRole::Viewer, true).await;
    let shown = text(&get(&app, &own, &page).await);
    assert!(shown.contains("a test") && !shown.contains(&secret), "session and token are listed");

    let done = async |what: &str, form: &str| {
        let answer = post(&app, &own, &format!("{page}/{what}"), form).await;
        assert_eq!(answer.status, 303, "{what}: {}", text(&answer));
        let said = html(&get(&app, &own, answer.header("location")).await);
        assert!(!words(&said, "main [role=status]").is_empty(), "{what}");
    };
    done("role", "role=adjudicator").await;
    assert_eq!(named(&app.app, "ben").await.role, PersonRole::Adjudicator);
    assert_eq!(get(&app, &theirs, "/runs").await.status, 200, "the session goes on");
    done("password", "password=another+horse+battery").await;
    assert_eq!(get(&app, &theirs, "/runs").await.status, 303, "the session has ended");
    browser(&app, &ben).await;
    done("sessions/end", "").await;
    let now = app.app.clock.now();
    assert_eq!(app.app.store.sessions().of(ben.id, now).await.expect("read"), []);
    let id = app.app.store.tokens().of(ben.id).await.expect("read")[0].id;
    done("tokens/revoke", &format!("token={id}")).await;
    done("disabled", "disabled=yes").await;
    assert!(named(&app.app, "ben").await.disabled);
    done("disabled", "disabled=no").await;
    assert!(!named(&app.app, "ben").await.disabled);
    let lines = log(&app, 7).await;
    assert_eq!(
        lines,
        [
            "ana user.enabled ben",
            "ana user.disabled ben",
            "ana token.revoked ben",
            "ana session.ended_others ben",
            "ben session.began ben",
            "ana user.password_reset ben",
            "ana user.role ben",
        ]
    );
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let own = browser(&app, &ana).await;
    let page = format!("/admin/users/{}", ana.id);
    for (what, form) in [("role", "role=viewer"), ("disabled", "disabled=yes")] {
        let answer = post(&app, &own, &format!("{page}/{what}"), form).await;
        assert_eq!(answer.status, 422, "{what}");
        assert!(words(&html(&answer), ".faults").contains("the last admin"), "{what}");
    }
    assert_eq!(named(&app.app, "ana").await, ana);
    let nobody = "/admin/users/usr_01890a5d-ac96-774b-bcce-b302099a8057";
    assert_eq!(get(&app, &own, nobody).await.status, 404);
}

#[tokio::test]
async fn the_audit_log_is_a_page_with_filter_and_older_lines() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let own = browser(&app, &ana).await;
    for n in 0..60 {
        add(&app, &format!("user-{n}"), PersonRole::Viewer).await;
    }
    let first = get(&app, &own, "/admin/audit").await;
    let page = html(&first);
    let rows = scraper::Selector::parse("table.audit tbody tr").expect("a selector");
    assert_eq!(page.select(&rows).count(), 50);
    assert!(words(&page, "table.audit").contains("added the user user-59 role viewer"));
    let older = scraper::Selector::parse("a[rel=next]").expect("a selector");
    let older = page.select(&older).next().and_then(|link| link.attr("href")).expect("older");
    let page = html(&get(&app, &own, older).await);
    assert_eq!(page.select(&rows).count(), 12);
    assert!(words(&page, ".pager").contains("newest"));
    let page = html(&get(&app, &own, "/admin/audit?name=user-7").await);
    assert_eq!(page.select(&rows).count(), 1);
    let page = html(&get(&app, &own, "/admin/audit?name=%3Cb%3E").await);
    assert!(words(&page, "main .lead").contains("<b>"));
}
