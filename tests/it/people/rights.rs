//! Every route of the router, tried by everybody, held against what the document of rights says.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use glore::domain::{PersonRole, User};
use glore::web::{Least, rights_table};

use super::{add, browser, html, token, words};
use crate::app::{Answer, TestApp};

/// The address of a route, with something in the place of its parameters.
fn address(route: &str) -> String {
    route
        .replace("/admin/users/{id}", "/admin/users/usr_01890a5d-ac96-774b-bcce-b302099a8057")
        .replace("/me/tokens/{id}", "/me/tokens/tok_01890a5d-ac96-774b-bcce-b302099a8057")
        .replace("{id}", "run_01890a5d-ac96-774b-bcce-b302099a8057")
        .replace("{word}", "not_found")
        .replace("{hash}", "x")
        .replace("{*name}", "x")
}

/// How somebody comes to a route.
enum As<'a> {
    Nobody,
    Session(&'a User),
    Token(&'a str),
}

async fn send(app: &TestApp, method: &str, route: &str, who: &As<'_>) -> Answer {
    let mut request = Request::builder().method(method).uri(address(route));
    let mut body = String::new();
    match who {
        As::Nobody => {}
        As::Session(user) => {
            // A new one each time: some of the routes end it.
            let browser = browser(app, user).await;
            request = request.header(header::COOKIE, &browser.cookie);
            body = format!("csrf={}", browser.token());
        }
        As::Token(token) => {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
    }
    if method == "POST" {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    app.send(request.body(Body::from(body)).expect("a request")).await
}

/// Whether the answer says that it is for somebody else.
fn is_denied(answer: &Answer) -> bool {
    // Whoever logs out is led there as well, with the cookie taken away.
    let out = answer.headers.contains_key("set-cookie");
    let to_login = answer.header("location").starts_with("/login") && !out;
    matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        || (answer.status == StatusCode::SEE_OTHER && to_login)
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let app = TestApp::new().await;
    let mut users = Vec::new();
    for role in PersonRole::ALL.into_iter().rev() {
        users.push(add(&app, role.as_str(), role).await);
    }
    let mut tried = 0;
    for (route, method, least) in rights_table() {
        let place = format!("{method} {route}");
        let needed = match least {
            Least::Open => None,
            Least::Metrics => Some(PersonRole::Admin),
            Least::Role(role) | Least::Session(role) => Some(*role),
        };
        let answer = send(&app, method, route, &As::Nobody).await;
        // Nobody may try to log in, and is refused by the handler itself.
        let login = (*method, *route) == ("POST", "/login");
        assert_eq!(is_denied(&answer), needed.is_some() || login, "{place}: nobody");
        // Attempts are counted, and are another test's.
        if login {
            continue;
        }
        for user in &users {
            let allowed = needed.is_none_or(|needed| user.role >= needed);
            let answer = send(&app, method, route, &As::Session(user)).await;
            let place = format!("{place} as {}: {}", user.role, answer.status);
            assert_eq!(is_denied(&answer), !allowed, "{place}");
            assert!(!answer.status.is_server_error(), "{place}");
            tried += 1;
        }
        for user in &users {
            let secret = token(&app, user, user.role, false).await;
            let by_token = !matches!(least, Least::Session(_));
            let allowed = needed.is_none_or(|needed| by_token && user.role >= needed);
            let answer = send(&app, method, route, &As::Token(&secret)).await;
            let place = format!("{place} with a token of {}: {}", user.role, answer.status);
            assert_eq!(is_denied(&answer), !allowed, "{place}");
            let tokens = app.app.store.tokens();
            // A user has few at a time.
            let newest = tokens.of(user.id).await.expect("read")[0].id;
            let (actor, now) = (glore::domain::Actor::command_line(), app.app.clock.now());
            tokens.revoke(newest, None, &actor, now).await.expect("revoked");
        }
    }
    assert!(tried > 150, "{tried}");
}

#[tokio::test]
async fn a_role_that_is_too_low_is_told_which_one_it_takes() {
    let app = TestApp::new().await;
    add(&app, "ana", PersonRole::Admin).await;
    let ben = add(&app, "ben", PersonRole::Viewer).await;
    let answer = send(&app, "POST", "/v1/solve", &As::Session(&ben)).await;
    let problem = answer.problem(403, "role_needed");
    assert_eq!(problem["detail"], "this needs the role annotator; ben is viewer");
    let home = html(&send(&app, "GET", "/", &As::Session(&ben)).await);
    assert!(
        words(&home, "main .note").contains("takes the role annotator"),
        "no form to be refused"
    );
    assert_eq!(words(&home, "form.solve"), "");
    let page = html(&send(&app, "GET", "/admin/audit", &As::Session(&ben)).await);
    assert!(words(&page, "main").contains("This needs the role admin; ben is viewer"));
    assert_eq!(words(&page, "header .person"), "ben (viewer) Log out");
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_told_so_in_the_words_of_the_place() {
    let app = TestApp::new().await;
    add(&app, "ana", PersonRole::Admin).await;
    let api = app.get("/v1/runs").await;
    api.problem(401, "unauthenticated");
    assert_eq!(api.header("www-authenticate"), "Bearer");
    let chat = app.post("/v1/chat/completions", serde_json::json!({})).await;
    assert_eq!((chat.status.as_u16(), chat.header("www-authenticate")), (401, "Bearer"));
    let error = &chat.json()["error"];
    assert_eq!(
        (&error["type"], &error["code"]),
        (&"invalid_request_error".into(), &"invalid_api_key".into())
    );
    let part = Request::get("/lab/live")
        .header("hx-request", "true")
        .header("hx-current-url", "http://127.0.0.1:8080/lab?x=1");
    let part = app.send(part.body(Body::empty()).expect("a request")).await;
    assert_eq!(
        (part.status.as_u16(), part.header("hx-redirect")),
        (401, "/login?next=%2Flab%3Fx%3D1")
    );
    // A form is not led away: what was typed would be gone.
    let form = super::post_bare(&app, "", "/runs", "problem=x").await;
    assert_eq!(form.status, 401);
    assert!(words(&html(&form), "main").contains("what you typed is still in the form"));
    for path in ["/livez", "/readyz", "/login"] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    app.get("/metrics").await.problem(401, "unauthenticated");
    app.get("/v1/nothing").await.problem(404, "not_found");
}

#[tokio::test]
async fn metrics_can_be_opened() {
    let mut config = glore::config::Config::default();
    config.auth.open_metrics = true;
    let gate = glore::engine::Gate::new(1, 1);
    let app = TestApp::build(glore::engine::ScriptedEngine::new(), config, gate).await;
    add(&app, "ana", PersonRole::Admin).await;
    assert_eq!(app.get("/metrics").await.status, 200);
}

#[tokio::test]
async fn the_document_says_what_each_call_takes() {
    let app = TestApp::new().await;
    let document = app.get("/openapi.json").await.ok();
    let scheme = &document["components"]["securitySchemes"]["bearer"];
    assert_eq!((&scheme["type"], &scheme["scheme"]), (&"http".into(), &"bearer".into()));
    let call = &document["paths"]["/v1/solve"]["post"];
    assert_eq!(call["security"], serde_json::json!([{"bearer": []}]));
    assert_eq!(call["x-least-role"], "annotator");
    assert!(call["responses"]["401"].is_object() && call["responses"]["403"].is_object());
    assert_eq!(document["paths"]["/livez"]["get"]["security"], serde_json::json!([]));
}
