//! `/livez`, `/readyz`, `/version` and `/metrics`: for machines that watch this one.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::RunStatus;
use crate::engine::Health;
use crate::web::{Code, Error, metrics};

/// A store that takes longer than this to accept a write is not ready.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);

/// The process answers.
pub async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// A run sent now would be done: models loaded, store writable, queue not full, not stopping.
pub async fn ready(State(app): State<App>) -> Result<Json<Value>, Error> {
    let checks = [
        ("models", models(&app)),
        ("store", store(&app).await),
        ("queue", queue(&app)),
        ("server", server(&app)),
    ];
    let report: Value = checks
        .iter()
        .map(|(name, check)| {
            let reason = check.as_ref().err();
            ((*name).to_owned(), json!({ "ok": reason.is_none(), "reason": reason }))
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    let reasons: Vec<String> = checks
        .iter()
        .filter_map(|(name, check)| check.as_ref().err().map(|reason| format!("{name}: {reason}")))
        .collect();
    if reasons.is_empty() {
        return Ok(Json(json!({ "status": "ready", "checks": report })));
    }
    Err(Error::new(Code::NotReady, reasons.join("; ")).with("checks", report))
}

fn models(app: &App) -> Result<(), String> {
    match app.engine.health() {
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

/// What is running.
pub async fn version() -> Json<Value> {
    Json(json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") }))
}

/// Prometheus' text form.
pub async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Error> {
    let counts = app.store.runs().counts().await?;
    for status in RunStatus::ALL {
        metrics::runs(status.as_str(), counts.of("status", status.as_str()));
    }
    metrics::gauge("clients", app.gate.depth() as u64);
    metrics::gauge("background", counts.of("status", RunStatus::Queued.as_str()));
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::render()))
}
