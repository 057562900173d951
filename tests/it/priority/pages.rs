//! Priorities by the pages: chosen, shown, changed by a button.

use glore::domain::PersonRole;
use glore::jobs;
use serde_json::json;

use super::queue;
use crate::app::TestApp;
use crate::pages::{all, css, html, one, post_form};
use crate::people;

#[tokio::test]
async fn a_waiting_run_has_a_button_for_each_other_priority() {
    let app = TestApp::new().await;
    let address = queue(&app, None).await.replace("/v1", "");
    let page = html(&app.get(&address).await);
    assert!(one(&page, "#run .quiet").contains("priority normal"));
    assert_eq!(all(&page, "form.urgency button"), ["low", "high"]);
    let form = page.select(&css("form.urgency")).next().expect("the form");
    assert_eq!(form.attr("action"), Some(&*format!("{address}/priority")));
    let sent = post_form(&app, &format!("{address}/priority"), "priority=high").await;
    assert_eq!((sent.status.as_u16(), sent.header("location")), (303, &*address));
    assert!(one(&html(&app.get(&address).await), "#run .quiet").contains("priority high"));
    let bad = post_form(&app, &format!("{address}/priority"), "priority=%3Cb%3E").await;
    bad.problem_page(422);
    assert!(one(&html(&bad), "main").contains("must be one of low, normal, high"));
    assert!(jobs::run_one(&app.app).await.expect("done"));
    let late = post_form(&app, &format!("{address}/priority"), "priority=low").await;
    assert_eq!(late.header("location"), address, "it is just shown");
    let page = html(&app.get(&address).await);
    assert_eq!(all(&page, "form.urgency").len(), 0);
    assert!(one(&page, "#run").contains("in the background, priority high"));
}

#[tokio::test]
async fn a_batch_is_given_a_priority_and_another_one_while_it_is_at_work() {
    let app = TestApp::new().await;
    let page = html(&app.get("/batches").await);
    assert_eq!(all(&page, "#priority option").len(), 3);
    assert!(one(&page, "#priority option[selected]").starts_with("low"));
    let part = |name, text| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let send = async |priority| {
        let body = format!("{}{}--x--\r\n", part("problems", "1 + 1?"), part("priority", priority));
        app.post_raw("/batches", "multipart/form-data; boundary=x", body).await
    };
    let refused = html(&send("urgent").await);
    assert!(one(&refused, "#priority-fault").contains("one of those listed"));
    let address = send("normal").await.header("location").to_owned();
    let page = html(&app.get(&address).await);
    assert!(all(&page, "#batch dd").contains(&"normal".to_owned()));
    assert_eq!(all(&page, "form.urgency button"), ["low", "high"]);
    let seen = |page: &scraper::Html| {
        page.select(&css("#batch")).next().and_then(|e| e.attr("hx-get").map(str::to_owned))
    };
    let sent = post_form(&app, &format!("{address}/priority"), "priority=high").await;
    assert_eq!(sent.header("location"), address);
    let after = html(&app.get(&address).await);
    assert_eq!(all(&after, "form.urgency button"), ["low", "normal"]);
    assert_ne!(seen(&page), seen(&after), "other windows hear of it");
    assert!(
        all(&html(&app.get("/batches").await), "table.batches td").contains(&"high".to_owned())
    );
}

#[tokio::test]
async fn a_viewer_is_shown_no_form_that_would_be_refused() {
    let app = TestApp::new().await;
    let run = queue(&app, None).await.replace("/v1", "");
    let batch = app.post("/v1/batches", json!({"problems": [{"problem": "x"}]})).await.json();
    let batch = format!("/batches/{}", batch["id"].as_str().expect("an id"));
    people::add(&app, "ana", PersonRole::Admin).await;
    let vera = people::add(&app, "vera", PersonRole::Viewer).await;
    let browser = people::browser(&app, &vera).await;
    for (address, says) in [(&*run, "priority normal"), (&*batch, "low"), ("/batches", "low")] {
        let page = html(&people::get(&app, &browser, address).await);
        let forms = page.select(&css("form.urgency, #cancel, form.batch")).count();
        assert_eq!(forms, 0, "{address}");
        assert!(one(&page, "main").contains(says), "{address}");
    }
    let ben = people::add(&app, "ben", PersonRole::Annotator).await;
    let browser = people::browser(&app, &ben).await;
    let page = html(&people::get(&app, &browser, &batch).await);
    assert_eq!(page.select(&css("form.urgency, #cancel")).count(), 2);
}
