//! Reading step scores, each way; and a whole solve.

use std::collections::BTreeMap;

use glore::config::{Config, EngineKind, ModelSource, ScoreVia};
use glore::domain::{Clock, Problem, Role, RunId, SolutionKind, Strategy, SystemClock};
use glore::engine::{Cancel, Control, Engine, EngineError, Health, load};
use glore::pipeline::{self, Ask, Order, Settings};
use serde_json::{Map, Value, json};

use super::fake::{Act, Asked, Fake, completion, models};
use super::{connect, control, reading, source};

/// What the fake model thinks of a text that ends at `position`.
fn opinion(position: usize) -> (f64, f64) {
    let good = 0.1 + 0.8 * (position % 10) as f64 / 10.0;
    (good.ln(), (1.0 - good).ln())
}

/// vLLM's answer about a prompt; the bad label is told only where it stands.
fn prompt_logprobs(asked: &Asked, tell_bad: bool) -> Act {
    let prompt: Vec<u32> = serde_json::from_value(asked.body["prompt"].clone()).expect("ids");
    let row = |at: usize| {
        let (good, bad) = opinion(at - 1);
        let mut row: Map<String, Value> = Map::new();
        row.insert(prompt[at].to_string(), json!({"logprob": -9.0, "rank": 50}));
        row.insert(control(Control::Good).to_string(), json!({"logprob": good}));
        if tell_bad || prompt[at] == control(Control::Bad) {
            row.insert(control(Control::Bad).to_string(), json!({"logprob": bad}));
        }
        Value::Object(row)
    };
    let rows: Vec<Value> =
        (0..prompt.len()).map(|at| if at == 0 { Value::Null } else { row(at) }).collect();
    Act::Json(
        json!({"choices": [{"text": "", "finish_reason": "length", "prompt_logprobs": rows}]}),
    )
}

