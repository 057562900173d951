//! Roles played by a server elsewhere. The server is a fake that behaves or misbehaves on purpose,
//! and in `second.rs` a second server of ours.

mod addresses;
mod fake;
mod faults;
mod generate;
mod meet;
mod score;
mod second;

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use glore::config::{Config, ModelSource};
use glore::domain::Role;
use glore::engine::remote::{RemoteEngine, Rules};
use glore::engine::{
    Cancel, Control, Engine, EngineError, GenerateRequest, Generation, LabelPair, Sampling,
    ScoreRequest,
};
use tempfile::TempDir;

use crate::tiny::{self, Architecture};

/// Patient enough for no test to fail of it, quick enough to see an address come back.
const RULES: Rules = Rules { failures: 2, rest: Duration::from_millis(100) };

/// A folder with a tokenizer and a configuration, without weights.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let write = || {
        let folder = tempfile::tempdir().expect("a temporary folder");
        tiny::tokenizer().save(&folder.path().join("tokenizer.json")).expect("written");
        tiny::write_config(folder.path(), Architecture::Llama);
        folder
    };
    FOLDER.get_or_init(write).path()
}

/// One role at these addresses.
fn source(urls: &[&str]) -> ModelSource {
    let urls = urls.iter().map(|url| (*url).to_owned()).collect();
    ModelSource { urls, timeout_s: 1, ..ModelSource::at(folder()) }
}

fn connect(role: Role, source: ModelSource) -> Result<RemoteEngine, EngineError> {
    connect_by(RULES, role, source)
}

fn connect_by(rules: Rules, role: Role, source: ModelSource) -> Result<RemoteEngine, EngineError> {
    let mut config = Config::default();
    config.models.insert(role, source);
    RemoteEngine::connect(&config, rules)
}

fn policy(urls: &[&str]) -> RemoteEngine {
    connect(Role::Policy, source(urls)).expect("met")
}

fn control(control: Control) -> u32 {
    tiny::tokenizer().control(control).expect("known")
}

fn tokens(text: &str) -> Vec<u32> {
    tiny::tokenizer().encode(text).expect("encoded")
}

fn request(n: usize) -> GenerateRequest {
    let stop = vec![control(Control::End)];
    let sampling = Sampling { temperature: 0.0, top_p: 1.0, max_tokens: 50, stop, seed: 7 };
    let prompt = [vec![control(Control::Problem)], tokens("Ann has 2 pens.")].concat();
    GenerateRequest { prompt, sampling, n }
}

async fn generate(engine: &RemoteEngine, n: usize) -> Result<Vec<Generation>, EngineError> {
    engine.generate(Role::Policy, request(n), &Cancel::new()).await
}

/// Three lines, each read at its end.
fn reading() -> ScoreRequest {
    let (mut all, mut positions) = (Vec::new(), Vec::new());
    for line in ["Ann has 2 pens.\n", "2 + 2 = 4\n", "#### 4\n"] {
        all.extend(tokens(line));
        positions.push(all.len() - 1);
    }
    let labels = LabelPair { good: control(Control::Good), bad: control(Control::Bad) };
    ScoreRequest { tokens: all, positions, labels }
}
