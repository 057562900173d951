//! Pages offer what their reader may do, and nothing that would be refused on press.

use std::collections::BTreeSet;

use glore::domain::{PersonRole, RunStatus, Tag, User};
use glore::web::{Least, rights_table};
use scraper::{ElementRef, Html, Selector};

use super::{add, browser, get, html, post};
use crate::app::TestApp;
use crate::browser::visits;
use crate::pages::samples;

/// Whether a path is one of the route.
fn fits(route: &str, path: &str) -> bool {
    let (mut parts, mut words) = (route.split('/'), path.split('/'));
    loop {
        match (parts.next(), words.next()) {
            (None, None) => return true,
            (Some(part), Some(_)) if part.starts_with("{*") => return true,
            (Some(part), Some(word)) if part.starts_with('{') || part == word => {}
            _ => return false,
        }
    }
}

/// What the table says of a path, and the route that says it: the one with the fewest parameters is
/// the one that answers.
fn least(method: &str, path: &str) -> Option<(&'static str, Least)> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let lines = rights_table().iter().filter(|(route, m, _)| *m == method && fits(route, path));
    let line = lines.min_by_key(|(route, ..)| route.matches('{').count());
    line.map(|(route, _, least)| (*route, *least))
}

fn may(user: &User, least: Least) -> bool {
    match least {
        Least::Open => true,
        Least::Metrics => user.role >= PersonRole::Admin,
        Least::Role(role) | Least::Session(role) => user.role >= role,
    }
}

/// Method and address of everything on the page that can be pressed.
fn offers(page: &Html, here: &str) -> BTreeSet<(&'static str, String)> {
    let all = |selector: &str| {
        let selector = Selector::parse(selector).expect("a selector");
        page.select(&selector).map(|element| *element).collect::<Vec<_>>()
    };
    let wrap = |node| ElementRef::wrap(node).expect("an element");
    let method = |form: ElementRef<'_>| match form.attr("method") {
        Some("post") => "POST",
        _ => "GET",
    };
    let mut found = BTreeSet::new();
    for form in all("form").into_iter().map(wrap) {
        found.insert((method(form), form.attr("action").unwrap_or(here).to_owned()));
    }
    for button in all("[formaction]").into_iter().map(wrap) {
        let named = button.attr("form").map(|id| all(&format!("form#{id}")));
        let mut around = button.ancestors().filter_map(ElementRef::wrap);
        let form = match named {
            Some(forms) => forms.into_iter().map(wrap).next(),
            None => around.find(|element| element.value().name() == "form"),
        };
        let form = form.expect("a button belongs to a form");
        found.insert((method(form), button.attr("formaction").unwrap_or(here).to_owned()));
    }
    for link in all("a[href^='/']").into_iter().map(wrap) {
        found.insert(("GET", link.attr("href").unwrap_or_default().to_owned()));
    }
    found
}

/// Every page, with something on it, and what only some states of it offer.
async fn fill(app: &TestApp) -> Vec<String> {
    let mut addresses: Vec<String> =
        visits::fill(app).await.into_iter().map(|(_, address)| address).collect();
    let runs = app.app.store.runs();
    for status in [RunStatus::Queued, RunStatus::Running] {
        let run = samples::unfinished(status, None);
        match status {
            RunStatus::Queued => runs.insert_queued(&run, "{}", 100).await.expect("kept"),
            _ => runs.insert(&run).await.expect("kept"),
        }
        addresses.push(format!("/runs/{}", run.id));
    }
    let tagged = samples::local_wins();
    runs.insert(&tagged).await.expect("kept");
    app.app.store.tags().add(tagged.id, &Tag::parse("odd").expect("a tag")).await.expect("put on");
    addresses.push(format!("/runs/{}", tagged.id));
    let view = crate::pages::post_form(app, "/runs/views", "name=All&query=").await;
    assert_eq!(view.status, 303);
    addresses.extend(["/me", "/admin/users", "/admin/audit"].map(str::to_owned));
    addresses
}

#[tokio::test]
async fn no_page_offers_what_the_table_refuses() {
    let app = TestApp::new().await;
    let addresses = fill(&app).await;
    let queue = addresses.iter().find(|address| address.starts_with("/review/queues/que_"));
    let queue = queue.and_then(|address| address.rsplit('/').next()).expect("a queue").to_owned();
    let mut offered = Vec::new();
    // The first user is the one who can add others.
    for role in PersonRole::ALL.into_iter().rev() {
        let user = add(&app, role.as_str(), role).await;
        let window = browser(&app, &user).await;
        let mut addresses = addresses.clone();
        if role >= PersonRole::Annotator {
            let next = post(&app, &window, &format!("/review/queues/{queue}/next"), "").await;
            let desk = next.header("location").to_owned();
            assert!(desk.starts_with("/review/items/"), "{desk}");
            addresses.push(desk);
        }
        if role == PersonRole::Admin {
            addresses.push(format!("/admin/users/{}", user.id));
        }
        let (mut pages, mut presses) = (0, BTreeSet::new());
        for address in &addresses {
            let answer = get(&app, &window, address).await;
            if answer.status != 200 {
                continue;
            }
            pages += 1;
            for (method, action) in offers(&html(&answer), address) {
                let line = least(method, &action);
                let (route, least) =
                    line.unwrap_or_else(|| panic!("{address}: nothing is at {action}"));
                assert!(may(&user, least), "{address} offers {role} {method} {action}: {least:?}");
                if method == "POST" {
                    presses.insert(route);
                }
            }
        }
        println!("{role}: {pages} pages, {} kinds of forms", presses.len());
        offered.push((role, pages, presses.len()));
    }
    offered.sort();
    let mine = offered[0].2;
    assert!(mine >= 5, "a viewer has a theme, a password, sessions and tokens: {offered:?}");
    let more = |pair: &[(PersonRole, usize, usize)]| pair[0].1 < pair[1].1 && pair[0].2 < pair[1].2;
    assert!(offered.windows(2).all(more), "who may more is offered more: {offered:?}");
}
