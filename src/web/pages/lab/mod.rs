//! `GET /lab`: what plays each role, what was measured of it, and runs while they go on.

mod models;
mod runs;

use askama::Template;
use axum::extract::State;
use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::models::ModelRow;
use self::runs::RunView;
use super::components::Findings;
use super::run::HX_REQUEST;
use super::{Shell, page, static_files};
use crate::app::App;
use crate::domain::Role;
use crate::engine::embedded_results;
use crate::report::{self, Results};
use crate::web::{Code, Error, Query};

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LabQuery {
    run: Option<String>,
    /// What the page shows already.
    seen: Option<String>,
}

/// Results that are compiled in.
enum Shipped {
    Nothing,
    Broken(String),
    Results {
        findings: Findings,
        /// Roles that other weights play now than those that were measured.
        others: Vec<&'static str>,
    },
}

#[derive(Template)]
#[template(path = "pages/lab.html")]
struct LabPage {
    shell: Shell,
    models: Vec<ModelRow>,
    shipped: Shipped,
    runs: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/lab_run.html")]
struct LabRunPage {
    shell: Shell,
    run: RunView,
    runs: Vec<String>,
}

impl LabRunPage {
    fn htmx(&self) -> String {
        static_files::url(static_files::HTMX)
    }
}

/// The part of the page that changes while a run goes on.
#[derive(Template)]
#[template(path = "components/lab_run.html")]
struct LabRun {
    run: RunView,
}

/// The models and what was measured of them, or one run.
pub async fn show(
    State(app): State<App>,
    Query(query): Query<LabQuery>,
    shell: Shell,
) -> Result<Response, Error> {
    let root = app.config.lab.runs.clone();
    let runs = blocking(move || report::runs(&root)).await?;
    if let Some(name) = &query.run {
        return page(&LabRunPage { shell, run: run(&app, name).await?, runs });
    }
    let results = embedded_results().map(|bytes| Results::from_json(&bytes));
    let engine = app.engine.now();
    let shipped = shipped(results, |role| engine.describe(role).hash.clone());
    let row = |role| models::row(role, engine.describe(role));
    page(&LabPage { shell, models: Role::ALL.into_iter().map(row).collect(), shipped, runs })
}

/// The part that changes, for the page that polls it; 204 while nothing has changed.
pub async fn live(
    State(app): State<App>,
    Query(query): Query<LabQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let name = query.run.as_deref().unwrap_or_default();
    let run = run(&app, name).await?;
    let mut response = if !headers.contains_key(HX_REQUEST) {
        Redirect::to(&format!("/lab?run={}", run.name)).into_response()
    } else if run.at_work.is_some() && query.seen.as_ref() == Some(&run.seen) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        page(&LabRun { run })?
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static(HX_REQUEST));
    Ok(response)
}

/// A run by its name; not found unless it is the name of one, whatever the text is.
async fn run(app: &App, name: &str) -> Result<RunView, Error> {
    let (root, wanted, now) = (app.config.lab.runs.clone(), name.to_owned(), app.clock.now());
    let found = move || report::has_run(&root, &wanted).then(|| RunView::read(&root, &wanted, now));
    blocking(found).await?.ok_or_else(|| {
        let shown: String = name.chars().take(80).collect();
        Error::new(Code::NotFound, format!("there is no run named `{shown}`"))
    })
}

/// Reads files where waiting for a disk holds up nobody.
async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let read = tokio::task::spawn_blocking(read).await;
    read.map_err(|e| Error::new(Code::Internal, "the runs could not be read").because(e))
}

fn shipped(results: Option<Result<Results, String>>, hash: impl Fn(Role) -> String) -> Shipped {
    match results {
        None => Shipped::Nothing,
        Some(Err(reason)) => Shipped::Broken(reason),
        Some(Ok(results)) => {
            let measured = |role: &Role| results.models.get(role.as_str());
            let other = |role: &Role| measured(role).is_some_and(|found| *found != hash(*role));
            let others = Role::ALL.into_iter().filter(other).map(Role::as_str).collect();
            Shipped::Results { findings: Findings::new(&results), others }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(results: Option<Result<Results, String>>) -> String {
        let shipped = shipped(results, |_| "now".to_owned());
        let runs = vec!["small".to_owned()];
        let page = LabPage { shell: Shell::default(), models: Vec::new(), shipped, runs };
        page.render().expect("rendered")
    }

    #[test]
    fn results_are_shown_with_pictures_whose_numbers_are_in_tables() {
        let results = serde_json::json!({
            "models": {"orm": "then", "sorm": "now"},
            "stages": [{"name": "<b>samples", "lines": 7, "counts": {}}],
            "evaluations": [{"split": "test", "data": "test split", "problems": 10,
                "greedy": {"value": 0.6, "n": 10, "low": 0.3, "high": 0.8}}],
        });
        let html = page_of(Some(Ok(serde_json::from_value(results).expect("results"))));
        assert!(html.contains("<svg class=\"chart intervals\""), "drawn, not escaped: {html}");
        assert!(html.contains("60.0") && html.contains("53.0"), "ours and the paper's");
        assert!(html.contains("&#60;b&#62;samples") && !html.contains("<b>samples"), "escaped");
        assert!(html.contains("other weights") && html.contains("<b>orm</b>"), "{html}");
        assert!(!html.contains("<b>sorm</b>") && !html.contains("No results are shipped"));
    }

    #[test]
    fn without_results_the_page_says_so() {
        assert!(page_of(None).contains("No results are shipped"));
        assert!(page_of(Some(Err("line 1".to_owned()))).contains("line 1"));
    }
}
