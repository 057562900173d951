//! Every route on one screen, and the layers around them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{
    annotations, batches, cancel, chat, completions, critique, diff, events, health, models,
    openapi, priority, refine, review, runs, solve,
};
use super::body::in_time;
use super::frame::{frame, panicked};
use super::{Code, Error, accept, address, idempotency, pages, places, rights};
use crate::app::App;

/// The calls that make a run: one place at the gate each, safe to repeat with an `Idempotency-Key`.
pub(super) fn creating() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(solve::handler))
        .routes(routes!(critique::handler))
        .routes(routes!(refine::handler))
        .routes(routes!(batches::create))
}

/// The other calls of the API, and what machines ask.
pub(super) fn other() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(runs::list))
        .routes(routes!(runs::one))
        .routes(routes!(diff::handler))
        .routes(routes!(cancel::handler))
        .routes(routes!(priority::handler))
        .routes(routes!(annotations::export))
        .routes(routes!(annotations::manifest))
        .routes(routes!(events::handler))
        .routes(routes!(chat::handler))
        .routes(routes!(completions::handler))
        .routes(routes!(review::queues::handler))
        .routes(routes!(review::next::handler))
        .routes(routes!(review::submissions::handler))
        .routes(routes!(batches::get::list))
        .routes(routes!(batches::get::handler))
        .routes(routes!(batches::cancel::handler))
        .routes(routes!(batches::priority::handler))
        .routes(routes!(batches::results::handler))
        .routes(routes!(models::handler))
        .routes(routes!(models::one))
        .routes(routes!(openapi::handler))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::version))
        .routes(routes!(health::metrics))
}

/// The whole server.
pub fn router(app: App) -> Router {
    surround(inner(&app), app)
}

/// Every route, with nothing around it that could refuse.
fn inner(app: &App) -> Router<App> {
    let creating = Router::from(creating())
        .route_layer(from_fn_with_state(app.clone(), idempotency::keep))
        .route_layer(from_fn_with_state(app.clone(), places::tell));
    let api = creating.merge(other()).route_layer(from_fn(accept::check));
    api.merge(pages::routes())
}

/// What every route has around it; the last layer is the outermost.
fn surround(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(app.clone(), rights::check))
        .layer(from_fn_with_state(app.clone(), in_time))
        .layer(DefaultBodyLimit::max(app.config.server.max_body_bytes))
        .layer(CsrfLayer::new().with_rejection_response(cross_origin))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new())
        .layer(from_fn(address::check))
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
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;
    use crate::config::Config;
    use crate::engine::{Gate, ScriptedEngine};
    use crate::store::Store;

    /// Every address of a router, as its debugging form shows them.
    fn addresses<S>(router: &Router<S>) -> BTreeSet<String> {
        let shown = format!("{router:?}");
        let words = shown.split('"').skip(1).step_by(2);
        words
            .filter(|word| word.starts_with("/") && !word.contains("__private__"))
            .map(str::to_owned)
            .collect()
    }

    #[tokio::test]
    async fn the_document_has_every_address_that_is_no_page_and_no_other() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("a store");
        let engine = Arc::new(ScriptedEngine::new());
        let app = App::new(Config::default(), store, engine, Gate::new(1, 1));
        let pages = addresses(&pages::routes());
        assert!(pages.contains("/docs") && pages.len() > 5, "{pages:?}");
        let served: BTreeSet<String> = &addresses(&router(app)) - &pages;
        let paths = super::super::contract::document()["paths"].as_object().expect("paths");
        let documented: BTreeSet<String> = paths.keys().cloned().collect();
        assert_eq!(served, documented);
        assert!(served.contains("/v1/runs/{id}") && !served.iter().any(|path| path == "/"));
    }

    /// The methods of each route as the router itself has them, with nothing around it.
    async fn methods(app: &App, route: &str) -> BTreeSet<String> {
        let address = route.replace("{id}", "x").replace("{word}", "x");
        let address = address.replace("{hash}", "x").replace("{*name}", "x");
        let request = Request::builder().method("PURGE").uri(address).body(Body::empty());
        let router = inner(app).with_state(app.clone());
        let answer = router.oneshot(request.expect("a request")).await.expect("infallible");
        let allowed = answer.headers().get("allow").and_then(|value| value.to_str().ok());
        let allowed = allowed.unwrap_or_else(|| panic!("{route} is no route"));
        let methods = allowed.split(',').map(|method| method.trim().to_owned());
        methods.filter(|method| method != "HEAD").collect()
    }

    #[tokio::test]
    async fn the_table_of_rights_has_every_route_with_its_methods_and_no_other() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("a store");
        let engine = Arc::new(ScriptedEngine::new());
        let app = App::new(Config::default(), store, engine, Gate::new(1, 1));
        let routes = addresses(&inner(&app));
        assert!(routes.len() > 30 && routes.contains("/v1/solve"), "{routes:?}");
        let mut listed = BTreeSet::new();
        for (path, ..) in rights::rights_table() {
            listed.insert((*path).to_owned());
        }
        assert_eq!(routes, listed);
        for route in &routes {
            let table = rights::rights_table().iter().filter(|(path, ..)| path == route);
            let table: BTreeSet<String> = table.map(|(_, method, _)| (*method).into()).collect();
            assert_eq!(methods(&app, route).await, table, "{route}");
        }
    }

    #[tokio::test]
    async fn a_route_that_is_not_in_the_table_is_for_nobody() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("a store");
        let engine = Arc::new(ScriptedEngine::new());
        let app = App::new(Config::default(), store, engine, Gate::new(1, 1));
        let forgotten = Router::new().route("/v1/forgotten", get(async || "secret"));
        let router = surround(forgotten, app);
        let request = Request::get("/v1/forgotten").body(Body::empty()).expect("a request");
        assert_eq!(router.oneshot(request).await.expect("infallible").status(), 403);
    }

    #[tokio::test]
    async fn a_panic_is_a_500_that_tells_nothing_and_the_server_goes_on() {
        async fn panics() {
            panic!("a secret");
        }
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("a store");
        let engine = Arc::new(ScriptedEngine::new());
        let app = App::new(Config::default(), store, engine, Gate::new(1, 1));
        let router = surround(Router::new().route("/version", get(panics)), app);
        for _ in 0..2 {
            let request = Request::get("/version").body(Body::empty()).expect("a request");
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
