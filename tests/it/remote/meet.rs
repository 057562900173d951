//! What is wrong with a server or its settings is said at the start.

use glore::config::{ModelSource, ScoreFormat, ScoreVia};
use glore::domain::Role;
use serde_json::json;

use super::fake::{Act, Fake, completion, models, nobody};
use super::{connect, source};

fn serving(names: &'static [&'static str]) -> Fake {
    Fake::start(move |asked| match asked.method.as_str() {
        "GET" => {
            let cards: Vec<_> = names.iter().map(|name| json!({"id": name})).collect();
            Act::Json(json!({"data": cards}))
        }
        _ => completion(asked),
    })
}

#[track_caller]
fn refused(role: Role, source: ModelSource, code: &str, says: &[&str]) {
    let error = connect(role, source).err().expect("refused");
    assert_eq!(error.code(), code, "{error}");
    for words in says.iter().chain(&[role.as_str()]) {
        assert!(error.to_string().contains(words), "{words} in {error}");
    }
}

#[test]
fn servers_that_do_not_fit() {
    let down = "engine_unavailable";
    let (dead, one, other, two) =
        (nobody(), serving(&["a"]), serving(&["b"]), serving(&["a", "b"]));
    refused(Role::Policy, source(&[&dead]), down, &["no address answers", &dead]);
    let named = ModelSource { remote_model: Some("c".to_owned()), ..source(&[&two.url]) };
    refused(Role::Policy, named, down, &["does not serve c, but: a, b", &two.url]);
    refused(Role::Policy, source(&[&two.url]), down, &["set remote_model to one of: a, b"]);
    refused(Role::Policy, source(&[&one.url, &other.url]), down, &["both a and b"]);
    let none = serving(&[]);
    refused(Role::Policy, source(&[&none.url]), down, &["no model"]);
    let named =
        ModelSource { remote_model: Some("b".to_owned()), ..source(&[&two.url, &other.url]) };
    connect(Role::Policy, named).expect("both serve b");
}

#[test]
fn servers_that_refuse_or_cannot_do_what_is_needed() {
    let json = "application/json";
    let locked =
        Fake::start(move |_| Act::Status(401, json, "", "{\"detail\":\"key?\"}".to_owned()));
    refused(Role::Policy, source(&[&locked.url]), "engine_unavailable", &["401", "key?"]);
    let mute = Fake::start(|asked| match asked.method.as_str() {
        "GET" => models(),
        _ => Act::Json(json!({"choices": [{"text": "", "finish_reason": "length"}]})),
    });
    for (via, says) in [
        (ScoreVia::PromptLogprobs, "prompt_logprobs"),
        (ScoreVia::NextToken, "logprobs"),
        (ScoreVia::Pooling, "data"),
    ] {
        let source = ModelSource { score_via: via, ..source(&[&mute.url]) };
        refused(Role::Orm, source, "engine_unavailable", &["cannot be used", says]);
    }
    connect(Role::Policy, source(&[&mute.url])).expect("writing needs none of that");
}

#[test]
fn settings_that_cannot_be_used() {
    let bad = "model_unusable";
    refused(Role::Policy, source(&["http://gpu-1:8000"]), bad, &["urls[0]", "/v1"]);
    let key = ModelSource {
        api_key_env: Some("GLORE_NO_SUCH_KEY".to_owned()),
        ..source(&["http://gpu-1/v1"])
    };
    refused(Role::Policy, key, bad, &["GLORE_NO_SUCH_KEY"]);
    let tag = ModelSource { score_format: ScoreFormat::StepTag, ..source(&["http://gpu-1/v1"]) };
    refused(Role::Sorm, tag, bad, &["step_tag"]);
    let empty = tempfile::tempdir().expect("a temporary folder");
    let nothing = ModelSource { path: empty.path().to_owned(), ..source(&["http://gpu-1/v1"]) };
    refused(Role::Policy, nothing, bad, &["config.json", "missing"]);
}
