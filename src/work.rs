//! An order done: the pipeline run under the eyes of [`crate::app::Live`], timed and counted.
//!
//! What a request in the foreground and a worker in the background have in common. Nothing is
//! stored here and no permit is taken: the caller holds the permit, keeps the run, and only then
//! tells that it has ended.

mod count;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tracing::Instrument;

use crate::app::{App, LiveGuard};
use crate::domain::{
    Probability, Role, Run, RunError, RunProblem, RunStatus, Threshold, ThresholdSource, Timestamp,
    Timings,
};
use crate::engine::{Cancel, Engine, EngineError};
use crate::pipeline::{self, Order, PipelineError};

/// How an order ended.
#[derive(Debug)]
pub struct Done {
    /// Completed, failed or cancelled; fit to be stored in any case.
    pub run: Run,
    /// Why it did not complete; none also for a panic, which is in the log.
    pub error: Option<PipelineError>,
}

/// Does an order that waited for `queued`. Failures and panics become runs that say so.
pub async fn perform(
    app: &App,
    order: &Order,
    created_at: Timestamp,
    queued: Duration,
    live: &LiveGuard,
    cancel: &Cancel,
) -> Done {
    let tell = |event| live.tell(event);
    // The same models from beginning to end, whatever the server is told meanwhile.
    let engine = app.engine.now();
    let work = pipeline::run(&*engine, order, created_at, cancel, &tell);
    let span = tracing::info_span!("run", run_id = %order.id, kind = order.ask.kind().as_str());
    let ended = AssertUnwindSafe(work).catch_unwind().instrument(span.clone()).await;
    let blank = || blank(&*engine, order, RunStatus::Running, created_at);
    let mut done = match ended {
        Ok(Ok(run)) => Done { run, error: None },
        Ok(Err(error)) => Done { run: stopped(blank(), &error), error: Some(error) },
        Err(_panic) => {
            let detail = "an error of the server itself; it has been written to its log";
            Done { run: failed(blank(), "internal", detail.to_owned()), error: None }
        }
    };
    done.run.timings_ms.queue = u64::try_from(queued.as_millis()).unwrap_or(u64::MAX);
    count::count(&done.run);
    span.in_scope(|| {
        let (status, ms) = (done.run.status.as_str(), done.run.timings_ms.total());
        let code = done.run.error.as_ref().map(|error| error.code.as_str());
        tracing::info!(status, ms, code, "a run has ended");
    });
    done
}

/// A run with nothing in it yet.
pub fn blank(engine: &dyn Engine, order: &Order, status: RunStatus, created_at: Timestamp) -> Run {
    Run {
        id: order.id,
        object: Run::OBJECT.to_owned(),
        kind: order.ask.kind(),
        strategy: order.ask.strategy(),
        status,
        problem: RunProblem::from(&order.problem),
        solutions: Vec::new(),
        chosen: None,
        answer: None,
        threshold: threshold(engine),
        timings_ms: Timings::default(),
        notes: Vec::new(),
        error: None,
        priority: None,
        created_at,
    }
}

/// A run that failed.
pub fn failed(run: Run, code: &str, detail: String) -> Run {
    let error = Some(RunError { code: code.to_owned(), detail });
    Run { status: RunStatus::Failed, error, ..run }
}

/// A run that was ended by an error: cancelled when somebody wished so, else failed.
pub fn stopped(run: Run, error: &PipelineError) -> Run {
    let cancelled = matches!(error, PipelineError::Engine(EngineError::Cancelled));
    let run = failed(run, error.code(), error.to_string());
    if cancelled { Run { status: RunStatus::Cancelled, ..run } } else { run }
}

/// The SORM's threshold; the middle where it has none.
fn threshold(engine: &dyn Engine) -> Threshold {
    let middle = || Probability::from_logits(0.0, 0.0).expect("equal logits are finite");
    let known = engine.describe(Role::Sorm).threshold;
    known.unwrap_or_else(|| Threshold { sorm: middle(), source: ThresholdSource::Default })
}
