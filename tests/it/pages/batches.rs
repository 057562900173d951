//! Batches by their pages: pasted, as a file, refused, watched.

use axum::body::Body;
use axum::http::Request;
use glore::jobs;

use super::{all, css, html, one, post_form};
use crate::app::{Answer, TestApp};

async fn send(app: &TestApp, parts: &[(&str, &str)]) -> Answer {
    let mut body = String::new();
    for (name, text) in parts {
        let file = if *name == "file" { "; filename=\"p.csv\"" } else { "" };
        body.push_str(&format!(
            "--x\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n"
        ));
    }
    body.push_str("--x--\r\n");
    app.post_raw("/batches", "multipart/form-data; boundary=x", body).await
}

#[tokio::test]
async fn pasted_problems_and_files_become_batches() {
    let app = TestApp::new().await;
    let empty = html(&app.get("/batches").await);
    assert!(one(&empty, "main").contains("None yet"));
    let pasted =
        send(&app, &[("problems", "1 + 1?\t2\r\n2 + 2?\t4"), ("name", "small ones")]).await;
    assert_eq!(pasted.status.as_u16(), 303, "{}", String::from_utf8_lossy(&pasted.body));
    let address = pasted.header("location").to_owned();
    let page = html(&app.get(&address).await);
    assert_eq!(one(&page, "h1"), "small ones");
    assert_eq!(page.select(&css("progress[max='2'][value='0']")).count(), 1);
    assert_eq!(page.select(&css("#cancel")).count(), 1);
    let file = [("problems", ""), ("file", "problem,answer\n\"a, b?\",3\n"), ("seed", "4")];
    let uploaded = send(&app, &file).await;
    let page = html(&app.get(uploaded.header("location")).await);
    assert_eq!(one(&page, "h1"), "1 problem");
    assert_eq!(all(&html(&app.get("/batches").await), ".batches tbody tr").len(), 2);
    // After a refusal the text is in the field, and a file is chosen in its place.
    let instead = [("problems", "{\"problem\":7}"), ("file", "problem,answer\n\"a, b?\",3\n")];
    assert_eq!(send(&app, &instead).await.status.as_u16(), 303, "the file is what counts");
}

#[tokio::test]
async fn what_is_refused_comes_back_as_it_was_typed() {
    let app = TestApp::new().await;
    let refused =
        send(&app, &[("problems", "{\"problem\":7}"), ("seed", "x"), ("name", "<n>")]).await;
    assert_eq!(refused.status.as_u16(), 422);
    let page = html(&refused);
    assert!(one(&page, "#problems-fault").contains("line 1"));
    assert!(one(&page, "#seed-fault").contains("“x”"));
    assert_eq!(one(&page, "#problems").trim(), "{\"problem\":7}");
    assert_eq!(page.select(&css("#name[value='<n>']")).count(), 1);
    let cut = app.post_raw("/batches", "multipart/form-data; boundary=x", "--x\r\n").await;
    assert_eq!(cut.status.as_u16(), 400);
    let large = send(&app, &[("problems", &"x\n".repeat(600_000))]).await;
    assert_eq!(large.status.as_u16(), 413, "more than server.max_body_bytes");
    let form = post_form(&app, "/batches", "problems=x").await;
    assert_eq!(form.status.as_u16(), 400, "not the kind of form that carries files");
}

#[tokio::test]
async fn a_page_that_is_left_open_asks_only_for_what_changed() {
    let app = TestApp::new().await;
    let address = send(&app, &[("problems", "1 + 1?\n2 + 2?")]).await.header("location").to_owned();
    let page = html(&app.get(&address).await);
    let poll = page.select(&css("#batch")).next().expect("the state");
    let get = poll.attr("hx-get").expect("it polls").to_owned();
    let ask = |path: String| {
        let request = Request::get(path).header("hx-request", "true");
        app.send(request.body(Body::empty()).expect("a request"))
    };
    assert_eq!(ask(get.clone()).await.status.as_u16(), 204);
    while jobs::run_one(&app.app).await.expect("done") {}
    let state = ask(get.clone()).await;
    assert_eq!(state.status.as_u16(), 200);
    let text = String::from_utf8_lossy(&state.body).into_owned();
    assert!(text.contains("value=\"2\"") && !text.contains("hx-get"), "{text}");
    assert_eq!(app.get(&get).await.status.as_u16(), 303, "a reader gets the page");
    let cancelled = post_form(&app, &format!("{address}/cancel"), "").await;
    assert_eq!(cancelled.header("location"), address);
}
