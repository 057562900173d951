//! How to get the same again: models, times, and the call for a shell.

use serde_json::{Value, json};

use super::took;
use crate::domain::{Run, RunKind, Solution, Strategy};

/// Where a run came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Stage and time, in order; stages that took no time are left out.
    pub timings: Vec<(&'static str, String)>,
    pub tokens: usize,
    /// The run as JSON.
    pub json: String,
    /// Reads the run.
    pub get: String,
    /// Does it again.
    pub again: String,
    /// The same in Python.
    pub python: String,
}

impl Provenance {
    /// `server` is the address of this server, such as `127.0.0.1:8080`.
    pub fn new(run: &Run, server: &str) -> Self {
        let t = run.timings_ms;
        let stages = [
            ("queue", t.queue),
            ("draft", t.draft),
            ("score", t.score),
            ("refine", t.refine),
            ("rerank", t.rerank),
        ];
        let json = format!("/v1/runs/{}", run.id);
        let (path, body) = again(run);
        Self {
            timings: stages
                .into_iter()
                .filter(|(_, ms)| *ms > 0)
                .map(|(stage, ms)| (stage, took(ms)))
                .collect(),
            tokens: run.solutions.iter().map(|solution| solution.tokens).sum(),
            get: format!("curl -s http://{server}{json}"),
            again: curl(server, path, &body),
            python: python(server, path, &body),
            json,
        }
    }
}

/// A POST of JSON that can be pasted into a shell, whatever is in it.
pub fn curl(server: &str, path: &str, body: &Value) -> String {
    let quoted = body.to_string().replace('\'', r"'\''");
    format!("curl -s http://{server}{path} -H 'content-type: application/json' -d '{quoted}'")
}

/// The same call with what comes with Python. The body holds texts and numbers only, which both
/// languages write alike.
pub fn python(server: &str, path: &str, body: &Value) -> String {
    format!(
        "import json\nfrom urllib.request import Request, urlopen\n\nbody = {body:#}\n\
         request = Request(\n    \"http://{server}{path}\",\n    data=json.dumps(body).encode(),\n    \
         headers={{\"content-type\": \"application/json\"}},\n)\nrun = json.load(urlopen(request))\n\
         print(run[\"answer\"])\n"
    )
}

fn again(run: &Run) -> (&'static str, Value) {
    let mut body = json!({ "problem": run.problem.text });
    let mut set = |name: &str, value: Value| body[name] = value;
    if let Some(reference) = &run.problem.reference_answer {
        set("reference_answer", json!(reference));
    }
    let first = run.solutions.first();
    if run.kind == RunKind::Solve {
        if run.strategy != Strategy::default() {
            set("strategy", json!(run.strategy));
        }
        if run.strategy == Strategy::BestOfN && !run.solutions.is_empty() {
            set("samples", json!(run.solutions.len()));
        }
        if let Some(seed) = first.map(|solution| solution.seed).filter(|seed| *seed != 0) {
            set("seed", json!(seed));
        }
        return ("/v1/solve", body);
    }
    if let Some(first) = first {
        let given = Solution { steps: first.step_texts(), answer_text: first.answer.clone() };
        set("solution", json!(given.join()));
    }
    (if run.kind == RunKind::Critique { "/v1/critique" } else { "/v1/refine" }, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_gets_a_dictionary() {
        let call = python("h:1", "/v1/solve", &json!({ "problem": "a \"b\"\nc", "seed": 3 }));
        assert!(
            call.contains("body = {\n  \"problem\": \"a \\\"b\\\"\\nc\",\n  \"seed\": 3\n}"),
            "{call}"
        );
        assert!(call.contains("    \"http://h:1/v1/solve\",\n    data="), "{call}");
    }

    #[test]
    fn a_shell_gets_the_text_and_nothing_else() {
        let call = curl("h:1", "/v1/solve", &json!({ "problem": "it's $(rm) `x` \"y\"" }));
        assert!(call.ends_with(r#"-d '{"problem":"it'\''s $(rm) `x` \"y\""}'"#), "{call}");
    }
}
