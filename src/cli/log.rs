//! The log of a server, on standard error: text for people, or one JSON object a line for machines.
//!
//! Every line about a request carries its `request_id`, every line about a run its `run_id`; a run
//! in the foreground has both, in the spans around the line.

use std::io::IsTerminal;

use anyhow::Context;
use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

use crate::config::Log;

/// Sends what is left of the log to where it goes; to be dropped last, outside of any runtime.
#[must_use]
pub(super) struct Started {
    #[cfg(feature = "otel")]
    _spans: Option<super::spans::Sender>,
}

/// Starts it for the rest of the process.
///
/// # Errors
/// A filter that cannot be read; with the `otel` feature, a collector's address that cannot be used.
pub(super) fn start(log: &Log) -> anyhow::Result<Started> {
    let lines = subscriber(log, std::io::stderr)?;
    #[cfg(feature = "otel")]
    {
        let spans = super::spans::sender()?;
        lines.with(spans.as_ref().map(super::spans::Sender::layer)).try_init()?;
        Ok(Started { _spans: spans })
    }
    #[cfg(not(feature = "otel"))]
    {
        lines.try_init()?;
        Ok(Started {})
    }
}

fn subscriber<W>(
    log: &Log,
    writer: W,
) -> anyhow::Result<impl Subscriber + for<'a> LookupSpan<'a> + Send + Sync + 'static>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&log.filter)
        .with_context(|| format!("configuration: log.filter = {}", log.filter))?;
    let lines =
        fmt::layer().with_ansi(!log.json && std::io::stderr().is_terminal()).with_writer(writer);
    let lines = if log.json { lines.json().boxed() } else { lines.boxed() };
    Ok(registry().with(filter).with(lines))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;
    use crate::app::App;
    use crate::config::Config;
    use crate::engine::{Gate, ScriptedEngine};
    use crate::store::Store;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("one thread").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        fn read(&self) -> Vec<Value> {
            let bytes = self.0.lock().expect("one thread").clone();
            let text = String::from_utf8(bytes).expect("text");
            text.lines()
                .map(|line| serde_json::from_str(line).expect("one object a line"))
                .collect()
        }
    }

    /// The value of a field in any of the spans around a line.
    fn around<'a>(line: &'a Value, field: &str) -> Option<&'a str> {
        line["spans"].as_array()?.iter().find_map(|span| span[field].as_str())
    }

    #[test]
    fn lines_about_a_run_carry_its_id_and_that_of_its_request() {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log { filter: "glore=info".to_owned(), json: true };
        let subscriber = subscriber(&log, move || writer.clone()).expect("a filter");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let answer: Value = tracing::subscriber::with_default(subscriber, || {
            runtime.expect("a runtime").block_on(async {
                let dir = tempfile::tempdir().expect("a temporary folder");
                let store = Store::open(dir.path()).await.expect("a store");
                let engine = Arc::new(ScriptedEngine::new());
                let app = App::new(Config::default(), store, engine, Gate::new(1, 1));
                let request = Request::post("/v1/solve")
                    .header("content-type", "application/json")
                    .header("x-request-id", "abc-123")
                    .body(Body::from(r#"{"problem":"What is 2 + 2?"}"#))
                    .expect("a request");
                let response = crate::web::router(app).oneshot(request).await.expect("infallible");
                let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
                serde_json::from_slice(&body).expect("JSON")
            })
        });
        let lines = lines.read();
        let ended = |line: &&Value| line["fields"]["message"] == "a run has ended";
        let ended = lines.iter().find(ended).unwrap_or_else(|| panic!("no such line: {lines:?}"));
        assert_eq!(around(ended, "request_id"), Some("abc-123"));
        assert_eq!(around(ended, "run_id"), answer["id"].as_str());
        assert_eq!(ended["fields"]["status"], "completed");
        assert_eq!(ended["level"], "INFO");
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_named() {
        let log = Log { filter: "glore=loud".to_owned(), json: false };
        let error = subscriber(&log, std::io::sink).err().expect("refused").to_string();
        assert!(error.contains("log.filter = glore=loud"), "{error}");
    }
}
