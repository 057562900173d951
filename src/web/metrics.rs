//! What `/metrics` shows, and the numbers of every request.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// Upper ends of the buckets of every duration, in seconds: from a page out of the store to a long
/// run.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts counting; once a process, later calls do nothing.
///
/// # Errors
/// When another library has taken the place of the recorder.
pub fn install() -> Result<(), BuildError> {
    // Two callers at once must not both try: the second would be told that the place is taken.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if HANDLE.get().is_some() {
        return Ok(());
    }
    let handle = PrometheusBuilder::new().set_buckets(&SECONDS)?.install_recorder()?;
    metrics::describe_counter!("http_requests_total", "Requests answered");
    metrics::describe_histogram!("http_request_duration_seconds", "Time from request to response");
    metrics::describe_histogram!("glore_stage_duration_seconds", "Time of each stage of a run");
    metrics::describe_counter!("glore_tokens_total", "Tokens generated");
    metrics::describe_counter!("glore_choice_total", "Kind of the solution that was chosen");
    metrics::describe_counter!("glore_runs_total", "Runs ended, by kind and status");
    metrics::describe_gauge!("glore_queue_depth", "Runs waiting, by who waits");
    let _ = HANDLE.set(handle);
    Ok(())
}

/// Prometheus' text form; empty before [`install`].
pub(super) fn render() -> String {
    HANDLE.get().map_or_else(String::new, |handle| {
        handle.run_upkeep();
        handle.render()
    })
}

/// Counts a request. `route` is the pattern, not the address: one series a route.
pub(super) fn request(method: &Method, route: &str, status: StatusCode, took: Duration) {
    let labels = [("method", method_word(method).to_owned()), ("route", route.to_owned())];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    let status = ("status", status.as_u16().to_string());
    let [method, route] = labels;
    metrics::counter!("http_requests_total", &[method, route, status]).increment(1);
}

/// A client may make up methods; it must not make up series.
fn method_word(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// How many wait now.
pub(super) fn gauge(who: &'static str, waiting: usize) {
    metrics::gauge!("glore_queue_depth", "who" => who).set(waiting as f64);
}
