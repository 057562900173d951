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
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_is_named() {
        let log = Log { filter: "glore=loud".to_owned(), json: false };
        let error = subscriber(&log, std::io::sink).err().expect("refused").to_string();
        assert!(error.contains("log.filter = glore=loud"), "{error}");
    }
}
