//! `GET /api`: the calls of the HTTP API, with examples that can be pasted into a shell.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::components::curl;
use super::{Shell, page};
use crate::app::App;
use crate::web::Error;

/// One call.
struct Call {
    /// Begins the ids of its parts.
    slug: &'static str,
    method: &'static str,
    path: &'static str,
    does: &'static str,
    example: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/api.html")]
struct ApiPage {
    shell: Shell,
    calls: Vec<Call>,
    max_tokens: usize,
    max_samples: usize,
    max_body_bytes: usize,
}

/// The reference.
pub async fn show(State(app): State<App>, shell: Shell) -> Result<Response, Error> {
    let limits = &app.config.limits;
    page(&ApiPage {
        shell,
        calls: calls(&app.config.server.listen.to_string()),
        max_tokens: limits.max_tokens,
        max_samples: limits.max_samples,
        max_body_bytes: app.config.server.max_body_bytes,
    })
}

fn calls(server: &str) -> Vec<Call> {
    let problem = "Ana has 14 apples. Ben has 9 more apples than Ana. How many apples do they \
                   have together?";
    let wrong = "Ben has 14 + 10 = 24 apples.\nTogether they have 14 + 24 = 38 apples.\n#### 38";
    let post = |slug, path, does, body: Value| {
        let example = Some(curl(server, path, &body));
        Call { slug, method: "POST", path, does, example }
    };
    let get = |slug, path, does, example: Option<&str>| {
        let example = example.map(|path| format!("curl -s 'http://{server}{path}'"));
        Call { slug, method: "GET", path, does, example }
    };
    vec![
        post(
            "solve",
            "/v1/solve",
            "Draft, score, refine, choose. Optional: strategy (glore, draft, best_of_n), samples, \
             temperature, max_tokens, seed, gate; background answers 202 at once. With Accept: \
             text/event-stream it answers with events, as do the next two.",
            json!({ "problem": problem, "reference_answer": "37" }),
        ),
        post(
            "critique",
            "/v1/critique",
            "Score each step of a given solution and name the first under the threshold. The \
             solution is one text (solution) or a list of lines (steps).",
            json!({ "problem": problem, "solution": wrong }),
        ),
        post(
            "refine",
            "/v1/refine",
            "Refine a given solution and choose. Optional: mode (global, local, both), \
             first_error_step, seed, max_tokens.",
            json!({ "problem": problem, "solution": wrong, "mode": "local" }),
        ),
        get(
            "runs",
            "/v1/runs",
            "Runs, newest first. Optional: limit, after, status, kind, chosen, correct, q.",
            Some("/v1/runs?limit=5&correct=true"),
        ),
        get("run", "/v1/runs/{id}", "One run with every solution and score.", None),
        get(
            "diff",
            "/v1/runs/{id}/diff?from=draft&to=local",
            "What a refinement changed, word by word.",
            None,
        ),
        Call {
            slug: "cancel",
            method: "POST",
            path: "/v1/runs/{id}/cancel",
            does: "End a run that waits or works.",
            example: None,
        },
        get(
            "events",
            "/v1/runs/{id}/events",
            "Events of a run as they happen, or as they happened: text/event-stream with one end \
             (run.completed, run.failed or run.cancelled). Go on with Last-Event-ID or after.",
            None,
        ),
        get("models", "/v1/models", "What plays each role.", Some("/v1/models")),
        get(
            "readyz",
            "/readyz",
            "Whether a run sent now would be done; /livez, /version and /metrics beside it.",
            Some("/readyz"),
        ),
    ]
}
