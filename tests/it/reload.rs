//! Models that are bad or good, given to a server that already serves others.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::server::{PATIENCE, Server, glore, text};
use crate::tiny::{self, Architecture};

const REFUSED: &str = "glore_model_reloads_total{outcome=\"refused\"}";
const LOADED: &str = "glore_model_reloads_total{outcome=\"loaded\"}";

/// A folder with a model and a configuration in which it writes; ours judge.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Self { folder };
        tiny::write(&place.model(), Architecture::Llama, 1);
        let settings = format!("[models.policy]\npath = {:?}\n", place.model());
        std::fs::write(place.path().join("glore.toml"), settings).expect("written");
        place
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn model(&self) -> std::path::PathBuf {
        self.path().join("model")
    }

    fn glore(&self) -> Command {
        let mut glore = glore(&self.path().join("data"));
        glore.arg("--config").arg(self.path().join("glore.toml"));
        glore
    }

    /// What the server says when it does not start.
    fn refusal(&self, setting: Option<(&str, &str)>) -> String {
        let mut glore = self.glore();
        let ended = glore
            .arg("serve")
            .env("RUST_BACKTRACE", "1")
            .envs(setting)
            .stdout(Stdio::null())
            .output()
            .expect("started");
        assert!(!ended.status.success());
        text(&ended.stderr)
    }

    fn write_huge(&self) {
        tiny::write_changed(&self.model(), Architecture::Llama, 3, |tensors| {
            let norm = tensors.get_mut("model.norm.weight").expect("there");
            norm.1.iter_mut().for_each(|value| *value = 3e38);
        });
    }
}

fn hash(server: &Server) -> String {
    let (status, models) = server.send("GET", "/v1/models", "");
    assert_eq!(status, 200);
    models["roles"][0]["hash"].as_str().expect("a hash").to_owned()
}

/// Sends the signal and waits until it has been answered as `outcome` says.
fn hang_up(server: &Server, outcome: &str, times: usize) {
    server.signal("HUP");
    let asked = Instant::now();
    let line = format!("{outcome} {times}");
    while !server.read("/metrics").lines().any(|found| found == line) {
        assert!(asked.elapsed() < PATIENCE, "no `{line}`");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn solves(server: &Server) {
    let body = r#"{"problem": "Ann has 2 pens and finds 2 more. How many?", "max_tokens": 8}"#;
    let (status, run) = server.send("POST", "/v1/solve", body);
    assert_eq!((status, &run["status"]), (200, &Value::from("completed")), "{run}");
}

#[test]
fn a_bad_model_is_refused_while_the_old_one_serves_and_a_good_one_takes_over() {
    let place = Place::new();
    let server = Server::started(place.glore());
    let first = hash(&server);
    let weights = place.model().join("model.safetensors");
    let whole = std::fs::read(&weights).expect("read");

    std::fs::write(&weights, &whole[..whole.len() / 2]).expect("written");
    hang_up(&server, REFUSED, 1);
    place.write_huge();
    hang_up(&server, REFUSED, 2);
    std::fs::write(place.path().join("glore.toml"), "[models.policy]\npth = 1\n").expect("written");
    hang_up(&server, REFUSED, 3);
    assert_eq!(hash(&server), first, "the old one is in use");
    solves(&server);

    let other = place.path().join("other");
    tiny::write(&other, Architecture::Llama, 2);
    let settings = format!("[models.policy]\npath = {other:?}\n");
    std::fs::write(place.path().join("glore.toml"), settings).expect("written");
    hang_up(&server, LOADED, 1);
    assert_ne!(hash(&server), first);
    solves(&server);
}

#[test]
fn a_server_does_not_start_with_models_that_cannot_compute() {
    let place = Place::new();
    place.write_huge();
    let said = place.refusal(None);
    assert!(said.contains("policy") && said.contains("not finite"), "{said}");
}

#[test]
fn loading_is_bounded_in_memory_and_time() {
    let place = Place::new();
    let said = place.refusal(Some(("GLORE_ENGINE__MAX_MEMORY_MB", "1")));
    assert!(said.contains("engine.max_memory_mb"), "{said}");
}