fn reader(act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Fake {
    Fake::start(move |asked| if asked.method == "GET" { models() } else { act(asked) })
}

async fn scores(fake: &Fake, via: ScoreVia) -> Result<Vec<f64>, EngineError> {
    let source = ModelSource { score_via: via, ..source(&[&fake.url]) };
    let engine = connect(Role::Sorm, source)?;
    let scores = engine.score(Role::Sorm, reading(), &Cancel::new()).await?;
    Ok(scores.into_iter().map(|score| score.get()).collect())
}

#[track_caller]
fn assert_opinions(scores: &[f64]) {
    let positions = reading().positions;
    assert_eq!(scores.len(), positions.len());
    for (score, position) in scores.iter().zip(positions) {
        let expected = opinion(position).0.exp();
        assert!((score - expected).abs() < 1e-6, "{score} {expected}");
    }
}

#[tokio::test]
async fn one_request_reads_a_whole_solution() {
    let fake = reader(|asked| prompt_logprobs(asked, true));
    assert_opinions(&scores(&fake, ScoreVia::PromptLogprobs).await.expect("scores"));
    let posts = fake.posts();
    assert_eq!(posts.len(), 2, "the trial and one");
    let sent = [reading().tokens, vec![control(Control::Good)]].concat();
    assert_eq!(posts[1].body["prompt"], json!(sent), "something stands after the last position");
}

#[tokio::test]
async fn a_label_that_is_not_told_is_put_into_the_prompt() {
    let fake = reader(|asked| prompt_logprobs(asked, false));
    assert_opinions(&scores(&fake, ScoreVia::PromptLogprobs).await.expect("scores"));
    assert_eq!(fake.posts().len(), 2 + 1 + 3, "trial with its label, whole, one a position");
}

#[tokio::test]
async fn the_next_token_is_asked_for_after_each_position() {
    let next = |asked: &Asked| {
        let read = asked.body["prompt"].as_array().expect("ids").len();
        let (good, bad) = opinion(read - 1);
        let row = BTreeMap::from([("<|good|>", good), ("<|bad|>", bad), ("x", -3.0)]);
        let logprobs = json!({"tokens": ["x"], "token_logprobs": [-3.0], "top_logprobs": [row]});
        Act::Json(
            json!({"choices": [{"text": "x", "finish_reason": "length", "logprobs": logprobs}]}),
        )
    };
    let fake = reader(next);
    assert_opinions(&scores(&fake, ScoreVia::NextToken).await.expect("scores"));
    assert_eq!(fake.posts().len(), 1 + 3);

    let silent = reader(|_| {
        let logprobs = json!({"top_logprobs": [{"x": -0.1}]});
        Act::Json(
            json!({"choices": [{"text": "x", "finish_reason": "length", "logprobs": logprobs}]}),
        )
    });
    let error = scores(&silent, ScoreVia::NextToken).await.expect_err("no label").to_string();
    assert!(error.contains("good label") && error.contains(&silent.url), "{error}");
}

#[tokio::test]
async fn pooling_has_a_row_a_step_tag() {
    let fake = reader(|asked| {
        assert_eq!(
            (&asked.body["task"], asked.path.as_str()),
            (&json!("token_classify"), "/pooling")
        );
        let input: Vec<u32> = serde_json::from_value(asked.body["input"].clone()).expect("ids");
        let tag = input[input.len() - 1];
        let rows = input.iter().enumerate().filter(|(_, token)| **token == tag).map(|(at, _)| {
            let (good, bad) = opinion(at);
            json!([good.exp(), bad.exp()])
        });
        Act::Json(json!({"data": [{"index": 0, "data": rows.collect::<Vec<_>>()}]}))
    });
    assert_opinions(&scores(&fake, ScoreVia::Pooling).await.expect("scores"));
    assert_eq!(fake.posts().len(), 1 + 1);
    let odd = reader(|_| Act::Json(json!({"data": [{"data": [[0.5, 0.5], [0.5, 0.5]]}]})));
    let error = scores(&odd, ScoreVia::Pooling).await.expect_err("rows of what?").to_string();
    assert!(error.contains("step_tag_id"), "{error}");
}

#[tokio::test]
async fn a_number_that_is_none_is_never_a_score() {
    for via in [ScoreVia::PromptLogprobs, ScoreVia::NextToken, ScoreVia::Pooling] {
        let fake = reader(|asked| {
            let good = control(Control::Good).to_string();
            let row = json!({good: {"logprob": null}});
            let length = asked.body["prompt"].as_array().map_or(0, Vec::len);
            let rows = vec![row; length];
            let logprobs = json!({"top_logprobs": [{"<|good|>": null}]});
            let choice = json!({"text": "", "logprobs": logprobs, "prompt_logprobs": rows});
            let data =
                asked.body["input"].as_array().map(|input| vec![json!([null, 0.5]); input.len()]);
            Act::Json(json!({"choices": [choice], "data": [{"data": data.unwrap_or_default()}]}))
        });
        let error = scores(&fake, via).await.expect_err("no score").to_string();
        assert!(error.contains("not a number"), "{via:?}: {error}");
    }
}

#[tokio::test]
async fn some_roles_here_and_some_elsewhere() {
    let fake = reader(|asked| prompt_logprobs(asked, true));
    let store = tempfile::tempdir().expect("a temporary folder");
    let mut config = Config::default();
    config.engine.kind = EngineKind::Batch;
    config.store.dir = store.path().to_owned();
    config.models.insert(Role::Sorm, source(&[&fake.url]));
    let engine = load(&config).expect("loaded");
    assert_eq!(engine.health(), Health::Ready);
    assert_eq!(engine.describe(Role::Sorm).device, "remote");
    assert_eq!(engine.describe(Role::Sorm).context_length, 400 - 2, "labels need room");
    assert_eq!(engine.describe(Role::Orm).device, "cpu");
    let scores = engine.score(Role::Sorm, reading(), &Cancel::new()).await.expect("scores");
    assert_opinions(&scores.into_iter().map(|score| score.get()).collect::<Vec<_>>());
    let labels = engine.describe(Role::Orm).labels.expect("a reward model");
    let request = glore::engine::ScoreRequest { labels, ..reading() };
    engine.score(Role::Orm, request, &Cancel::new()).await.expect("scored here");
}

#[tokio::test]
async fn a_whole_solve_elsewhere() {
    let fake = reader(|asked| match asked.body.get("prompt_logprobs") {
        Some(_) => prompt_logprobs(asked, true),
        None => completion(asked),
    });
    let models = Role::ALL.into_iter().map(|role| (role, source(&[&fake.url]))).collect();
    let config = Config { models, ..Config::default() };
    let engine = load(&config).expect("met");
    let settings = Settings { samples: 1, temperature: 0.0, max_tokens: 60, seed: 0, gate: None };
    let ask = Ask::Solve { strategy: Strategy::Glore };
    let problem = Problem::parse("Ann has 2 pens and finds 2 more.", Some("4")).expect("a problem");
    let order = Order { id: RunId::new(), problem, ask, settings };
    let (cancel, now) = (Cancel::new(), SystemClock.now());
    let run = pipeline::run(&*engine, &order, now, &cancel, &|_| {}).await.expect("a run");
    assert_eq!(run.answer.as_deref(), Some("4"));
    assert!(run.solution(SolutionKind::Global).is_some_and(|s| s.correct == Some(true)));
    assert!(run.solutions.iter().all(|s| s.steps.iter().all(|step| step.sorm.is_some())));
}
