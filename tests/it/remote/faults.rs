//! Servers that misbehave: every answer has its error, and nothing is asked more often than it may.

use std::time::{Duration, Instant};

use glore::domain::Role;
use glore::engine::remote::Rules;
use glore::engine::{Engine, Health};
use serde_json::json;

use super::fake::{Act, completion, writer};
use super::{connect_by, generate, policy, source};

fn status(status: u16, more: &'static str) -> Act {
    Act::Status(status, "application/json", more, "{\"detail\":\"no\"}".to_owned())
}

fn body(text: &str) -> Act {
    Act::Status(200, "application/json", "", text.to_owned())
}

fn choice(logprobs: &str) -> Act {
    body(&format!(
        "{{\"choices\":[{{\"index\":0,\"text\":\"2\",\"finish_reason\":\"stop\",\
         \"logprobs\":{{\"token_logprobs\":[{logprobs}]}}}}]}}"
    ))
}

/// The error after the trial, with how often the server was asked for it.
async fn fault(act: fn() -> Act) -> (String, String, usize) {
    let fake = writer(move |_| act());
    let engine = policy(&[&fake.url]);
    let error = generate(&engine, 1).await.expect_err("no answer");
    let text = error.to_string();
    assert!(!text.contains('\n') && text.len() < 700, "{text}");
    (error.code().to_owned(), text, fake.posts().len() - 1)
}

#[tokio::test]
async fn each_kind_of_nonsense_is_told_and_not_asked_for_again() {
    let huge = || body(&format!("{{\"choices\":\"{}\"}}", "x".repeat(33 << 20)));
    let html = || Act::Status(200, "text/html", "", "<h1>hello</h1>".to_owned());
    let elsewhere = || status(302, "location: http://169.254.169.254/\r\n");
    let unavailable = "engine_unavailable";
    type Fault = (fn() -> Act, &'static str, &'static str);
    let table: [Fault; 14] = [
        (|| Act::Hang, unavailable, "no answer within 1s"),
        (|| Act::Cut, unavailable, "broke off"),
        (html, unavailable, "text/html"),
        (huge, unavailable, "more than 33554432 bytes"),
        (elsewhere, unavailable, "redirects are not followed"),
        (|| status(500, ""), unavailable, "500"),
        (|| status(401, ""), unavailable, "401"),
        (|| status(404, ""), unavailable, "404"),
        (|| status(400, ""), "bad_engine_request", "no"),
        (|| body("{\"choices\": ["), unavailable, "cannot be understood"),
        (|| body("{\"object\": \"x\"}"), unavailable, "choices"),
        (|| body("{\"choices\": []}"), unavailable, "1 answers were asked for, 0 came"),
        (|| choice("NaN"), "non_finite_logits", "not finite"),
        (|| choice("null"), "non_finite_logits", "not finite"),
    ];
    for (act, code, says) in table {
        let (found, text, asked) = fault(act).await;
        assert_eq!(found, code, "{text}");
        assert!(text.contains(says), "{says} in {text}");
        assert_eq!(asked, 1, "{text}");
    }
}

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_says() {
    let fake = writer(|asked| match asked.nth {
        1 => status(429, "retry-after: 1\r\n"),
        2 => status(503, ""),
        _ => completion(asked),
    });
    let engine = policy(&[&fake.url]);
    let begun = Instant::now();
    generate(&engine, 1).await.expect("at the third time");
    assert!(begun.elapsed() >= Duration::from_secs(1), "it was told to wait");
    assert_eq!(fake.posts().len(), 4);
}

/// How often a server that answers nothing but this is asked, and whether it is asked any more.
async fn asked_before(failures: u32, code: u16) -> (usize, bool) {
    let fake = writer(move |_| status(code, ""));
    // A long rest: whether a probe comes in between must not be a matter of luck.
    let rules = Rules { failures, rest: Duration::from_secs(60) };
    let engine = connect_by(rules, Role::Policy, source(&[&fake.url])).expect("met");
    let error = generate(&engine, 1).await.expect_err("never").to_string();
    assert!(error.contains(&code.to_string()) && error.contains(&fake.url), "{error}");
    (fake.posts().len() - 1, engine.health() == Health::Ready)
}

#[tokio::test]
async fn three_times_is_enough_and_a_full_queue_is_no_failure() {
    for code in [429, 502, 503, 504] {
        assert_eq!(asked_before(100, code).await, (3, true), "{code}");
    }
    assert_eq!(asked_before(1, 429).await, (3, true));
    for code in [502, 503, 504] {
        assert_eq!(asked_before(1, code).await, (1, false), "{code}");
    }
}

#[tokio::test]
async fn more_answers_than_asked_for_are_cut_and_unknown_members_ignored() {
    let fake = writer(|_| {
        let choice =
            |index| json!({"index": index, "text": "2", "finish_reason": "length", "x": 1});
        Act::Json(json!({"id": "x", "choices": [choice(1), choice(0)], "usage": null}))
    });
    let answers = generate(&policy(&[&fake.url]), 1).await.expect("written");
    assert_eq!(answers.len(), 1);
    assert!(answers[0].ln_probs.iter().all(|p| p.is_nan()), "not told, so not known");
}
