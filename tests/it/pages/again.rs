//! The calls that a page shows do what its run did, where the reader's browser reached the server.

use std::process::Command;

use axum::body::Body;
use axum::http::{Request, header};
use glore::config::{Config, Transport};
use glore::domain::{PersonRole, Role, Run, RunId};
use glore::engine::{Gate, ScriptedEngine};
use glore::jobs;
use scraper::Html;
use serde_json::{Value, json};

use super::{all, css, html, one, samples};
use crate::app::{Answer, TestApp};
use crate::people;

const HOST: &str = "glore.example:8443";
const PROBLEM: &str = "Ann's friend has 2 pens\nand finds `2` more. How many?";
const SOLUTION: &str = "Ann has 2 pens.\n2 + 2 = 5\n#### 5";

/// With users, behind a proxy that ends TLS.
async fn place() -> (TestApp, String) {
    let mut config = Config::default();
    config.auth.transport = Transport::Tls;
    let engine = ScriptedEngine::new()
        .says(Role::Policy, ["Ann has 2 pens.\n2 + 2 = 5\nSo it is 5.\n#### 5\n"])
        .scores(Role::Sorm, |text| if text.contains("= 5") { 0.1 } else { 0.9 });
    let app = TestApp::build(engine, config, Gate::new(2, 4)).await;
    let ann = people::add(&app, "ann", PersonRole::Admin).await;
    let token = people::token(&app, &ann, PersonRole::Annotator, false).await;
    (app, token)
}

async fn send(app: &TestApp, method: &str, path: &str, token: &str, body: String) -> Answer {
    let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
    let request = request
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    app.send(request.body(Body::from(body)).expect("a request")).await
}

/// What `curl` is given by a shell that reads this line.
fn arguments(line: &str) -> Vec<String> {
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{line}");
    let shell = Command::new("sh").args(["-c", &script]).env("GLORE_TOKEN", "the token").output();
    let shell = shell.expect("a shell");
    assert!(shell.status.success() && shell.stderr.is_empty(), "{line}: {shell:?}");
    let out = String::from_utf8(shell.stdout).expect("UTF-8");
    out.trim_end_matches('\0').split('\0').map(str::to_owned).collect()
}

/// As it stands in the page, line ends and all.
fn shown(page: &Html, selector: &str) -> String {
    page.select(&css(selector)).next().expect(selector).text().collect()
}

/// Where the line that the page shows sends what.
fn call(page: &Html) -> (String, Value) {
    let given = arguments(&shown(page, "#curl-again"));
    let ["-s", url, "-H", who, "-H", "content-type: application/json", "-d", body] =
        given.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        panic!("{given:?}")
    };
    assert_eq!(who, "Authorization: Bearer the token");
    let path = url.strip_prefix(&format!("https://{HOST}")).unwrap_or_else(|| panic!("{url}"));
    let body: Value = serde_json::from_str(body).expect("JSON");
    let python = shown(page, "#python-again");
    let dictionary = python.split("body = ").nth(1).and_then(|rest| rest.split("\nrequest").next());
    let dictionary: Value = serde_json::from_str(dictionary.expect("a body")).expect("JSON");
    assert_eq!(dictionary, body, "the same in Python");
    assert!(python.contains(&format!("\"{url}\"")), "{python}");
    assert!(python.contains("\"Bearer \" + os.environ[\"GLORE_TOKEN\"]"), "{python}");
    (path.to_owned(), body)
}

/// What was asked for, without the name of the run.
async fn asked(app: &TestApp, id: RunId) -> Value {
    let asked = app.app.store.runs().asked(id).await.expect("read").expect("kept");
    let mut asked: Value = serde_json::from_str(&asked).expect("JSON");
    asked["id"].take();
    asked
}

fn texts(run: &Run) -> Vec<(&'static str, Vec<String>, Option<usize>, u64)> {
    let text = |s: &glore::domain::ScoredSolution| {
        (s.kind.as_str(), s.step_texts(), s.first_error_step, s.seed)
    };
    run.solutions.iter().map(text).collect()
}

