//! The reference of the API: made from the document, whole, and readable without a script.

use scraper::ElementRef;

use super::{all, css, html, one};
use crate::app::TestApp;

#[tokio::test]
async fn every_call_and_every_type_of_the_document_is_shown() {
    let app = TestApp::new().await;
    let document = app.get("/openapi.json").await.ok();
    let answer = app.get("/docs").await;
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let page = html(&answer);
    let mut calls = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, call) in item.as_object().expect("calls") {
            let name = call["operationId"].as_str().expect("a name");
            let shown = one(&page, &format!("details#call-{name} > summary"));
            let summary = call["summary"].as_str().expect("a summary");
            assert_eq!(shown, format!("{} {path} {summary}", method.to_uppercase()));
            let command = one(&page, &format!("#{name}-command"));
            assert!(command.starts_with("curl -s"), "{command}");
            for status in call["responses"].as_object().expect("responses").keys() {
                let rows = all(&page, &format!("#call-{name} tbody th"));
                assert!(rows.contains(status), "{name}: {status} in {rows:?}");
            }
            calls += 1;
        }
    }
    assert_eq!(all(&page, "details.operation").len(), calls);
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        let fields: Vec<&String> =
            schema["properties"].as_object().into_iter().flat_map(|p| p.keys()).collect();
        let shown = all(&page, &format!("#schema-{name} tbody th code"));
        assert_eq!(shown.iter().collect::<Vec<_>>(), fields, "{name}");
    }
}

#[tokio::test]
async fn examples_and_commands_are_the_documents_own() {
    let app = TestApp::new().await;
    let document = app.get("/openapi.json").await.ok();
    let page = html(&app.get("/docs").await);
    let examples = css("#call-solve pre");
    let shown: Vec<String> =
        page.select(&examples).map(|e: ElementRef<'_>| e.text().collect()).collect();
    let solve = &document["paths"]["/v1/solve"]["post"];
    let run = &solve["responses"]["200"]["content"]["application/json"]["example"];
    assert!(run["id"].is_string() && shown.contains(&format!("{run:#}")), "{shown:?}");
    let body = &solve["requestBody"]["content"]["application/json"]["example"];
    let command = one(&page, "#solve-command");
    assert!(command.ends_with(&format!("-d '{body}'")), "{command}");
}

#[tokio::test]
async fn what_descriptions_set_in_backticks_is_shown_as_code() {
    let app = TestApp::new().await;
    let document = app.get("/openapi.json").await.ok();
    let cancel = &document["paths"]["/v1/runs/{id}/cancel"]["post"]["responses"]["409"];
    let described = cancel["description"].as_str().expect("a description");
    assert!(described.contains("`already_ended`"), "{described}");
    let page = html(&app.get("/docs").await);
    assert!(all(&page, "td > code").contains(&"already_ended".to_owned()));
    let ticks = |selector: &str| all(&page, selector).into_iter().find(|text| text.contains('`'));
    assert_eq!(ticks("p").or(ticks("td")), None);
}

#[tokio::test]
async fn the_kind_of_an_error_is_an_address_that_explains_it() {
    let app = TestApp::new().await;
    let problem = app.get("/v1/nothing").await.problem(404, "not_found");
    let answer = app.get(problem["type"].as_str().expect("an address")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/docs#problem-not_found")
    );
    let page = html(&app.get("/docs").await);
    let row = all(&page, "#problem-not_found > *");
    assert_eq!(row, ["not_found", "404", "There is nothing here"]);
    assert_eq!(app.get("/problems/nonsense").await.status, 404);
    assert_eq!(app.get("/api").await.header("location"), "/docs");
}
