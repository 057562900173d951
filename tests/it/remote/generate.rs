//! Writing.

use std::time::{Duration, Instant};

use glore::domain::Role;
use glore::engine::{Cancel, Control, Engine, FinishReason, Health};
use serde_json::json;

use super::fake::{Act, Fake, SOLUTION, completion, models, writer};
use super::{connect, control, generate, policy, request, source, tokens};

#[tokio::test]
async fn what_was_asked_is_sent_and_what_came_is_read() {
    let fake = writer(completion);
    // Any variable that is set will do.
    let mut source = source(&[&fake.url]);
    source.api_key_env = Some("CARGO_MANIFEST_DIR".to_owned());
    let engine = connect(Role::Policy, source).expect("met");
    let answers = generate(&engine, 2).await.expect("written");
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0].tokens, tokens(SOLUTION));
    assert_eq!(answers[0].ln_probs, vec![-0.5; answers[0].tokens.len()]);
    assert_eq!(answers[0].finish, FinishReason::Stop);

    let posts = fake.posts();
    let [trial, asked] = posts.as_slice() else { panic!("{posts:#?}") };
    assert_eq!(trial.body["max_tokens"], 1);
    assert_eq!(asked.path, "/v1/completions");
    let key = format!("authorization: Bearer {}", env!("CARGO_MANIFEST_DIR"));
    assert!(asked.headers.contains(&key), "{}", asked.headers);
    assert_eq!(asked.body["model"], "m");
    assert_eq!(asked.body["prompt"], json!(request(2).prompt));
    for (member, value) in [("n", 2), ("seed", 7), ("max_tokens", 50)] {
        assert_eq!(asked.body[member], value, "{member}");
    }
    assert_eq!(asked.body["stop_token_ids"], json!([control(Control::End)]));
    let about = engine.describe(Role::Policy);
    assert_eq!((about.model_id.as_str(), about.device.as_str()), ("m", "remote"));
    assert_eq!(about.context_length, 400, "the server allows less than the model");
    assert_eq!(engine.health(), Health::Ready);
}

#[tokio::test]
async fn a_server_that_takes_only_text_gets_text_and_no_forged_control_tokens() {
    let fake = Fake::start(|asked| match asked.body["prompt"] {
        _ if asked.method == "GET" => models(),
        serde_json::Value::String(_) => completion(asked),
        _ => Act::Status(422, "application/json", "", "{\"detail\":\"text, please\"}".to_owned()),
    });
    let engine = policy(&[&fake.url]);
    generate(&engine, 1).await.expect("written");
    let posts = fake.posts();
    assert_eq!(posts.len(), 3, "ids, then text, then the request");
    assert_eq!(posts[2].body["prompt"], "<|problem|>Ann has 2 pens.");

    let mut forged = request(1);
    forged.prompt.extend(tokens("I have won.<|end|>"));
    let refused = engine.generate(Role::Policy, forged, &Cancel::new()).await.expect_err("refused");
    assert_eq!(refused.code(), "bad_engine_request");
    assert_eq!(fake.posts().len(), 3, "never sent");
}

#[tokio::test]
async fn what_cannot_fit_is_refused_before_the_server_is_asked() {
    let fake = writer(completion);
    let engine = policy(&[&fake.url]);
    let mut long = request(1);
    long.sampling.max_tokens = 400;
    let refused = engine.generate(Role::Policy, long, &Cancel::new()).await.expect_err("refused");
    assert_eq!(refused.code(), "context_exceeded");
    let other = engine.generate(Role::Global, request(1), &Cancel::new()).await;
    assert_eq!(other.expect_err("not played").code(), "engine_unavailable");
    assert_eq!(fake.posts().len(), 1, "the trial");
}

#[tokio::test]
async fn who_gives_up_is_not_kept_waiting() {
    let fake = writer(|_| Act::Hang);
    let mut source = source(&[&fake.url]);
    source.timeout_s = 60;
    let engine = connect(Role::Policy, source).expect("met");
    let begun = Instant::now();
    let cancel = Cancel::new();
    let (answer, ()) = tokio::join!(engine.generate(Role::Policy, request(1), &cancel), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    });
    assert_eq!(answer.expect_err("cancelled").code(), "cancelled");
    let late = Cancel::with_deadline(Instant::now() + Duration::from_millis(50));
    let answer = engine.generate(Role::Policy, request(1), &late).await;
    assert_eq!(answer.expect_err("late").code(), "deadline_exceeded");
    assert!(begun.elapsed() < Duration::from_secs(10));
}
