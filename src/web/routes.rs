//! Every route on one screen, and the layers around them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::api::{cancel, chat, critique, diff, health, models, refine, runs, solve};
use super::frame::{frame, panicked};
use super::{Code, Error, pages};
use crate::app::App;

/// The whole server.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/v1/solve", post(solve::handler))
        .route("/v1/critique", post(critique::handler))
        .route("/v1/refine", post(refine::handler))
        .route("/v1/runs", get(runs::list))
        .route("/v1/runs/{id}", get(runs::one))
        .route("/v1/runs/{id}/diff", get(diff::handler))
        .route("/v1/runs/{id}/cancel", post(cancel::handler))
        .route("/v1/chat/completions", post(chat::handler))
        .route("/v1/models", get(models::handler));
    let machine = Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/version", get(health::version))
        .route("/metrics", get(health::metrics));
    surround(api.merge(machine).merge(pages::routes()), app)
}

/// What every route has around it; the last layer is the outermost.
fn surround(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(app.config.server.max_body_bytes))
        .layer(CsrfLayer::new().with_rejection_response(cross_origin))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new())
        .layer(from_fn(frame))
        .with_state(app)
}

async fn not_found() -> Error {
    let detail = format!("there is nothing at `{}`", super::context::path());
    Error::new(Code::NotFound, detail)
}

async fn method_not_allowed(method: axum::http::Method) -> Error {
    let detail = format!("{method} is not allowed here; the Allow header says what is");
    Error::new(Code::MethodNotAllowed, detail)
}

fn cross_origin(error: ProtectionError) -> Response {
    Error::new(Code::CrossOrigin, error.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;
    use crate::config::Config;
    use crate::engine::{Gate, ScriptedEngine};
    use crate::store::Store;

    #[tokio::test]
    async fn a_panic_is_a_500_that_tells_nothing_and_the_server_goes_on() {
        async fn panics() {
            panic!("a secret");
        }
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("a store");
        let engine = Arc::new(ScriptedEngine::new());
        let app = App::new(Config::default(), store, engine, Gate::new(1, 1));
        let router = surround(Router::new().route("/v1/panic", get(panics)), app);
        for _ in 0..2 {
            let request = Request::get("/v1/panic").body(Body::empty()).expect("a request");
            let response = router.clone().oneshot(request).await.expect("infallible");
            assert_eq!(response.status(), 500);
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            assert!(response.headers().contains_key("x-request-id"));
            let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            let text = String::from_utf8_lossy(&body);
            assert!(text.contains("\"internal\"") && !text.contains("secret"), "{text}");
        }
    }
}
