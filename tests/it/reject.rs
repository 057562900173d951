//! Whatever is wrong with a request, the answer names it, and the server stays up.

use axum::body::Body;
use axum::http::{Request, header};
use futures::StreamExt;
use serde_json::{Value, json};

use crate::app::TestApp;

fn problem(extra: Value) -> Value {
    let mut body = json!({"problem": "What is 2 + 2?"});
    body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    body
}

#[tokio::test]
async fn addresses_and_methods() {
    let app = TestApp::new().await;
    app.get("/v1/nothing").await.problem(404, "not_found");
    let answer = app.get("/v1/solve").await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST");
    app.get("/v1/runs/run_x").await.problem(404, "not_found");
    app.get("/v1/runs/%FF").await.problem(400, "bad_request");
    app.get("/v1/runs/run_01890a5d-ac96-774b-bcce-b302099a8057").await.problem(404, "not_found");
    let page = app.get("/no/such/page").await;
    assert_eq!(page.status, 404);
    assert!(page.header("content-type").starts_with("text/html"));
}

/// What axum, the router and the layers would refuse in words of their own.
#[tokio::test]
async fn whatever_refuses_it_a_request_is_refused_with_a_problem() {
    let app = TestApp::new().await;
    let json = "application/json";
    for (method, path, kind, body, status, code) in [
        ("GET", "/v1", "", "", 404, "not_found"),
        ("GET", "/v1/", "", "", 404, "not_found"),
        ("GET", "/v1/runs/", "", "", 404, "not_found"),
        ("DELETE", "/v1/runs", "", "", 405, "method_not_allowed"),
        ("BREW", "/v1/solve", "", "", 405, "method_not_allowed"),
        ("OPTIONS", "/openapi.json", "", "", 405, "method_not_allowed"),
        ("POST", "/livez", "", "", 405, "method_not_allowed"),
        ("GET", "/v1/runs/%ff", "", "", 400, "bad_request"),
        ("GET", "/v1/runs/%zz", "", "", 400, "bad_request"),
        ("GET", "/v1/runs/run_%4", "", "", 400, "bad_request"),
        ("GET", "/v1/%C3%28", "", "", 400, "bad_request"),
        ("GET", "/v1/runs?q=%", "", "", 400, "bad_request"),
        ("GET", "/v1/runs?q=%E4", "", "", 400, "bad_request"),
        ("GET", "/v1/runs?q=100%zz", "", "", 400, "bad_request"),
        ("POST", "/v1/runs/%ff/cancel", "", "", 400, "bad_request"),
        ("POST", "/v1/solve", "", "{}", 415, "unsupported_media_type"),
        ("POST", "/v1/critique", "text/json", "{}", 415, "unsupported_media_type"),
        ("POST", "/v1/refine", json, "{", 400, "bad_json"),
        ("POST", "/v1/refine", json, "null", 422, "invalid_request"),
        ("POST", "/v1/refine", json, "[]", 422, "invalid_request"),
        (
            "POST",
            "/v1/solve",
            json,
            " [\"What is 2 + 2?\",null,null,null,null,null,null,null,false]",
            422,
            "invalid_request",
        ),
    ] {
        let request =
            Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        let answer = app.send(request.body(Body::from(body)).expect("a request")).await;
        let problem = answer.problem(status, code);
        assert_eq!(
            problem["instance"],
            path.split('?').next().unwrap_or_default(),
            "{method} {path}"
        );
        assert_eq!(status == 405, !answer.header("allow").is_empty(), "{method} {path}");
    }
    for (path, kind) in [("/runs", "text/plain"), ("/theme", "text/plain"), ("/theme", "")] {
        let page = app.post_raw(path, kind, "x").await;
        assert!(page.status.is_client_error(), "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
    }
}

#[tokio::test]
async fn bad_json_says_where() {
    let app = TestApp::new().await;
    for (body, line, column) in [("{\n  \"problem\": oops}", 2, 14), ("{", 1, 1), ("{} {}", 1, 4)] {
        let refused = app.post_raw("/v1/solve", "application/json", body).await;
        if refused.status == 422 {
            // Read to its end before what follows is seen.
            refused.blames("/problem", "missing_field");
            continue;
        }
        let problem = refused.problem(400, "bad_json");
        assert_eq!(problem["position"], json!({"line": line, "column": column}), "{problem}");
        let detail = problem["detail"].as_str().expect("a sentence");
        assert!(detail.contains(&format!("line {line} column {column}")), "{detail}");
    }
}

#[tokio::test]
async fn bodies_that_are_not_json() {
    let app = TestApp::new().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        app.post_raw("/v1/solve", kind, "{}").await.problem(415, "unsupported_media_type");
    }
    for body in ["", "{", "{\"problem\":}", "{\"problem\":\"\\ud800\"}", "{\"problem\":\"x\"} y"] {
        let kind = "application/json; charset=utf-8";
        app.post_raw("/v1/solve", kind, body).await.problem(400, "bad_json");
    }
    let deep = "[".repeat(100_000);
    app.post_raw("/v1/solve", "application/json", deep).await.problem(422, "invalid_request");
    let bytes = b"{\"problem\":\"\xff\"}".to_vec();
    let refused =
        app.post_raw("/v1/solve", "application/json", bytes).await.problem(400, "not_utf8");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("12")), "{refused}");
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let app = TestApp::new().await;
    let limit = app.app.config.server.max_body_bytes;
    let body = problem(json!({"reference_answer": "x".repeat(limit)}));
    let refused = app.post("/v1/solve", body).await.problem(413, "body_too_large");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains(&limit.to_string())));
    // Without a length, the limit is met while reading. More chunks than fit, but not an endless
    // stream: a broken limit must fail, not hang.
    let chunk = || Ok::<_, std::io::Error>("x".repeat(4096));
    let chunks = futures::stream::repeat_with(chunk).take(limit / 4096 + 2);
    app.post_raw("/v1/solve", "application/json", Body::from_stream(chunks))
        .await
        .problem(413, "body_too_large");
}

