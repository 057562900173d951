//! Forms belong to their session; every form of every template has what shows it.

use std::fs;
use std::path::PathBuf;

use axum::body::Body;
use axum::http::{Request, header};
use glore::domain::PersonRole;
use scraper::Selector;
use serde_json::json;

use super::{add, browser, get, html, post, post_bare, text};
use crate::app::TestApp;

#[tokio::test]
async fn a_form_of_another_session_is_refused() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let (own, other) = (browser(&app, &ana).await, browser(&app, &ana).await);
    let problem = "problem=What+is+2+%2B+2%3F";
    for form in [
        problem.to_owned(),
        format!("{problem}&csrf="),
        format!("{problem}&csrf={}", other.token()),
        format!("{problem}&csrf={}", &own.token()[1..]),
    ] {
        let answer = post_bare(&app, &own.cookie, "/runs", &form).await;
        assert_eq!(answer.status, 403, "{form}");
        assert!(text(&answer).contains("not of this session"), "{form}");
    }
    assert_eq!(app.app.store.runs().counts().await.expect("counted").all(), 0);
    let answer = post(&app, &own, "/runs", problem).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("location").starts_with("/runs/run_"));
}

#[tokio::test]
async fn a_script_of_a_page_shows_the_token_in_a_header() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let own = browser(&app, &ana).await;
    let send = async |token: Option<String>| {
        let mut request = Request::post("/v1/solve")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &own.cookie);
        if let Some(token) = token {
            request = request.header("x-csrf-token", token);
        }
        let body = json!({"problem": "What is 2 + 2?"}).to_string();
        app.send(request.body(Body::from(body)).expect("a request")).await
    };
    send(None).await.problem(403, "form_refused");
    send(Some("00".to_owned())).await.problem(403, "form_refused");
    send(Some(own.token())).await.ok();
}

/// What a page shows can be sent; and another page shows another token for the same session.
#[tokio::test]
async fn the_token_of_a_page_is_good() {
    let app = TestApp::new().await;
    let ana = add(&app, "ana", PersonRole::Admin).await;
    let own = browser(&app, &ana).await;
    let field = Selector::parse("form.solve input[name=csrf]").expect("a selector");
    let token = async || {
        let page = html(&get(&app, &own, "/").await);
        let found = page.select(&field).next().and_then(|field| field.attr("value"));
        found.expect("a token").to_owned()
    };
    let (one, two) = (token().await, token().await);
    assert_ne!(one, two);
    for token in [one, two] {
        assert!(own.secret.made(&token));
        let form = format!("problem=What+is+2%3F&csrf={token}");
        assert_eq!(post_bare(&app, &own.cookie, "/runs", &form).await.status, 303);
    }
    // An error page as well: its theme switch and its way out are forms.
    let page = html(&get(&app, &own, "/nothing").await);
    let all = Selector::parse("form[method=post] input[name=csrf]").expect("a selector");
    assert_eq!(page.select(&all).count(), 2);
}

#[test]
fn every_form_that_changes_something_has_the_token() {
    let mut folders = vec![PathBuf::from("templates")];
    let mut forms = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let template = fs::read_to_string(&path).expect("a template");
            for form in template.split("<form").skip(1) {
                let (head, body) = form.split_once('>').expect("an end");
                let body = body.split("</form>").next().unwrap_or_default();
                let login = head.contains("action=\"/login\"");
                if head.contains("method=\"post\"") && !login {
                    let has = body.contains("{% include \"components/csrf.html\" %}");
                    assert!(has, "{}: <form{head}>", path.display());
                    forms += 1;
                }
            }
        }
    }
    assert!(forms > 10, "{forms}");
}
