//! The pages: whole, escaped, usable without a script, and true to the runs they show.

mod again;
mod batches;
mod compare;
mod docs;
mod home;
mod inspect;
mod lab;
mod list;
mod live;
mod look;
mod run;
pub mod samples;
mod style;
mod whole;

use std::collections::HashSet;

use glore::domain::Run;
use scraper::{ElementRef, Html, Selector};

use crate::app::{Answer, TestApp};

pub fn css(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector")
}

pub fn html(answer: &Answer) -> Html {
    Html::parse_document(std::str::from_utf8(&answer.body).expect("UTF-8"))
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<Vec<_>>().concat().split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn all(page: &Html, selector: &str) -> Vec<String> {
    page.select(&css(selector)).map(text).collect()
}

pub fn one(page: &Html, selector: &str) -> String {
    let found = all(page, selector);
    assert_eq!(found.len(), 1, "{selector}: {found:?}");
    found.into_iter().next().unwrap_or_default()
}

async fn page_of(run: &Run) -> Html {
    let app = TestApp::new().await;
    app.app.store.runs().insert(run).await.expect("stored");
    html(&app.get(&format!("/runs/{}", run.id)).await)
}

pub async fn post_form(app: &TestApp, path: &str, body: &str) -> Answer {
    app.post_raw(path, "application/x-www-form-urlencoded", body.to_owned()).await
}

/// What a reader sees of a marked text, without what was taken out of it.
fn plain(step: ElementRef<'_>, without: &str) -> String {
    let hidden: HashSet<_> = step
        .select(&css(&format!(".unseen, {without}")))
        .flat_map(|element| element.descendants().map(|node| node.id()))
        .collect();
    step.descendants()
        .filter(|node| !hidden.contains(&node.id()))
        .filter_map(|node| node.value().as_text().map(|text| text.to_string()))
        .collect()
}