#[tokio::test]
async fn fields_of_the_body() {
    let app = TestApp::new().await;
    let solve = |extra| app.post("/v1/solve", problem(extra));
    solve(json!({"problme": "x"})).await.blames("/problme", "unknown_field");
    solve(json!({"problem": 7})).await.blames("/problem", "wrong_type");
    solve(json!({"strategy": "magic"})).await.blames("/strategy", "unknown_value");
    solve(json!({"samples": -1})).await.problem(422, "invalid_request");
    solve(json!({"samples": 1000})).await.blames("/samples", "out_of_range");
    solve(json!({"temperature": 2.5})).await.blames("/temperature", "out_of_range");
    solve(json!({"max_tokens": 0})).await.blames("/max_tokens", "out_of_range");
    solve(json!({"max_tokens": 1025})).await.blames("/max_tokens", "out_of_range");
    solve(json!({"gate": 1.1})).await.blames("/gate", "out_of_range");
    solve(json!({"seed": u64::MAX})).await.blames("/seed", "out_of_range");
    app.post("/v1/solve", json!({})).await.blames("/problem", "missing_field");
    let both = app.post("/v1/solve", json!({"problem": "", "samples": 0})).await;
    assert_eq!(both.blames("/problem", "blank")["errors"][1]["pointer"], "/samples");
}

