//! The chat API: what clients of OpenAI's send, and what they read.

mod answer;
mod refuse;
mod stream;

use glore::domain::Role;
use glore::engine::ScriptedEngine;
use serde_json::{Value, json};

const PROBLEM: &str = "Ann has 2 pens and finds 2 more. How many pens has she?";
const SOLUTION: &str = "Ann has 2 pens.\n2 + 2 = 4\n#### 4";

/// The draft is wrong in its second step, the local refinement is the best.
fn models() -> ScriptedEngine {
    ScriptedEngine::new()
        .says(Role::Policy, ["Ann has 2 pens.\n2 + 2 = 5\n#### 5\n"])
        .says(Role::Global, ["Ann has 2 + 2 = 3 pens.\n#### 3\n"])
        .says(Role::Local, ["2 + 2 = 4\n#### 4\n"])
        .scores(Role::Sorm, |text| if text.contains("= 5") { 0.1 } else { 0.9 })
        .scores(Role::Orm, |text| if text.trim_end().ends_with('4') { 0.8 } else { 0.2 })
}

/// A request for the problem with more fields.
fn ask(more: Value) -> Value {
    let mut body = json!({
        "model": "glore",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": PROBLEM}],
    });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    body
}
