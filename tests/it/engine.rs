//! The serving engine on small random models: it keeps the promises of the trait.
//!
//! To be run in a release build; mistral.rs takes too long otherwise.
#![cfg(feature = "mistralrs")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use glore::config::{EngineKind, Quantisation};
use glore::domain::Role;
use glore::engine::{
    Cancel, Engine, EngineError, FinishReason, GenerateRequest, Generation, Health, LabelPair,
    Sampling, ScoreRequest, load,
};
use tempfile::TempDir;

use crate::tiny::{self, Architecture};

fn engine_of(folder: &Path, kind: EngineKind) -> Arc<dyn Engine> {
    load(&tiny::config(folder, kind)).expect("loaded")
}

fn engine() -> (TempDir, Arc<dyn Engine>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), Architecture::Llama, 5);
    let engine = engine_of(folder.path(), EngineKind::Mistral);
    (folder, engine)
}

fn prompt(text: &str) -> Vec<u32> {
    tiny::tokenizer().encode(text).expect("encoded")
}

fn request(text: &str, temperature: f32, max_tokens: usize, seed: u64) -> GenerateRequest {
    let sampling = Sampling { temperature, top_p: 1.0, max_tokens, stop: vec![0], seed };
    GenerateRequest { prompt: prompt(text), sampling, n: 1 }
}

async fn generate(
    engine: &dyn Engine,
    request: GenerateRequest,
) -> Result<Generation, EngineError> {
    let mut all = engine.generate(Role::Policy, request, &Cancel::new()).await?;
    assert_eq!(all.len(), 1);
    Ok(all.remove(0))
}

fn scoring(text: &str) -> ScoreRequest {
    let tokens = prompt(text);
    let positions = vec![0, tokens.len() / 2, tokens.len() - 1, 1];
    ScoreRequest { tokens, positions, labels: LabelPair { good: 6, bad: 7 } }
}

