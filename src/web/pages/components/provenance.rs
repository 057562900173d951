//! How to get the same again: models, times, and the call for a shell.

use super::took;
use crate::domain::Run;
use crate::pipeline::Order;
use crate::web::pages::Origin;

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
    /// All of what the run was asked to do is in these calls.
    pub whole: bool,
    /// The calls show a token.
    pub token: bool,
}

impl Provenance {
    /// `order` is what the run was asked to do, where that was kept.
    pub fn new(run: &Run, order: Option<&Order>, origin: &Origin) -> Self {
        let t = run.timings_ms;
        let stages = [
            ("queue", t.queue),
            ("draft", t.draft),
            ("score", t.score),
            ("refine", t.refine),
            ("rerank", t.rerank),
        ];
        let json = format!("/v1/runs/{}", run.id);
        let (path, body) = super::again::again(run, order);
        Self {
            timings: stages
                .into_iter()
                .filter(|(_, ms)| *ms > 0)
                .map(|(stage, ms)| (stage, took(ms)))
                .collect(),
            tokens: run.solutions.iter().map(|solution| solution.tokens).sum(),
            get: origin.curl(&json),
            again: origin.curl_json(path, &body),
            python: origin.python(path, &body),
            whole: order.is_some(),
            token: origin.token,
            json,
        }
    }
}
