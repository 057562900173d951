//! Two annotators in two browsers on one queue, and a server that is killed between their presses.

use std::net::TcpListener;

use glore::domain::PersonRole;
use serde_json::json;

use super::driver::{Browser, CONTROL, ENTER};
use crate::app::TestApp;
use crate::people;
use crate::review::{filled, only_random, raw};
use crate::server::{Server, glore};

const ITEMS: usize = 12;
/// Before which of the rounds the server is killed with presses on their way.
const KILLS: [usize; 3] = [1, 3, 4];

struct Desk {
    browser: Browser,
    /// Of every item that was on it.
    items: Vec<String>,
}

impl Desk {
    async fn item(&mut self) -> Option<String> {
        let address = self.browser.address().await;
        let item = address.split("/review/items/").nth(1)?.split(['?', '#']).next()?.to_owned();
        self.items.push(item.clone());
        Some(item)
    }

    /// Until the page shows that everything is kept.
    async fn saved(&self) {
        self.browser.until("waiting === 0 && timers.size === 0").await;
    }

    async fn rate(&self) {
        self.browser.press("1").await;
        self.saved().await;
        self.browser.press("2").await;
        self.saved().await;
    }

    async fn hand_in(&self) {
        let here = self.browser.address().await;
        self.browser.chord(CONTROL, ENTER).await;
        let path = json!(here);
        self.browser.until(&format!("location.pathname !== new URL({path}).pathname")).await;
        self.browser.until("document.readyState === 'complete'").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn two_people_and_a_server_that_dies_lose_nothing_and_share_nothing() {
    let app = TestApp::new().await;
    people::add(&app, "root", PersonRole::Admin).await;
    let mut cookies = Vec::new();
    for name in ["ana", "ben"] {
        let person = people::add(&app, name, PersonRole::Annotator).await;
        cookies.push(people::browser(&app, &person).await.cookie);
    }
    let queue = filled(&app.app.store, &only_random(), ITEMS).await;
    let dir = app.leave().await;

    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let start = || {
        let mut glore = glore(dir.path());
        glore.env("GLORE_SERVER__LISTEN", format!("127.0.0.1:{port}"));
        Server::started(glore)
    };
    let mut server = start();
    let base = format!("http://127.0.0.1:{port}");
    let mut desks = Vec::new();
    for cookie in &cookies {
        let browser = Browser::open().await;
        browser.cookie(&base, cookie).await;
        browser.go(&format!("{base}/review/queues/{queue}")).await;
        browser.script("document.querySelector(\"form[action$='/next'] button\").click()").await;
        browser.until("location.pathname.startsWith('/review/items/')").await;
        desks.push(Desk { browser, items: Vec::new() });
    }
    for round in 0..ITEMS / 2 {
        let (mut seen, mut rows) = (Vec::new(), 0);
        for desk in &mut desks {
            desk.browser.until("document.querySelector('#step-1[aria-current=step]')").await;
            seen.push(desk.item().await.expect("an item"));
            desk.browser.press("3").await;
            desk.saved().await;
            rows += 1;
        }
        assert_ne!(seen[0], seen[1], "one item, two people");
        if KILLS.contains(&round) {
            server.signal("KILL");
            server.wait();
            // Pressed while nobody listens: kept on the page and sent when somebody does.
            desks[0].browser.press("1").await;
            desks[0]
                .browser
                .until("document.getElementById('said').textContent.includes('Not saved')")
                .await;
            server = start();
            desks[0].saved().await;
            desks[0].browser.press("2").await;
            desks[0].saved().await;
            desks[1].rate().await;
        } else {
            for desk in &desks {
                desk.rate().await;
            }
        }
        assert_eq!(rows, desks.len());
        for desk in &desks {
            desk.hand_in().await;
        }
    }
    for desk in &desks {
        let page = desk.browser.text("main").await.unwrap_or_default();
        assert!(page.contains("Nothing waits"), "{page}");
    }
    server.signal("TERM");
    server.wait();
    let mut all: Vec<&String> = desks.iter().flat_map(|desk| &desk.items).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), ITEMS, "each item was one person's");
    let labels: (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT count(*), sum(value = 1), sum(value = -1), sum(value IS NULL) FROM labels",
    )
    .fetch_one(&mut raw(dir.path()).await)
    .await
    .expect("counted");
    assert_eq!(labels, (36, 12, 12, 12), "as they were pressed");
    println!("2 people, {ITEMS} items, {} kills: nothing lost, nothing shared", KILLS.len());
}
