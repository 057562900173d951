//! Logging in and out, and everything that refuses to.

use axum::body::Body;
use axum::http::{Request, header};
use glore::config::{Config, Transport};
use glore::domain::PersonRole;
use glore::engine::{Gate, ScriptedEngine};

use super::{
    PASSWORD, Stopped, add, browser, cookie, get, html, log, post, post_bare, text, words,
};
use crate::app::{Answer, TestApp};

async fn login(app: &TestApp, name: &str, password: &str, next: &str) -> Answer {
    let form = format!("name={name}&password={}&next={next}", password.replace(' ', "+"));
    post_bare(app, "", "/login", &form).await
}

#[tokio::test]
async fn without_users_everyone_is_the_local_person_and_every_page_says_so() {
    let app = TestApp::new().await;
    for path in ["/", "/runs", "/lab", "/docs", "/me", "/admin/users", "/admin/audit", "/nothing"] {
        let page = html(&app.get(path).await);
        let person = words(&page, "header .person");
        assert!(person.starts_with("Local: everyone on this machine is admin"), "{path}: {person}");
    }
    // Whatever token a client sends by habit is not looked at.
    let request = Request::get("/v1/runs").header(header::AUTHORIZATION, "Bearer sk-anything");
    app.send(request.body(Body::empty()).expect("a request")).await.ok();
    let login = app.get("/login").await;
    assert!(words(&html(&login), "main").contains("everyone on this machine is admin"));
    assert_eq!(post_bare(&app, "", "/login", "name=a&password=b").await.status, 409);
    assert_eq!(post_bare(&app, "", "/logout", "").await.status, 409);
}

