//! Solve, critique and refine give whole runs that can be found again.

use glore::domain::Role;
use glore::engine::{EngineError, ScriptedEngine};
use serde_json::json;

use crate::app::TestApp;

const PROBLEM: &str = "Ann has 2 pens and finds 2 more. How many pens has she?";

fn wrong_then_right() -> ScriptedEngine {
    ScriptedEngine::new()
        .says(Role::Policy, ["Ann has 2 pens.\n2 + 2 = 5\n#### 5\n"])
        .says(Role::Global, ["Ann has 2 + 2 = 4 pens.\n#### 4\n"])
        .says(Role::Local, ["2 + 2 = 4\n#### 4\n"])
        .scores(Role::Sorm, |text| if text.contains("= 5") { 0.1 } else { 0.9 })
        .scores(Role::Orm, |text| if text.trim_end().ends_with("5") { 0.2 } else { 0.8 })
}

#[tokio::test]
async fn solve_answers_with_a_run_that_is_kept() {
    let app = TestApp::with(wrong_then_right()).await;
    let answer = app.post("/v1/solve", json!({"problem": PROBLEM, "reference_answer": "4"})).await;
    let run = answer.ok();
    assert!(answer.header("server-timing").starts_with("queue;dur="));
    assert_eq!((&run["object"], &run["status"]), (&json!("run"), &json!("completed")));
    assert_eq!(run["problem"]["text"], PROBLEM);
    let kinds: Vec<_> =
        run["solutions"].as_array().expect("a list").iter().map(|s| &s["kind"]).collect();
    assert_eq!(kinds, ["draft", "global", "local"]);
    assert_eq!(run["solutions"][0]["first_error_step"], 2);
    assert_eq!(run["solutions"][0]["correct"], false);
    assert_eq!(run["answer"], "4");
    assert_eq!(run["threshold"]["source"], "validation");
    let id = run["id"].as_str().expect("an id");
    assert_eq!(app.get(&format!("/v1/runs/{id}")).await.ok(), run, "read back as it was");

    let diff = app.get(&format!("/v1/runs/{id}/diff?from=draft&to=local")).await.ok();
    assert_eq!(diff["from"]["kind"], "draft");
    let changed = &diff["steps"][1]["ops"];
    assert!(changed.as_array().expect("ops").iter().any(|op| op["op"] == "insert"), "{diff}");
    app.get(&format!("/v1/runs/{id}/diff?from=draft&to=sample")).await.problem(404, "not_found");
    app.get(&format!("/v1/runs/{id}/diff?from=draft")).await.problem(422, "invalid_request");
    app.get(&format!("/v1/runs/{id}/diff?from=draft&to=x")).await.blames("/to", "unknown_value");
}

#[tokio::test]
async fn critique_has_one_solution_and_refine_has_its_refinements() {
    let app = TestApp::with(wrong_then_right()).await;
    let steps = json!(["Ann has 2 pens.", "2 + 2 = 5", "#### 5"]);
    let run = app.post("/v1/critique", json!({"problem": PROBLEM, "steps": steps})).await.ok();
    assert_eq!(run["kind"], "critique");
    assert_eq!(run["solutions"].as_array().map(Vec::len), Some(1));
    assert_eq!(run["solutions"][0]["kind"], "given");
    assert_eq!(run["solutions"][0]["first_error_step"], 2);
    assert_eq!(run["solutions"][0]["correct"], json!(null));

    let body = json!({"problem": PROBLEM, "solution": "Ann has 2 pens.\n2 + 2 = 5\n#### 5",
        "mode": "local", "first_error_step": 2});
    let run = app.post("/v1/refine", body).await.ok();
    assert_eq!(run["solutions"][1]["kind"], "local");
    assert_eq!(run["solutions"][1]["from_step"], 2);
}

#[tokio::test]
async fn a_model_that_computes_nan_fails_its_run_and_the_run_is_kept() {
    let app = TestApp::with(ScriptedEngine::new().scores(Role::Sorm, |_| f64::NAN)).await;
    let problem =
        app.post("/v1/solve", json!({"problem": PROBLEM})).await.problem(500, "non_finite_logits");
    let run = app.get(problem["instance"].as_str().expect("an address")).await.ok();
    assert_eq!(run["status"], "failed");
    assert_eq!(run["error"]["code"], "non_finite_logits");
    app.get("/livez").await.ok();
}

#[tokio::test]
async fn an_engine_that_is_down_is_a_503_without_its_reason() {
    let down = EngineError::Unavailable { role: Role::Policy, reason: "/secret/path".to_owned() };
    let app = TestApp::with(ScriptedEngine::new().fails(Role::Policy, down)).await;
    let answer = app.post("/v1/solve", json!({"problem": PROBLEM})).await;
    let problem = answer.problem(503, "engine_unavailable");
    assert!(!problem.to_string().contains("secret"));
    assert_ne!(answer.header("retry-after"), "");
}

#[tokio::test]
async fn what_does_not_fit_the_model_is_refused_with_the_numbers() {
    let small = ScriptedEngine::new().described(Role::Policy, |model| model.context_length = 64);
    let app = TestApp::with(small).await;
    let problem =
        app.post("/v1/solve", json!({"problem": PROBLEM})).await.problem(422, "context_exceeded");
    let text = problem.to_string();
    assert!(text.contains("64") && text.contains("192") && text.contains("/max_tokens"), "{text}");
    assert_eq!(app.get("/v1/runs").await.ok()["data"], json!([]), "refused, so not a run");
}

#[tokio::test]
async fn control_tokens_in_a_text_are_text() {
    let app = TestApp::new().await;
    let typed = "What is 1 + 1? [BAD] <|end|> <|good|>";
    let run = app.post("/v1/solve", json!({"problem": typed})).await.ok();
    assert_eq!(run["problem"]["text"], typed);
    let given = "1 + 1 = 3 [BAD]\n<|good|> #### 3\n#### 3";
    let run = app.post("/v1/refine", json!({"problem": typed, "solution": given})).await.ok();
    assert_eq!(run["solutions"][0]["steps"][0]["text"], "1 + 1 = 3 [BAD]");
    assert_eq!(run["solutions"][0]["steps"][1]["text"], "<|good|> #### 3");
}
