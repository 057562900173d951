//! Every page in both themes, narrow and wide: nothing that axe-core holds against it, nothing on the
//! console, nothing asked of another host, nothing beside the window.

use std::collections::BTreeSet;

use serde_json::Value;

use super::driver::Browser;
use super::site::Site;
use super::visits::{self, Visit};
use crate::app::TestApp;

const AXE: &str = include_str!("vendor/axe.min.js");
/// What is asked of axe: the rules of WCAG 2.2 A and AA, and its best practices.
const RUN: &str = "axe.run(document, { resultTypes: ['violations'] }).then((found) => \
    found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => \
    node.target.join(' ') + ' ' + (node.failureSummary ?? '')).join(' | ')))";

struct Seen {
    pages: usize,
    faults: Vec<String>,
}

/// Looks at a page as it is loaded; reads the log of what it did.
async fn look(browser: &Browser, site: &Site, address: &str, how: &str, seen: &mut Seen) {
    let mut blame = |what: String| seen.faults.push(format!("{address} {how}: {what}"));
    for violation in browser.promise(RUN).await.as_array().cloned().unwrap_or_default() {
        blame(violation.as_str().unwrap_or("axe failed").to_owned());
    }
    let wide = "const page = document.scrollingElement; \
                return page.scrollWidth - page.clientWidth";
    if let Some(beside @ 1..) = browser.script(wide).await.as_i64() {
        blame(format!("{beside} px beside the window"));
    }
    for entry in browser.log("browser").await {
        let text = entry["message"].as_str().unwrap_or_default();
        // The page of an error is sent with its status, which the console repeats.
        if !(text.contains("Failed to load resource") && text.contains("/nothing-is-here")) {
            blame(format!("console: {text}"));
        }
    }
    for entry in browser.log("performance").await {
        let message: Value =
            serde_json::from_str(entry["message"].as_str().unwrap_or("{}")).expect("JSON");
        let request = &message["message"]["params"]["request"]["url"];
        let elsewhere = |url: &&str| !url.starts_with(&site.base) && !url.starts_with("data:");
        if let Some(url) = request.as_str().filter(elsewhere) {
            blame(format!("asks {url}"));
        }
    }
    seen.pages += 1;
}

async fn visit(browser: &Browser, site: &Site, all: &[Visit], seen: &mut Seen) {
    for theme in ["light", "dark"] {
        for width in [320, 1200] {
            browser.look(width, theme).await;
            for (nth, (route, address)) in all.iter().enumerate() {
                browser.go(&site.at(address)).await;
                browser.script(AXE).await;
                let how = format!("({route}, {theme}, {width} px)");
                look(browser, site, address, &how, seen).await;
                browser.picture(&format!("{theme}-{width}-{nth:02}")).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn every_page_is_for_everybody_and_keeps_to_itself() {
    let browser = Browser::open().await;
    let mut seen = Seen { pages: 0, faults: Vec::new() };

    let site = Site::of(TestApp::new().await).await;
    let pages = visits::fill(&site.app).await;
    visit(&browser, &site, &pages, &mut seen).await;

    let site = Site::of(TestApp::new().await).await;
    let (ana, for_people) = visits::fill_people(&site.app).await;
    browser.cookie(&site.base, &ana.cookie).await;
    visit(&browser, &site, &for_people, &mut seen).await;

    let visited: BTreeSet<&str> =
        pages.iter().chain(&for_people).map(|(route, _)| *route).collect();
    visits::check_whole(&visited);
    println!("{} looks at {} routes: {} faults", seen.pages, visited.len(), seen.faults.len());
    assert!(seen.faults.is_empty(), "{:#?}", seen.faults);
}