#[tokio::test]
async fn what_is_copied_and_sent_gives_the_same_solutions() {
    let (app, token) = place().await;
    let orders = [
        ("/v1/solve", json!({"problem": PROBLEM, "reference_answer": "4"})),
        (
            "/v1/solve",
            json!({"problem": PROBLEM, "strategy": "best_of_n", "samples": 2, "temperature": 0.35,
                "seed": 9, "max_tokens": 9}),
        ),
        ("/v1/solve", json!({"problem": PROBLEM, "gate": 0.25, "background": true})),
        ("/v1/solve", json!({"problem": PROBLEM, "strategy": "draft", "temperature": 1.1})),
        ("/v1/critique", json!({"problem": PROBLEM, "solution": SOLUTION})),
        (
            "/v1/refine",
            json!({"problem": PROBLEM, "solution": SOLUTION, "mode": "local",
                "first_error_step": 1, "max_tokens": 7, "seed": 3}),
        ),
    ];
    for (path, order) in orders {
        let answer = send(&app, "POST", path, &token, order.to_string()).await;
        assert!(answer.status.is_success(), "{order}: {:?}", answer.body);
        while jobs::run_one(&app.app).await.expect("done") {}
        let id: RunId = answer.json()["id"].as_str().expect("an id").parse().expect("an id");
        let page = send(&app, "GET", &format!("/runs/{id}"), &token, String::new()).await;
        let page = html(&page);
        assert!(!one(&page, "main").contains("not all of what"), "{order}");
        let (again, body) = call(&page);
        assert_eq!(again, path);
        let answer = send(&app, "POST", &again, &token, body.to_string()).await;
        let other = answer.ok()["id"].as_str().expect("an id").parse().expect("an id");
        assert_eq!(asked(&app, id).await, asked(&app, other).await, "{order}");
        let read = async |id| app.app.store.runs().get(id).await.expect("read").expect("kept");
        assert_eq!(texts(&read(id).await), texts(&read(other).await), "{order}");
    }
}

#[tokio::test]
async fn every_call_of_the_reference_goes_where_the_reader_is() {
    let (app, token) = place().await;
    let page = html(&send(&app, "GET", "/docs", &token, String::new()).await);
    let mut open = 0;
    for command in all(&page, "pre[id$=-command]") {
        let given = arguments(&command);
        assert!(given[1].starts_with(&format!("https://{HOST}/")), "{command}");
        let bare = !given.iter().any(|word| word == "Authorization: Bearer the token");
        let path = given[1].trim_start_matches("https://").trim_start_matches(HOST);
        let machines = ["/livez", "/readyz", "/metrics"].contains(&path);
        assert!(!bare || machines, "{command}");
        open += usize::from(bare);
    }
    assert!((1..=3).contains(&open), "{open}");
}

#[tokio::test]
async fn a_run_of_before_says_that_not_all_of_it_was_kept() {
    let page = super::page_of(&samples::best_of_five()).await;
    assert!(one(&page, "main").contains("not all of what this run was asked for was kept"));
    let line = shown(&page, "#curl-again");
    assert!(!line.contains("Authorization"), "there are no users: {line}");
    let given = arguments(&line);
    let body: Value = serde_json::from_str(given.last().expect("a body")).expect("JSON");
    assert_eq!((&body["strategy"], &body["samples"]), (&json!("best_of_n"), &json!(5)));
}

#[tokio::test]
async fn a_host_that_is_no_name_is_not_shown() {
    let app = TestApp::new().await;
    let run = samples::right_draft();
    app.app.store.runs().insert(&run).await.expect("kept");
    for (host, shown_as) in [
        ("localhost:4711", "http://localhost:4711/"),
        ("[::1]:4711", "http://[::1]:4711/"),
        ("x';id;'", "http://127.0.0.1:8080/"),
    ] {
        let request = Request::get(format!("/runs/{}", run.id)).header(header::HOST, host);
        let answer = app.send(request.body(Body::empty()).expect("a request")).await;
        let given = arguments(&shown(&html(&answer), "#curl-get"));
        assert!(given[1].starts_with(shown_as), "{host}: {given:?}");
    }
}

/// “Change it and solve again” begins with what the run was asked for.
#[tokio::test]
async fn the_form_is_filled_in_with_every_setting() {
    let app = TestApp::new().await;
    let order = json!({"problem": PROBLEM, "strategy": "best_of_n", "samples": 2,
        "temperature": 0.35, "seed": 9, "max_tokens": 9});
    let id = app.post("/v1/solve", order).await.ok()["id"].as_str().expect("an id").to_owned();
    let page = html(&app.get(&format!("/?from={id}")).await);
    let field = |name: &str| {
        let field = page.select(&css(&format!("input[name={name}]"))).next().expect("a field");
        field.attr("value").unwrap_or_default().to_owned()
    };
    let names = ["samples", "temperature", "seed", "max_tokens", "gate"];
    assert_eq!(names.map(field), ["2", "0.35", "9", "9", ""].map(str::to_owned));
    let plain = app.post("/v1/solve", json!({"problem": PROBLEM})).await.ok();
    let page = html(&app.get(&format!("/?from={}", plain["id"].as_str().expect("an id"))).await);
    let selector = css("input[name=temperature], input[name=max_tokens]");
    let mut blank = page.select(&selector);
    assert!(blank.all(|field| field.attr("value") == Some("")), "defaults stay blank");
}
