//! API tokens: made once, shown once, good for what they say and no longer.

use axum::body::Body;
use axum::http::{Request, header};
use glore::domain::{Actor, PersonRole};
use serde_json::json;

use super::{Stopped, add, browser, get, html, log, post, text, token, words};
use crate::app::{Answer, TestApp};

async fn with(app: &TestApp, token: &str, path: &str) -> Answer {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    app.send(request.body(Body::empty()).expect("a request")).await
}

async fn solve_with(app: &TestApp, token: &str, path: &str) -> Answer {
    let messages = json!([{"role": "user", "content": "What is 2 + 2?"}]);
    let body = match path {
        "/v1/solve" => json!({"problem": "What is 2 + 2?"}),
        _ => json!({"model": "glore", "messages": messages}),
    };
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    app.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_is_revoked() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let own = browser(&app, &ana).await;
    let form = "name=a+%3Cb%3Ejob&role=annotator&days=30";
    let made = post(&app, &own, "/me/tokens", form).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (200, "no-store"));
    let secret = words(&html(&made), "#new-token");
    assert!(secret.starts_with("glr_") && secret.len() == 60, "{secret}");
    let page = text(&get(&app, &own, "/me").await);
    assert!(page.contains("a &#60;b&#62;job") && !page.contains(&secret));
    assert_eq!(log(&app, 1).await, ["ana token.added ana"]);

    let listed = with(&app, &secret, "/v1/runs").await;
    listed.ok();
    assert_eq!(listed.header("cache-control"), "private, no-cache");
    solve_with(&app, &secret, "/v1/solve").await.ok();
    solve_with(&app, &secret, "/v1/chat/completions").await.ok();
    with(&app, &secret, "/metrics").await.problem(403, "role_needed");
    assert_eq!(with(&app, &secret, "/me").await.status, 403, "a token makes no tokens");
    let id = app.app.store.tokens().of(ana.id).await.expect("read")[0].id;
    assert!(text(&get(&app, &own, "/me").await).contains("just now"), "last used");
    let answer = post(&app, &own, &format!("/me/tokens/{id}/revoke"), "").await;
    assert_eq!(answer.status, 303);
    let refused = with(&app, &secret, "/v1/runs").await;
    refused.problem(401, "bad_token");
    assert_eq!(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    let chat = solve_with(&app, &secret, "/v1/chat/completions").await;
    assert_eq!(chat.json()["error"]["code"], "invalid_api_key");
}

#[tokio::test]
async fn a_form_that_asks_for_too_much_comes_back() {
    let app = TestApp::new().await;
    add(&app, "ana", PersonRole::Admin).await;
    let ben = add(&app, "ben", PersonRole::Annotator).await;
    let own = browser(&app, &ben).await;
    let answer = post(&app, &own, "/me/tokens", "name=job&role=admin&days=7&read_only=on").await;
    assert_eq!(answer.status, 422);
    let page = text(&answer);
    assert!(page.contains("at most your own role, annotator; admin was given"), "{page}");
    assert!(page.contains("value=\"job\"") && page.contains("read_only\" checked"));
    assert!(!page.contains("value=\"admin\""), "it is not offered");
    assert_eq!(app.app.store.tokens().of(ben.id).await.expect("read"), []);
}

#[tokio::test]
async fn a_token_is_never_more_than_its_user_nor_more_than_it_says() {
    let clock = Stopped::new();
    let app = TestApp::new().await.by(clock.clone());
    add(&app, "ana", PersonRole::Admin).await;
    let ben = add(&app, "ben", PersonRole::Admin).await;
    let reads = token(&app, &ben, PersonRole::Admin, true).await;
    with(&app, &reads, "/v1/runs").await.ok();
    assert_eq!(with(&app, &reads, "/metrics").await.status, 200);
    solve_with(&app, &reads, "/v1/solve").await.problem(403, "token_too_weak");
    let full = token(&app, &ben, PersonRole::Admin, false).await;
    solve_with(&app, &full, "/v1/solve").await.ok();
    let (users, actor, now) = (app.app.store.users(), Actor::command_line(), app.app.clock.now());
    users.set_role(ben.id, PersonRole::Viewer, &actor, now).await.expect("changed");
    solve_with(&app, &full, "/v1/solve").await.problem(403, "role_needed");
    users.set_disabled(ben.id, true, &actor, now).await.expect("disabled");
    with(&app, &full, "/v1/runs").await.problem(401, "bad_token");
    users.set_disabled(ben.id, false, &actor, now).await.expect("enabled");
    with(&app, &full, "/v1/runs").await.ok();
    clock.go(24 * 60 * 60);
    with(&app, &full, "/v1/runs").await.problem(401, "bad_token");
    with(&app, "glr_", "/v1/runs").await.problem(401, "bad_token");
    let basic = Request::get("/v1/runs").header(header::AUTHORIZATION, "Basic YTpi");
    let answer = app.send(basic.body(Body::empty()).expect("a request")).await;
    answer.problem(401, "unauthenticated");
}

/// Two people may choose the same key, and neither gets the other's answer.
#[tokio::test]
async fn keys_of_requests_belong_to_whoever_sends_them() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let ben = add(&app, "ben", PersonRole::Annotator).await;
    let mut runs = Vec::new();
    for user in [&ana, &ben, &ana] {
        let secret = token(&app, user, PersonRole::Annotator, false).await;
        let request = Request::post("/v1/solve")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {secret}"))
            .header("idempotency-key", "the-same");
        let body = json!({"problem": "What is 2 + 2?"}).to_string();
        let run = app.send(request.body(Body::from(body)).expect("a request")).await.ok();
        runs.push(run["id"].clone());
    }
    assert_ne!(runs[0], runs[1]);
    assert_eq!(runs[0], runs[2], "her own answer again");
}