/// A site whose name leads to this machine is not the local person.
#[tokio::test]
async fn the_local_person_comes_by_a_name_of_this_machine() {
    let app = TestApp::new().await;
    let by = async |host: &str, path: &str| {
        let request = Request::get(path).header(header::HOST, host);
        app.send(request.body(Body::empty()).expect("a request")).await
    };
    for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"] {
        by(host, "/v1/runs").await.ok();
    }
    by("evil.example:8080", "/v1/runs").await.problem(421, "misdirected");
    let page = by("evil.example:8080", "/admin/users").await;
    assert_eq!(page.status, 421);
    assert!(words(&html(&page), "main").contains("add users with"));
    assert_eq!(by("evil.example:8080", "/livez").await.status, 200);
    add(&app, "ana", PersonRole::Admin).await;
    by("glore.example", "/v1/runs").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn who_knows_the_password_gets_in_and_to_where_they_were_going() {
    let app = TestApp::new().await;
    add(&app, "Ana", PersonRole::Admin).await;
    let away = app.get("/runs?q=a%20b").await;
    assert_eq!(away.status, 303);
    assert_eq!(away.header("location"), "/login?next=%2Fruns%3Fq%3Da%2520b");
    let page = html(&app.get(away.header("location")).await);
    assert_eq!(words(&page, "header .person"), "Log in");
    let answer = login(&app, "ana", PASSWORD, "%2Fruns%3Fq%3Da%2520b").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/runs?q=a%20b"));
    let set = answer.header("set-cookie").to_owned();
    for part in ["glore_session=", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=604800"] {
        assert!(set.contains(part), "{set}");
    }
    let request = Request::get("/runs").header(header::COOKIE, cookie(&answer));
    let page = app.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(page.status, 200);
    assert_eq!(words(&html(&page), "header .person"), "Ana (admin) · Users Log out");
    assert_eq!(log(&app, 1).await, ["Ana session.began Ana"]);
    for elsewhere in ["%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil", ""] {
        let answer = login(&app, "ana", PASSWORD, elsewhere).await;
        assert_eq!(answer.header("location"), "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn the_answer_does_not_say_whether_somebody_exists() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let ben = add(&app, "ben", PersonRole::Viewer).await;
    let users = app.app.store.users();
    let actor = glore::domain::Actor::command_line();
    users.set_disabled(ben.id, true, &actor, app.app.clock.now()).await.expect("disabled");
    let wrong = login(&app, ana.name.as_str(), "wrong horse battery", "%2Fruns").await;
    let disabled = login(&app, "ben", PASSWORD, "%2Fruns").await;
    let unknown = login(&app, "eve", "wrong horse battery", "%2Fruns").await;
    let long = login(&app, "ana", &"x".repeat(2000), "%2Fruns").await;
    let said = |answer: &Answer| {
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (401, ""));
        assert_eq!(answer.header("cache-control"), "no-store");
        words(&html(answer), "main").replace("ana", "").replace("ben", "").replace("eve", "")
    };
    let sentence = said(&wrong);
    assert!(sentence.contains("Name or password is wrong"), "{sentence}");
    for other in [&disabled, &unknown, &long] {
        assert_eq!(said(other), sentence);
    }
    // What was typed stays, but for the password.
    let page = text(&wrong);
    assert!(page.contains("value=\"ana\"") && page.contains("value=\"/runs\""), "{page}");
    assert!(!page.contains("wrong horse"));
    let lines = log(&app, 4).await;
    assert_eq!(lines[1], "nobody session.refused (a name that nobody has)");
    assert_eq!(lines[2], "nobody session.refused ben");
}

#[tokio::test]
async fn attempts_are_few_for_a_name_whoever_makes_them() {
    let clock = Stopped::new();
    let app = TestApp::new().await.by(clock.clone());
    add(&app, "ana", PersonRole::Admin).await;
    for name in ["ana", "Ana", "ANA", "ana", "ana"] {
        assert_eq!(login(&app, name, "wrong horse battery", "").await.status, 401);
    }
    for (name, status) in [("eve", 401), ("ana", 429)] {
        let answer = login(&app, name, PASSWORD, "").await;
        assert_eq!(answer.status.as_u16(), status, "{name}");
    }
    let answer = login(&app, "ana", PASSWORD, "").await;
    assert_eq!(answer.header("retry-after"), "60");
    assert!(words(&html(&answer), ".faults").contains("try again in 60 s"));
    clock.go(60);
    assert_eq!(login(&app, "ana", PASSWORD, "").await.status, 303);
    assert_eq!(login(&app, "ana", PASSWORD, "").await.status, 303, "forgotten after a right one");
}

#[tokio::test]
async fn sessions_end() {
    let clock = Stopped::new();
    let app = TestApp::new().await.by(clock.clone());
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let (one, two) = (browser(&app, &ana).await, browser(&app, &ana).await);
    let is_in = async |browser| get(&app, browser, "/runs").await.status == 200;
    let out = post(&app, &one, "/logout", "").await;
    assert_eq!((out.status.as_u16(), out.header("location")), (303, "/login"));
    assert!(out.header("set-cookie").starts_with("glore_session=; Path=/; Max-Age=0"));
    assert!(!is_in(&one).await && is_in(&two).await);
    let three = browser(&app, &ana).await;
    let answer = post(&app, &two, "/me/sessions/end", "").await;
    assert_eq!(answer.header("location"), "/me?done=sessions");
    assert!(is_in(&two).await && !is_in(&three).await);
    clock.go(12 * 60 * 60);
    assert!(!is_in(&two).await, "unused for too long");
    let four = browser(&app, &ana).await;
    for _ in 0..17 {
        clock.go(10 * 60 * 60 - 600);
        assert!(is_in(&four).await);
    }
    clock.go(10 * 60 * 60);
    assert!(!is_in(&four).await, "seven days are over");
}

/// Nobody who knew the session before knows the one after.
#[tokio::test]
async fn a_login_and_a_new_password_make_a_new_session() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let (old, other) = (browser(&app, &ana).await, browser(&app, &ana).await);
    let form = format!("name=ana&password={}", PASSWORD.replace(' ', "+"));
    let answer = post_bare(&app, &old.cookie, "/login", &form).await;
    assert_eq!(answer.status, 303);
    assert_ne!(cookie(&answer), old.cookie);
    assert_eq!(get(&app, &old, "/runs").await.status, 303, "out");

    let change = async |old: &str, new: &str, again: &str| {
        let form = format!("old={old}&new={new}&again={again}").replace(' ', "+");
        post(&app, &other, "/me/password", &form).await
    };
    let new = "another horse battery";
    for (form, field) in [
        (change("wrong", new, new).await, "old"),
        (change(PASSWORD, "short", "short").await, "new"),
        (change(PASSWORD, new, "yet another horse").await, "again"),
    ] {
        assert_eq!(form.status, 422);
        assert!(text(&form).contains(&format!("id=\"{field}-fault\"")), "{field}");
    }
    let answer = change(PASSWORD, new, new).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/me?done=password"));
    assert_eq!(get(&app, &other, "/runs").await.status, 303, "every old session ended");
    let request = Request::get("/me?done=password").header(header::COOKIE, cookie(&answer));
    let page = app.send(request.body(Body::empty()).expect("a request")).await;
    assert!(words(&html(&page), "[role=status]").contains("The password is changed"));
    assert_eq!(login(&app, "ana", PASSWORD, "").await.status, 401);
    assert_eq!(login(&app, "ana", new, "").await.status, 303);
}

#[tokio::test]
async fn behind_tls_the_cookie_is_for_this_host_alone() {
    let mut config = Config::default();
    config.auth.transport = Transport::Tls;
    let app = TestApp::build(ScriptedEngine::new(), config, Gate::new(1, 1)).await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let set = login(&app, "ana", PASSWORD, "").await.header("set-cookie").to_owned();
    assert!(set.starts_with("__Host-glore_session=") && set.ends_with("; Secure"), "{set}");
    let plain = browser(&app, &ana).await;
    assert_eq!(get(&app, &plain, "/runs").await.status, 303, "the other name is nobody's");
}