#[tokio::test(flavor = "multi_thread")]
async fn greedy_is_deterministic_and_agrees_with_the_other_engine() {
    let (folder, engine) = engine();
    let other = engine_of(folder.path(), EngineKind::Batch);
    for text in ["Ann has 2 pens.", "x y", "They have 23. Ben has 14 - 9 = 5 apples.\n"] {
        let first = generate(&*engine, request(text, 0.0, 60, 0)).await.expect("generated");
        assert_eq!(generate(&*engine, request(text, 0.0, 60, 9)).await.expect("again"), first);
        let theirs = generate(&*other, request(text, 0.0, 60, 0)).await.expect("batch");
        assert_eq!(first.tokens, theirs.tokens, "{text}");
        assert_eq!((first.finish, first.ln_probs.len()), (theirs.finish, first.tokens.len()));
        for (a, b) in first.ln_probs.iter().zip(&theirs.ln_probs) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
        let cancel = Cancel::new();
        let ours = engine.score(Role::Sorm, scoring(text), &cancel).await.expect("scored");
        let theirs = other.score(Role::Sorm, scoring(text), &cancel).await.expect("scored");
        assert_eq!(ours.len(), 4);
        for (a, b) in ours.iter().zip(&theirs) {
            assert!((a.get() - b.get()).abs() < 1e-4, "{a:?} {b:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_gives_the_same_tokens_whatever_runs_beside_it() {
    let (_folder, engine) = engine();
    let requests: Vec<_> =
        (0..12).map(|k| request(&"Ann has pens. ".repeat(1 + k % 3), 1.0, 40, k as u64)).collect();
    let mut alone = Vec::new();
    for request in &requests {
        alone.push(generate(&*engine, request.clone()).await.expect("alone"));
    }
    let together = requests.iter().map(|request| generate(&*engine, request.clone()));
    let together: Vec<_> =
        join_all(together).await.into_iter().map(|g| g.expect("together")).collect();
    assert_eq!(alone, together);
    let samples = GenerateRequest { n: 4, ..request("Ann", 1.0, 30, 100) };
    let samples = engine.generate(Role::Policy, samples, &Cancel::new()).await.expect("samples");
    for (k, sample) in samples.iter().enumerate() {
        let single = generate(&*engine, request("Ann", 1.0, 30, 100 + k as u64)).await;
        assert_eq!(&single.expect("single"), sample);
    }
    assert!(samples.iter().any(|sample| sample != &samples[0]), "seeds differ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_ends_at_once_leaves_nothing_behind() {
    let (_folder, engine) = engine();
    let before = generate(&*engine, request("Ann", 0.0, 30, 0)).await.expect("before");
    for _ in 0..4 {
        let mut ending = request("Ann", 0.0, 400, 0);
        ending.sampling.stop = vec![before.tokens[0]];
        let begun = Instant::now();
        let ended = generate(&*engine, ending).await.expect("ended");
        assert_eq!((ended.tokens.len(), ended.finish), (0, FinishReason::Stop));
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        let after = generate(&*engine, request("Ann", 0.0, 30, 0)).await.expect("after");
        assert_eq!(after, before);
    }
    let one = generate(&*engine, request("Ann", 0.0, 1, 0)).await.expect("one");
    assert_eq!((one.tokens.len(), one.finish), (1, FinishReason::Length));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_and_deadlines_are_prompt_and_harmless() {
    let (_folder, engine) = engine();
    let before = generate(&*engine, request("Ann", 0.0, 30, 0)).await.expect("before");
    for _ in 0..3 {
        let cancel = Cancel::new();
        let work = engine.generate(Role::Policy, request("Ann", 0.0, 500, 0), &cancel);
        let stop = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            cancel.cancel();
        };
        let (result, ()) = tokio::join!(work, stop);
        assert_eq!(result.expect_err("cancelled").code(), "cancelled");
        let late = Cancel::with_deadline(Instant::now() + Duration::from_millis(5));
        let result = engine.generate(Role::Policy, request("Ann", 0.0, 500, 0), &late).await;
        assert_eq!(result.expect_err("late").code(), "deadline_exceeded");
    }
    assert_eq!(generate(&*engine, request("Ann", 0.0, 30, 0)).await.expect("after"), before);
    assert_eq!(engine.health(), Health::Ready);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_futures_leave_the_engine_alive() {
    let (_folder, engine) = engine();
    let cancel = Cancel::new();
    let before = generate(&*engine, request("Ann", 0.0, 30, 0)).await.expect("before");
    let scores = engine.score(Role::Orm, scoring("Ann has pens."), &cancel).await.expect("scores");
    for k in 0..20 {
        let patience = Duration::from_micros(300 * k);
        let work = engine.generate(Role::Policy, request("Ann", 0.0, 400, 0), &cancel);
        let _ = tokio::time::timeout(patience, work).await;
        let work = engine.score(Role::Orm, scoring(&"Ann has pens. ".repeat(20)), &cancel);
        let _ = tokio::time::timeout(patience, work).await;
    }
    assert_eq!(generate(&*engine, request("Ann", 0.0, 30, 0)).await.expect("after"), before);
    let again = engine.score(Role::Orm, scoring("Ann has pens."), &cancel).await.expect("scores");
    assert_eq!(again, scores);
    assert_eq!(engine.health(), Health::Ready);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_succeed_is_refused_before_the_model_runs() {
    let (_folder, engine) = engine();
    let code = async |request| generate(&*engine, request).await.expect_err("refused").code();
    assert_eq!(code(request("Ann", 0.0, tiny::CONTEXT, 0)).await, "context_exceeded");
    assert_eq!(code(request("", 0.0, 4, 0)).await, "bad_engine_request");
    let mut unknown = request("Ann", 0.0, 4, 0);
    unknown.prompt.push(100_000);
    assert_eq!(code(unknown).await, "bad_engine_request");
    let whole = request("Ann", 0.0, tiny::CONTEXT - prompt("Ann").len(), 0);
    let whole = generate(&*engine, whole).await.expect("the whole context can be used");
    assert!(!whole.tokens.is_empty());
    let mut outside = scoring("Ann");
    outside.positions.push(1000);
    let refused = engine.score(Role::Orm, outside, &Cancel::new()).await.expect_err("refused");
    assert_eq!(refused.code(), "bad_engine_request");
    let long = ScoreRequest { tokens: vec![9; tiny::CONTEXT + 1], ..scoring("Ann has") };
    let refused = engine.score(Role::Orm, long, &Cancel::new()).await.expect_err("refused");
    assert_eq!(refused.code(), "context_exceeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_architecture_loads_and_runs_also_quantised() {
    for architecture in [Architecture::Mistral, Architecture::Qwen2, Architecture::Llama] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        tiny::write(folder.path(), architecture, 3);
        let mut config = tiny::config(folder.path(), EngineKind::Mistral);
        config.engine.replicas = 1;
        config.models.get_mut(&Role::Global).expect("global").quantisation =
            Some(Quantisation::Q8_0);
        let engine = load(&config).expect("loaded");
        let exact = generate(&*engine, request("Ann has", 0.0, 20, 0)).await.expect("generated");
        assert!(!exact.tokens.is_empty(), "{architecture:?}");
        let request = request("Ann has", 0.0, 1, 0);
        let quantised = engine.generate(Role::Global, request, &Cancel::new()).await;
        let (a, b) = (quantised.expect("generated")[0].ln_probs[0], exact.ln_probs[0]);
        assert!((a - b).abs() < 0.3, "{a} {b}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gguf_file_loads_and_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tiny.gguf");
    tiny::write_gguf(&file, 5);
    let mut config = tiny::config(&file, EngineKind::Mistral);
    config.engine.replicas = 1;
    let engine = load(&config).expect("loaded");
    let first = generate(&*engine, request("Ann has", 0.0, 30, 0)).await.expect("generated");
    assert!(!first.tokens.is_empty());
    assert_eq!(generate(&*engine, request("Ann has", 0.0, 30, 0)).await.expect("again"), first);
    let scores = engine.score(Role::Orm, scoring("Ann has pens."), &Cancel::new()).await;
    assert_eq!(scores.expect("scored").len(), 4);
    assert_eq!(engine.describe(Role::Policy).context_length, tiny::CONTEXT);
}

#[test]
fn five_small_models_load_in_no_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), Architecture::Llama, 5);
    let begun = Instant::now();
    let _engine = engine_of(folder.path(), EngineKind::Mistral);
    println!("ten engines were built in {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[test]
fn broken_weights_are_refused_before_they_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write_changed(folder.path(), Architecture::Llama, 5, |tensors| {
        tensors.get_mut("model.norm.weight").expect("the norm").1[0] = f32::NAN;
    });
    let error = load(&tiny::config(folder.path(), EngineKind::Mistral)).err().expect("refused");
    assert!(error.to_string().contains("model.norm.weight"), "{error}");
}

/// Finite weights can still overflow; that is found by the trial at the end of loading, or fails
/// the call, and never becomes a score.
#[test]
fn weights_that_overflow_are_an_error_and_not_a_score() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write_changed(folder.path(), Architecture::Llama, 5, |tensors| {
        let weights = &mut tensors.get_mut("model.layers.1.mlp.down_proj.weight").expect("it").1;
        weights.iter_mut().for_each(|weight| *weight *= 1e38);
        let gain =
            &mut tensors.get_mut("model.layers.1.post_attention_layernorm.weight").expect("it").1;
        gain.iter_mut().for_each(|gain| *gain = 1e20);
    });
    let error = load(&tiny::config(folder.path(), EngineKind::Mistral)).err().expect("refused");
    assert!(error.to_string().contains("not finite"), "{error}");
}