#[tokio::test]
async fn texts() {
    let app = TestApp::new().await;
    let solve = |text: String| app.post("/v1/solve", json!({"problem": text}));
    solve(" \n\t ".to_owned()).await.blames("/problem", "blank");
    solve("a\0b".to_owned()).await.blames("/problem", "control_character");
    solve("x".repeat(16 * 1024 + 1)).await.blames("/problem", "too_long");

    let critique = |given: Value| app.post("/v1/critique", problem(given));
    let long = critique(json!({"solution": "x = 1\n".repeat(10_000)})).await;
    let detail = long.blames("/solution", "too_many_steps")["detail"].to_string();
    assert!(detail.contains("64") && detail.contains("10000"), "{detail}");
    critique(json!({"steps": vec!["x = 1"; 65]})).await.blames("/steps", "too_many_steps");
    critique(json!({"steps": ["a", 7]})).await.blames("/steps/1", "wrong_type");
    critique(json!({"steps": ["a", "b\nc"]})).await.blames("/steps/1", "line_break");
    critique(json!({"steps": []})).await.blames("/steps", "blank");
    critique(json!({"solution": "a\0"})).await.blames("/solution", "control_character");
    critique(json!({"solution": "a", "steps": ["a"]})).await.blames("/steps", "exclusive");
    critique(json!({})).await.blames("/solution", "missing_field");
    critique(json!({"solution": "a", "samples": 3})).await.blames("/samples", "unknown_field");

    let refine = |extra: Value| app.post("/v1/refine", problem(extra));
    refine(json!({"steps": ["a"], "first_error_step": 2}))
        .await
        .blames("/first_error_step", "out_of_range");
    refine(json!({"steps": ["a"], "first_error_step": 0}))
        .await
        .blames("/first_error_step", "out_of_range");
    let global = json!({"steps": ["a"], "first_error_step": 1, "mode": "global"});
    refine(global).await.blames("/first_error_step", "exclusive");

    app.post("/v1/solve", problem(json!({}))).await.ok();
    assert_eq!(app.get("/v1/runs").await.ok()["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn queries() {
    let app = TestApp::new().await;
    app.get("/v1/runs?limit=0").await.blames("/limit", "out_of_range");
    app.get("/v1/runs?limit=101").await.blames("/limit", "out_of_range");
    for (query, pointer, code) in [
        ("limit=x", "/limit", "wrong_value"),
        ("limit=-1", "/limit", "wrong_value"),
        ("limit=99999999999999999999", "/limit", "wrong_value"),
        ("limit=", "/limit", "wrong_value"),
        ("limit=1&limit=2", "/limit", "duplicate_field"),
        ("after=run_x", "/after", "wrong_value"),
        ("after=sol_01890a5d-ac96-774b-bcce-b302099a8057", "/after", "wrong_value"),
        ("status=odd", "/status", "unknown_value"),
        ("kind=", "/kind", "unknown_value"),
        ("chosen=none", "/chosen", "unknown_value"),
        ("correct=perhaps", "/correct", "wrong_value"),
        ("colour=red", "/colour", "unknown_field"),
    ] {
        app.get(&format!("/v1/runs?{query}")).await.blames(pointer, code);
    }
    let nobody = "after=run_01890a5d-ac96-774b-bcce-b302099a8057";
    assert_eq!(app.get(&format!("/v1/runs?{nobody}")).await.ok()["data"], json!([]));
}

#[tokio::test]
async fn other_sites_may_not_post() {
    let app = TestApp::new().await;
    let request = Request::post("/v1/solve")
        .header(header::CONTENT_TYPE, "application/json")
        .header("sec-fetch-site", "cross-site")
        .header(header::ORIGIN, "https://evil.example")
        .body(Body::from(problem(json!({})).to_string()))
        .expect("a request");
    app.send(request).await.problem(403, "cross_origin");
}

#[tokio::test]
async fn request_ids_are_echoed_when_they_are_sane() {
    let app = TestApp::new().await;
    let with_id = |id: &str| Request::get("/livez").header("x-request-id", id).body(Body::empty());
    let answer = app.send(with_id("abc-123").expect("a request")).await;
    assert_eq!(answer.header("x-request-id"), "abc-123");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    for odd in ["a b", "", "a\tb", "\u{e9}", &"x".repeat(129)] {
        let answer = app.send(with_id(odd).expect("a request")).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{odd:?}");
    }
}
