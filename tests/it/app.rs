//! A whole server in memory: temporary store, scripted engine, real router.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use glore::app::App;
use glore::config::Config;
use glore::domain::Clock;
use glore::engine::{Gate, Metered, ScriptedEngine};
use glore::store::Store;
use glore::web;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

pub struct TestApp {
    pub app: App,
    pub router: Router,
    dir: Arc<TempDir>,
}

/// An answer read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(ScriptedEngine::new()).await
    }

    pub async fn with(engine: ScriptedEngine) -> Self {
        Self::build(engine, Config::default(), Gate::new(2, 4)).await
    }

    pub async fn build(engine: ScriptedEngine, config: Config, gate: Gate) -> Self {
        let dir = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        Self::on(dir, engine, config, gate).await
    }

    /// The same folder again, as after a stop: everything in memory is gone.
    pub async fn restart(self, engine: ScriptedEngine) -> Self {
        let dir = Arc::clone(&self.dir);
        self.app.store.close().await.expect("closed");
        drop(self);
        Self::on(dir, engine, Config::default(), Gate::new(2, 4)).await
    }

    /// Ends it and leaves its folder, for another server.
    pub async fn leave(self) -> Arc<TempDir> {
        self.app.store.close().await.expect("closed");
        self.dir
    }

    async fn on(dir: Arc<TempDir>, engine: ScriptedEngine, config: Config, gate: Gate) -> Self {
        web::install_metrics().expect("metrics");
        let store = Store::open(dir.path()).await.expect("a store");
        let engine = Metered::new(Arc::new(engine));
        let app = App::new(config, store, Arc::new(engine), gate);
        Self { router: web::router(app.clone()), app, dir }
    }

    /// The same server by another clock.
    pub fn by(mut self, clock: Arc<dyn Clock>) -> Self {
        self.app.clock = clock;
        self.router = web::router(self.app.clone());
        self
    }

    /// The data folder.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        Answer::read(response).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_raw(path, "application/json", body.to_string()).await
    }

    pub async fn post_raw(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).expect("a request")).await
    }
}

impl Answer {
    async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("visible"))
    }

    pub fn json(&self) -> Value {
        let text = || String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", text()))
    }

    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// A page that says what went wrong.
    #[track_caller]
    pub fn problem_page(&self, status: u16) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert!(self.header("content-type").starts_with("text/html"), "{text}");
    }

    /// A problem document of this status and code, whole.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{text}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        for member in ["title", "detail", "instance"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}");
        }
        assert!(problem["errors"].is_array());
        problem
    }

    /// Such a document that blames one field, with this code and pointer.
    #[track_caller]
    pub fn blames(&self, pointer: &str, code: &str) -> Value {
        let problem = self.problem(422, "invalid_request");
        let blamed = &problem["errors"][0];
        assert_eq!(
            (&blamed["pointer"], &blamed["code"]),
            (&pointer.into(), &code.into()),
            "{problem}"
        );
        problem
    }
}
