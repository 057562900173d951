//! Every page over every sample: whole, escaped, with nothing inline.

use std::collections::HashSet;

use glore::domain::PersonRole;
use serde_json::json;

use super::{all, css, html, one, post_form, samples};
use crate::app::{Answer, TestApp};
use crate::people;

/// Every page there is, over a store with every sample.
async fn every_page() -> Vec<(String, Answer)> {
    let app = TestApp::new().await;
    let mut addresses: Vec<String> = [
        "/",
        "/?example=apples",
        "/lab",
        "/docs",
        "/nothing",
        "/runs",
        "/batches",
        "/compare",
        "/login",
        "/me",
        "/admin/users",
    ]
    .map(str::to_owned)
    .into();
    addresses.extend(["/review/queues/new", "/review/keys", "/review"].map(str::to_owned));
    let queue = crate::review::queue(&app.app.store, &crate::review::settings()).await;
    for (_, run) in samples::all() {
        app.app.store.runs().insert(&run).await.expect("stored");
        for view in ["side", "unified", "changes"] {
            addresses.push(format!("/runs/{}?view={view}", run.id));
        }
        addresses.push(format!("/?from={}", run.id));
        addresses.push(format!("/runs/{}/flag", run.id));
    }
    addresses.push(format!("/review/queues/{queue}"));
    addresses.push(format!("/review/queues/{queue}/settings"));
    let waiting = app.app.store.reviews().waiting().await.expect("counted");
    for _ in 0..waiting {
        let now = app.app.clock.now();
        let item = crate::review::next(&app.app.store, queue, "local", now).await.expect("one");
        addresses.push(format!("/review/items/{item}"));
        app.app.store.reviews().put_off(item, "local", "skip", "", now).await.expect("skipped");
    }
    addresses.push("/runs?q=%3Cscript%3E&status=completed".to_owned());
    addresses.push("/runs?q=nowhere".to_owned());
    addresses.push("/runs?sort=lowest_step&flip=right_to_wrong&model=%3Cb%3E&tag=odd".to_owned());
    addresses.push("/compare?a=%22%3E%3Cscript%3E&b=strategy%3Dglore".to_owned());
    addresses.push("/compare?a=strategy%3Dglore&b=chosen%3Dlocal".to_owned());
    let problems = json!({"problems": [{"problem": "<script>1"}], "name": "<b>\"'"});
    let batch = app.post("/v1/batches", problems).await.json();
    addresses.push(format!("/batches/{}", batch["id"].as_str().expect("an id")));
    let mut pages = Vec::new();
    for address in addresses {
        let answer = app.get(&address).await;
        pages.push((address, answer));
    }
    let refused = post_form(&app, "/runs", "problem=&gate=%22%3E%3Cscript%3E").await;
    pages.push(("POST /runs".to_owned(), refused));
    let refused = post_form(&app, "/runs/views", "name=&query=%22%3E%3Cscript%3E").await;
    pages.push(("POST /runs/views".to_owned(), refused));
    let run = samples::right_draft();
    app.app.store.runs().insert(&run).await.expect("stored");
    let refused =
        post_form(&app, &format!("/runs/{}/tags", run.id), "tag=%22%3E%3Cscript%3E").await;
    pages.push(("POST tags".to_owned(), refused));
    pages.extend(pages_of_people().await);
    pages
}

/// Those that are for somebody, with and without faults.
async fn pages_of_people() -> Vec<(String, Answer)> {
    let app = TestApp::new().await;
    let ana = people::add(&app, "ana", PersonRole::Admin).await;
    people::token(&app, &ana, PersonRole::Viewer, true).await;
    let browser = people::browser(&app, &ana).await;
    let about = format!("/admin/users/{}", ana.id);
    let mut pages = vec![("login".to_owned(), app.get("/login?next=%22%3E%3Cscript%3E").await)];
    for address in ["/me", "/admin/users", "/admin/audit", &about, "/"] {
        pages.push((format!("{address} of ana"), people::get(&app, &browser, address).await));
    }
    let (role, password) = (format!("{about}/role"), format!("{about}/password"));
    for (address, form) in [
        ("/me/password", "old=x&new=y&again=z"),
        ("/me/tokens", "name=&role=x&days=x"),
        ("/me/tokens", "name=%3Cscript%3E&role=viewer&days=7"),
        ("/admin/users", "name=%22%3E%3Cscript%3E&role=x&password=x"),
        (role.as_str(), "role=viewer"),
        (password.as_str(), "password=x"),
    ] {
        let answer = people::post(&app, &browser, address, form).await;
        pages.push((format!("POST {address} of ana"), answer));
    }
    let refused = people::post_bare(&app, "", "/login", "name=%22%3E%3Cscript%3E&password=x").await;
    pages.push(("POST /login".to_owned(), refused));
    pages
}

