//! A server whose every role is played by a second one: both answer alike.

use std::fmt::Write;
use std::path::Path;

use glore::domain::Role;
use serde_json::{Value, json};

use crate::server::{Server, glore};

const PROBLEM: &str =
    "Ana has 14 apples. Ben has 9 more apples than Ana. How many apples do they have together?";

/// Settings that name `host` for every role; the ORM is read in the way `score_via`.
fn settings(host: &str, score_via: &str) -> String {
    let embedded = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/embedded");
    let mut toml = String::new();
    for role in Role::ALL {
        let path = embedded.join(role.as_str());
        let via = if role == Role::Orm { score_via } else { "prompt_logprobs" };
        writeln!(
            toml,
            "[models.{role}]\npath = {path:?}\nurls = [\"http://{host}/v1\"]\n\
             remote_model = \"{role}\"\nscore_via = \"{via}\"\n"
        )
        .expect("written");
    }
    toml
}

/// What must not depend on where the models are: texts exactly, scores as far as JSON carries them.
fn told(run: &Value) -> (Vec<Value>, Vec<f64>) {
    let solutions = run["solutions"].as_array().expect("solutions");
    let texts = solutions.iter().map(|solution| {
        let steps = solution["steps"].as_array().expect("steps").iter();
        let steps: Vec<&Value> = steps.map(|step| &step["text"]).collect();
        json!([solution["kind"], steps, solution["answer"], solution["first_error_step"]])
    });
    let scores = solutions.iter().flat_map(|solution| {
        let steps = solution["steps"].as_array().expect("steps").iter();
        let of_steps = steps.flat_map(|step| [&step["sorm"], &step["orm"]]);
        of_steps.chain([&solution["orm"]]).filter_map(Value::as_f64)
    });
    (texts.collect(), scores.collect())
}

#[test]
fn a_server_can_play_every_role_for_another() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let first = Server::start(&place.path().join("first"));
    for (score_via, more) in [
        ("prompt_logprobs", json!({})),
        ("next_token", json!({"strategy": "best_of_n", "seed": 7})),
    ] {
        let file = place.path().join(format!("{score_via}.toml"));
        std::fs::write(&file, settings(&first.address, score_via)).expect("written");
        let mut glore = glore(&place.path().join(score_via));
        glore.arg("--config").arg(&file);
        let second = Server::started(glore);
        let mut body = json!({"problem": PROBLEM, "reference_answer": "37"});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
        let [here, there] = [&first, &second].map(|server| {
            let (status, run) = server.send("POST", "/v1/solve", &body.to_string());
            assert_eq!(status, 200, "{run}");
            told(&run)
        });
        assert_eq!(here.0, there.0, "{score_via}");
        assert!(!here.0.is_empty() && here.1.len() == there.1.len());
        for (here, there) in here.1.iter().zip(&there.1) {
            assert!((here - there).abs() < 1e-6, "{score_via}: {here} {there}");
        }
        let (_, models) = second.send("GET", "/v1/models", "");
        assert!(models["roles"][0]["device"] == "remote", "{models}");
    }
}

#[test]
fn what_a_role_cannot_do_is_refused_by_name() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(place.path());
    for (body, param) in [
        (json!({"model": "glore", "prompt": [5]}), "model"),
        (json!({"model": "policy", "prompt": []}), "prompt"),
        (json!({"model": "policy", "prompt": [4_000_000]}), "prompt"),
        (json!({"model": "policy", "prompt": [5], "max_tokens": 0}), "max_tokens"),
        (json!({"model": "policy", "prompt": [5], "n": 99}), "n"),
        (json!({"model": "policy", "prompt": [5], "temperature": 9}), "temperature"),
        (json!({"model": "policy", "prompt": [5], "stop": ["two words"]}), "stop"),
        (json!({"model": "policy", "prompt": [5], "stream": true}), "stream"),
        (json!({"model": "policy", "prompt": [5], "prompt_logprobs": 2}), "prompt_logprobs"),
        (json!({"model": "orm", "prompt": [5], "max_tokens": 2}), "max_tokens"),
    ] {
        let (status, answer) = server.send("POST", "/v1/completions", &body.to_string());
        assert_eq!((status, answer["error"]["param"].as_str()), (400, Some(param)), "{answer}");
    }
    let text = json!({"model": "global", "prompt": "2 + 2 =", "logprobs": 1, "temperature": 0});
    let (status, answer) = server.send("POST", "/v1/completions", &text.to_string());
    assert_eq!(status, 200, "{answer}");
    let told = answer["choices"][0]["logprobs"]["token_logprobs"].as_array().expect("a list");
    assert_eq!(answer["usage"]["completion_tokens"], told.len());
}
