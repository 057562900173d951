//! `GET /docs`: the OpenAPI document as a page, made on the server from the document itself.

mod call;
mod schema;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use self::call::Call;
use self::schema::Schema;
use super::{Origin, Shell, page};
use crate::app::App;
use crate::web::{Code, Error, contract};

/// Calls that belong together.
struct Group {
    name: String,
    title: String,
    calls: Vec<Call>,
}

/// One kind of error.
struct Trouble {
    word: &'static str,
    status: u16,
    title: &'static str,
}

#[derive(Template)]
#[template(path = "pages/docs.html")]
struct DocsPage {
    shell: Shell,
    about: String,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
    troubles: Vec<Trouble>,
    max_tokens: usize,
    max_samples: usize,
    max_body_bytes: usize,
}

/// The reference.
pub async fn show(State(app): State<App>, origin: Origin, shell: Shell) -> Result<Response, Error> {
    let limits = &app.config.limits;
    let document = contract::document();
    page(&DocsPage {
        shell,
        about: text(&document["info"]["description"]),
        groups: groups(document, &origin),
        schemas: schema::all(document),
        troubles: troubles().collect(),
        max_tokens: limits.max_tokens,
        max_samples: limits.max_samples,
        max_body_bytes: app.config.server.max_body_bytes,
    })
}

/// `GET /problems/{word}`, the `type` of an error: the line that explains it.
pub async fn problem(Path(word): Path<String>) -> Result<Response, Error> {
    if troubles().any(|trouble| trouble.word == word) {
        return Ok(Redirect::to(&format!("/docs#problem-{word}")).into_response());
    }
    let shown: String = word.chars().take(80).collect();
    Err(Error::new(Code::NotFound, format!("there is no kind of problem called `{shown}`")))
}

fn troubles() -> impl Iterator<Item = Trouble> {
    Code::ALL.iter().map(|code| {
        let (status, word, title) = code.row();
        Trouble { word, status: status.as_u16(), title }
    })
}

fn groups(document: &Value, origin: &Origin) -> Vec<Group> {
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| {
        let name = text(&tag["name"]);
        let calls = call::all(document, &name, origin);
        Group { title: text(&tag["description"]), name, calls }
    })
    .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_shown_once() {
        let document = contract::document();
        let origin = Origin { address: "http://h:1".to_owned(), token: false };
        let shown: usize = groups(document, &origin).iter().map(|group| group.calls.len()).sum();
        let items = document["paths"].as_object().expect("paths").values();
        let written: usize = items.map(|item| item.as_object().map_or(0, |item| item.len())).sum();
        assert_eq!(shown, written);
    }
}
