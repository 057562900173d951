//! What `/metrics` shows, and the numbers of every request.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper ends of the buckets of every duration, in seconds: from a page out of the store to a long
/// run.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0];

/// Upper ends of the buckets of scores.
const SCORES: [f64; 10] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

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
    let handle = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .set_buckets_for_metric(Matcher::Full("glore_step_score".to_owned()), &SCORES)?
        .install_recorder()?;
    describe();
    let _ = HANDLE.set(handle);
    Ok(())
}

/// Every name, what it says, and who writes it: this file and `frame.rs`, `listen.rs`, `work/count.rs`,
/// `engine/metered.rs` and `cli/reload.rs`.
fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("http_requests_total", "Requests answered");
    describe_histogram!("http_request_duration_seconds", "Time from request to response");
    describe_gauge!("http_requests_in_flight", "Requests being answered");
    describe_gauge!("glore_connections_open", "Connections open now");
    describe_gauge!("glore_connections_limit", "Connections that may be open");
    describe_counter!(
        "glore_connections_full_total",
        "Times that every connection was taken and others had to wait"
    );
    describe_gauge!("glore_queue_depth", "Runs waiting, by who waits");
    describe_gauge!("glore_background_waiting", "Runs in the background that wait, by priority");
    describe_histogram!("glore_queue_wait_seconds", "Time a run waited");
    describe_gauge!("glore_runs", "Runs in the store, by status");
    describe_counter!("glore_runs_total", "Runs ended since the start, by kind and status");
    describe_histogram!("glore_stage_duration_seconds", "Time of each stage of a run");
    describe_histogram!("glore_engine_duration_seconds", "Time of each call of a model, by role");
    describe_counter!("glore_tokens_total", "Tokens generated, by kind of solution");
    describe_histogram!("glore_step_score", "Scores of steps by the SORM");
    describe_counter!("glore_choice_total", "Kind of the solution that was chosen");
    describe_counter!("glore_model_reloads_total", "Answers to SIGHUP, by outcome");
    describe_counter!("glore_flips_total", "Answers right or wrong, first and chosen");
}

/// Prometheus' text form; empty before [`install`].
pub(super) fn render() -> String {
    HANDLE.get().map_or_else(String::new, |handle| {
        handle.run_upkeep();
        handle.render()
    })
}

/// Counts a request. `path` is the pattern of its route, not the address: one series a route.
pub(super) fn request(method: &Method, path: &str, status: StatusCode, took: Duration) {
    let labels = [("method", method_word(method).to_owned()), ("path", path.to_owned())];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    let status = ("status", status.as_u16().to_string());
    let [method, path] = labels;
    metrics::counter!("http_requests_total", &[method, path, status]).increment(1);
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
pub(super) fn gauge(who: &'static str, waiting: u64) {
    metrics::gauge!("glore_queue_depth", "who" => who).set(waiting as f64);
}

/// How many runs in the background wait of a priority.
pub(super) fn waiting(priority: &'static str, n: usize) {
    metrics::gauge!("glore_background_waiting", "priority" => priority).set(n as f64);
}

/// One more of something until it is dropped.
#[derive(Debug)]
pub(super) struct Present(&'static str);

impl Present {
    fn enter(gauge: &'static str) -> Self {
        metrics::gauge!(gauge).increment(1.0);
        Self(gauge)
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        metrics::gauge!(self.0).decrement(1.0);
    }
}

/// A connection is open.
pub(super) fn connection() -> Present {
    Present::enter("glore_connections_open")
}

/// A request is being answered.
pub(super) fn in_flight() -> Present {
    Present::enter("http_requests_in_flight")
}

/// How many runs of a status there are.
pub(super) fn runs(status: &'static str, n: u64) {
    metrics::gauge!("glore_runs", "status" => status).set(n as f64);
}

/// How many may be open.
pub(super) fn connection_limit(limit: usize) {
    metrics::gauge!("glore_connections_limit").set(limit as f64);
    // There from the start, so that the first rise is seen as one.
    metrics::counter!("glore_connections_full_total").absolute(0);
}

/// All are open and another one has to wait.
pub(super) fn connections_full() {
    metrics::counter!("glore_connections_full_total").increment(1);
}
