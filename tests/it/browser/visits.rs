//! Every page, with an address that shows something.

use std::collections::BTreeSet;

use glore::domain::PersonRole;
use serde_json::json;

use crate::app::TestApp;
use crate::pages::samples;
use crate::people::{self, Browser as LoggedIn};
use crate::review;

/// Where the routes stand: those before the API are pages.
const TABLE: &str = include_str!("../../../src/web/rights/table.rs");

/// Answers that are no page of their own: parts, files, and what leads elsewhere.
const NO_PAGE: [&str; 8] = [
    "/runs/{id}/live",
    "/batches/{id}/live",
    "/lab/live",
    "/api",
    "/static/{hash}/{*name}",
    "/review/export/file",
    "/review/export/manifest",
    "/review/adjudicate/{item}",
];

/// A route and an address of it.
pub type Visit = (&'static str, String);

/// Fills the store with a run of every shape and a queue, and says where to look.
pub async fn fill(app: &TestApp) -> Vec<Visit> {
    let store = &app.app.store;
    let settings = review::settings();
    let queue = review::queue(store, &settings).await;
    let mut visits: Vec<Visit> = Vec::new();
    let mut hang = None;
    for (name, run) in samples::all() {
        // A run that is for ever at work would keep its page loading.
        if !["running", "queued"].contains(&name) {
            store.runs().insert(&run).await.expect("stored");
            visits.push(("/runs/{id}", format!("/runs/{}", run.id)));
            hang = Some(run.id);
        }
    }
    let run = hang.expect("a run");
    for view in ["unified", "changes"] {
        visits.push(("/runs/{id}", format!("/runs/{run}?view={view}")));
    }
    visits.push(("/runs/{id}/flag", format!("/runs/{run}/flag")));
    visits.push(("/review/queues/{id}", format!("/review/queues/{queue}")));
    visits.push(("/review/queues/{id}/settings", format!("/review/queues/{queue}/settings")));
    let problems = json!({"problems": [{"problem": "What is 2 + 2?"}], "name": "two"});
    let batch = app.post("/v1/batches", problems).await.json();
    let batch = batch["id"].as_str().expect("an id");
    visits.push(("/batches/{id}", format!("/batches/{batch}")));
    for (route, address) in [
        ("/", "/"),
        ("/", "/?example=apples"),
        ("/runs", "/runs"),
        ("/runs", "/runs?q=nowhere"),
        ("/runs", "/runs?sort=lowest_step&flip=right_to_wrong&status=completed"),
        ("/compare", "/compare"),
        ("/compare", "/compare?a=strategy%3Dglore&b=chosen%3Dlocal"),
        ("/batches", "/batches"),
        ("/lab", "/lab"),
        ("/docs", "/docs"),
        ("/problems/{word}", "/problems/overloaded"),
        ("/review", "/review"),
        ("/review/queues/new", "/review/queues/new"),
        ("/review/keys", "/review/keys"),
        ("/review/quality", "/review/quality"),
        ("/review/adjudicate", "/review/adjudicate"),
        ("/review/export", "/review/export"),
        ("an error", "/nothing-is-here"),
    ] {
        visits.push((route, address.to_owned()));
    }
    let person = "local";
    let now = app.app.clock.now();
    let item = review::next(store, queue, person, now).await.expect("an item");
    visits.push(("/review/items/{id}", format!("/review/items/{item}")));
    visits
}

/// Pages for somebody who is logged in.
pub async fn fill_people(app: &TestApp) -> (LoggedIn, Vec<Visit>) {
    let ana = people::add(app, "ana", PersonRole::Admin).await;
    people::add(app, "ben", PersonRole::Annotator).await;
    people::token(app, &ana, PersonRole::Viewer, true).await;
    let logged_in = people::browser(app, &ana).await;
    let one = format!("/admin/users/{}", ana.id);
    let visits = [
        ("/login", "/login"),
        ("/me", "/me"),
        ("/admin/users", "/admin/users"),
        ("/admin/users/{id}", one.as_str()),
        ("/admin/audit", "/admin/audit"),
        ("/", "/"),
    ];
    (logged_in, visits.map(|(route, address)| (route, address.to_owned())).into())
}

/// Fails when a page was added that nobody visits.
pub fn check_whole(visited: &BTreeSet<&str>) {
    let pages = TABLE.split("// The API.").next().expect("the pages");
    let routes = pages.lines().filter_map(|line| {
        let (route, rest) = line.trim().strip_prefix("(\"")?.split_once("\", \"")?;
        rest.starts_with("GET").then_some(route)
    });
    let missed: Vec<_> =
        routes.filter(|route| !visited.contains(route) && !NO_PAGE.contains(route)).collect();
    assert!(missed.is_empty(), "pages that are not visited: {missed:?}");
}
