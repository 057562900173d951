//! `/livez`, `/readyz`, `/version` and `/metrics`: for machines that watch this one.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::RunStatus;
use crate::engine::Health;
use crate::web::{Code, Error, metrics};

/// A store that takes longer than this to accept a write is not ready.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alive {
    /// Always `ok`.
    status: &'static str,
}

/// Whether one part of the server can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    ok: bool,
    /// Why not.
    #[schema(required = true)]
    reason: Option<String>,
}

/// A run sent now would be done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// Always `ready`.
    status: &'static str,
    /// Of `models`, `store`, `queue` and `server`.
    checks: BTreeMap<&'static str, Check>,
}

/// What is running.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    name: &'static str,
    version: &'static str,
}

/// Says nothing of the models.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "livez",
    tag = "server",
    summary = "Whether the process answers",
    responses((status = 200, description = "It does", body = Alive)),
)]
pub async fn live() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// Models loaded, store writable, queue not full, not stopping.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "server",
    summary = "Whether a run sent now would be done",
    responses(
        (status = 200, description = "Every check passes", body = Ready),
        (status = 503, description = "Some check fails; `checks` says which and why (`not_ready`)"),
    ),
)]
pub async fn ready(State(app): State<App>) -> Result<Json<Ready>, Error> {
    let checks = [
        ("models", models(&app)),
        ("store", store(&app).await),
        ("queue", queue(&app)),
        ("server", server(&app)),
    ];
    let reasons: Vec<String> = checks
        .iter()
        .filter_map(|(name, check)| check.as_ref().err().map(|reason| format!("{name}: {reason}")))
        .collect();
    let checks: BTreeMap<_, _> = checks
        .into_iter()
        .map(|(name, check)| (name, Check { ok: check.is_ok(), reason: check.err() }))
        .collect();
    if reasons.is_empty() {
        return Ok(Json(Ready { status: "ready", checks }));
    }
    Err(Error::new(Code::NotReady, reasons.join("; ")).with("checks", json!(checks)))
}

fn models(app: &App) -> Result<(), String> {
    match app.engine.now().health() {
        Health::Ready => Ok(()),
        Health::NotReady(reason) => Err(reason),
    }
}

async fn store(app: &App) -> Result<(), String> {
    match tokio::time::timeout(STORE_TIMEOUT, app.store.check_writable()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store is not writable");
            Err("it cannot be written".to_owned())
        }
        Err(_) => Err(format!("it did not answer within {} s", STORE_TIMEOUT.as_secs())),
    }
}

fn queue(app: &App) -> Result<(), String> {
    let (depth, capacity) = (app.gate.depth(), app.gate.capacity());
    if capacity > 0 && depth >= capacity {
        return Err(format!("all {capacity} places are taken"));
    }
    Ok(())
}

fn server(app: &App) -> Result<(), String> {
    if app.shutdown.is_cancelled() { Err("it is stopping".to_owned()) } else { Ok(()) }
}

/// The same as `glore --version`.
#[utoipa::path(
    get,
    path = "/version",
    operation_id = "version",
    tag = "server",
    summary = "What is running",
    responses((status = 200, description = "Name and version", body = Version)),
)]
pub async fn version() -> Json<Version> {
    Json(Version { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") })
}

/// Requests, runs, stages, tokens and queues.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "server",
    summary = "Numbers for Prometheus",
    responses((status = 200, description = "Prometheus' text form", body = String)),
)]
pub async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Error> {
    let counts = app.store.runs().counts().await?;
    for status in RunStatus::ALL {
        metrics::runs(status.as_str(), counts.of("status", status.as_str()));
    }
    metrics::gauge("clients", app.gate.depth() as u64);
    metrics::gauge("background", counts.of("status", RunStatus::Queued.as_str()));
    for (priority, n) in app.store.runs().waiting_by_priority().await? {
        metrics::waiting(priority.as_str(), n);
    }
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::render()))
}