#[tokio::test]
async fn every_page_is_whole() {
    for (address, answer) in every_page().await {
        let page = html(&answer);
        assert_eq!(all(&page, "h1").len(), 1, "{address}");
        assert_eq!(page.select(&css("html[lang=en]")).count(), 1, "{address}");
        assert!(one(&page, "head > title").ends_with("· GLoRe"), "{address}");
        assert_eq!(page.select(&css("body > a.skip[href='#main']")).count(), 1, "{address}");
        assert_eq!(page.select(&css("main#main")).count(), 1, "{address}");
        let links = all(&page, "header nav a");
        let words: Vec<_> = links.iter().filter_map(|link| link.split(' ').next()).collect();
        assert_eq!(words, ["Solve", "Runs", "Review", "Lab", "API"], "{address}");
        let ids: Vec<_> = page.select(&css("[id]")).filter_map(|e| e.value().id()).collect();
        let unique: HashSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{address}: {ids:?}");
        for named in page.select(&css("[aria-labelledby], [aria-describedby], label[for]")) {
            let by = ["aria-labelledby", "aria-describedby", "for"];
            for id in by.iter().filter_map(|by| named.attr(by)).flat_map(str::split_whitespace) {
                assert!(ids.contains(&id), "{address}: nothing is called {id}");
            }
        }
        for link in page.select(&css("a[href^='#'], use")) {
            let id = link.attr("href").unwrap_or_default().trim_start_matches('#');
            assert!(ids.contains(&id), "{address}: #{id} leads nowhere");
        }
    }
}

#[tokio::test]
async fn nothing_runs_or_is_styled_inline_and_nothing_comes_from_elsewhere() {
    for (address, answer) in every_page().await {
        let page = html(&answer);
        assert_eq!(
            page.select(&css("style, [style], iframe, object, base")).count(),
            0,
            "{address}"
        );
        for script in page.select(&css("script")) {
            assert!(script.attr("src").is_some_and(|src| src.starts_with("/static/")), "{address}");
            assert_eq!(script.inner_html(), "", "{address}");
        }
        for element in page.select(&css("*")) {
            for (name, value) in element.value().attrs() {
                assert!(!name.starts_with("on") && !name.starts_with("hx-on"), "{address}: {name}");
                if matches!(name, "href" | "src" | "action" | "hx-get" | "data-events") {
                    let here = value.starts_with(['/', '#', '?']) && !value.starts_with("//");
                    assert!(here, "{address}: {name}={value}");
                }
            }
        }
        for polling in page.select(&css("[hx-trigger]")) {
            let trigger = polling.attr("hx-trigger").unwrap_or_default();
            assert!(["news", "every 2s"].contains(&trigger), "{address}: {trigger}");
        }
    }
}

#[test]
fn templates_hold_no_way_around_the_escaping() {
    let mut folders = vec![std::path::PathBuf::from("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let template = std::fs::read_to_string(&path).expect("a template");
            let path = path.display();
            for word in
                ["|safe", "| safe", "escape=", "style=", "onclick", "hx-on", "js:", "<style"]
            {
                assert!(!template.contains(word), "{path}: {word}");
            }
            assert!(template.lines().count() <= 150, "{path} is too long");
        }
    }
}

#[tokio::test]
async fn text_of_others_stays_text() {
    let run = samples::hostile();
    for view in ["side", "unified", "changes"] {
        let app = TestApp::new().await;
        app.app.store.runs().insert(&run).await.expect("stored");
        let page = html(&app.get(&format!("/runs/{}?view={view}", run.id)).await);
        assert_eq!(page.select(&css("main script, main img, main i, main u")).count(), 0, "{view}");
        let problem = page.select(&css(".problem")).next().expect("the problem");
        assert_eq!(problem.text().collect::<String>(), samples::HOSTILE);
        assert_eq!(one(&page, "#answer b"), "'\"><script>");
    }
}
