//! A run at work: watched, swapped, cancelled.

use axum::body::Body;
use axum::http::Request;
use glore::domain::{Run, RunStatus};

use super::{all, css, html, one, post_form, samples};
use crate::app::TestApp;

#[tokio::test]
async fn a_run_at_work_is_watched_and_swapped_when_done() {
    let app = TestApp::new().await;
    let run = samples::unfinished(RunStatus::Queued, None);
    app.app.store.runs().insert_queued(&run, "{}", 9).await.expect("queued");
    let address = format!("/runs/{}", run.id);
    let answer = app.get(&address).await;
    let page = html(&answer);
    assert_eq!(all(&page, ".stages li"), ["drafting", "scoring", "refining", "choosing"]);
    let refresh = "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>";
    assert!(String::from_utf8_lossy(&answer.body).contains(refresh));
    let poll = page.select(&css("#run[hx-get]")).next().expect("it asks again");
    let get = poll.attr("hx-get").unwrap_or_default().to_owned();
    assert!(get.contains("seen=queued"), "{get}");
    // The script asks again whenever the stream says something.
    assert_eq!(poll.attr("hx-trigger"), Some("news"));
    let events = poll.attr("data-events").unwrap_or_default().to_owned();
    assert_eq!(events, format!("/v1{address}/events"));
    assert_eq!(page.select(&css("ol#lines[hidden]")).count(), 1, "room for what is written");

    let ask = |path: String| {
        let request = Request::get(path).header("hx-request", "true");
        app.send(request.body(Body::empty()).expect("a request"))
    };
    let same = ask(get.clone()).await;
    assert_eq!((same.status.as_u16(), same.body.len()), (204, 0), "nothing has changed");
    assert_eq!(same.header("vary"), "hx-request");
    let whole = app.get(&get).await;
    assert_eq!((whole.status.as_u16(), whole.header("location")), (303, address.as_str()));

    let done = Run { id: run.id, ..samples::local_wins() };
    let claimed = app.app.store.runs().claim_next().await.expect("store").expect("claimed");
    let done = Run {
        problem: glore::domain::RunProblem { id: claimed.problem_id, ..done.problem },
        ..done
    };
    app.app.store.runs().finish(&done).await.expect("finished");
    let fragment = ask(get).await;
    assert_eq!(fragment.status.as_u16(), 200);
    let fragment = String::from_utf8_lossy(&fragment.body).into_owned();
    assert!(fragment.trim_start().starts_with("<div id=\"run\""), "a fragment, not a page");
    assert!(!fragment.contains("hx-get") && fragment.contains("Answer <b>37</b>"), "{fragment}");
    let again = app.get(&address).await;
    assert_eq!(html(&again).select(&css("#lines, [data-events]")).count(), 0, "nothing to watch");
    let told = String::from_utf8_lossy(&app.get(&events).await.body).into_owned();
    assert!(told.contains("event: run.completed"), "{told}");
}

#[tokio::test]
async fn cancelling_from_the_page_leads_back_to_it() {
    let app = TestApp::new().await;
    let run = samples::unfinished(RunStatus::Queued, None);
    app.app.store.runs().insert_queued(&run, "{}", 9).await.expect("queued");
    let answer = post_form(&app, &format!("/runs/{}/cancel", run.id), "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, &*format!("/runs/{}", run.id))
    );
    let page = html(&app.get(&format!("/runs/{}", run.id)).await);
    assert!(one(&page, ".trouble h2").contains("cancelled"));
}
