//! Spans of requests and runs to an OpenTelemetry collector, in builds with the `otel` feature.
//!
//! Set by the variables that every OpenTelemetry program reads (`OTEL_EXPORTER_OTLP_ENDPOINT`,
//! `OTEL_SERVICE_NAME`, ...); without an endpoint nothing is sent. OTLP over HTTP without TLS: to a
//! collector on this machine or in the same network.

use std::env;

use anyhow::Context;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

const NAME: &str = "glore";

/// Any of these says where the collector is.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// Sends what is left when it is dropped, which must not be within an asynchronous runtime.
#[derive(Debug)]
pub(super) struct Sender(SdkTracerProvider);

impl Drop for Sender {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// What sends spans, if there is a collector.
///
/// # Errors
/// An endpoint that cannot be used.
pub(super) fn sender() -> anyhow::Result<Option<Sender>> {
    if ENDPOINTS.iter().all(|name| env::var_os(name).is_none()) {
        return Ok(None);
    }
    let exporter =
        SpanExporter::builder().with_http().build().context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
    Ok(Some(Sender(provider(exporter))))
}

fn provider(exporter: SpanExporter) -> SdkTracerProvider {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let mut resource = Resource::builder().with_attribute(version);
    if env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name(NAME);
    }
    SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.build())
        .build()
}

impl Sender {
    /// What turns the program's spans into the collector's.
    pub(super) fn layer<S>(&self) -> OpenTelemetryLayer<S, Tracer>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer(NAME))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use opentelemetry_otlp::WithExportConfig;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// A collector that takes one request and returns it.
    fn collector() -> (String, thread::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let taken = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = Vec::new();
            let mut part = [0; 4096];
            let whole = |request: &[u8]| {
                let text = String::from_utf8_lossy(request).to_lowercase();
                let (head, _) = text.split_once("\r\n\r\n")?;
                let length = head.split("content-length: ").nth(1)?.lines().next()?;
                Some(request.len() >= head.len() + 4 + length.parse::<usize>().ok()?)
            };
            while whole(&request) != Some(true) {
                let read = stream.read(&mut part).expect("readable");
                assert!(read > 0, "cut off");
                request.extend_from_slice(&part[..read]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("answered");
            request
        });
        (format!("http://{address}/v1/traces"), taken)
    }

    #[test]
    fn spans_reach_a_collector_with_their_fields_before_the_end() {
        let (endpoint, taken) = collector();
        let exporter = SpanExporter::builder().with_http().with_endpoint(endpoint).build();
        let sender = Sender(provider(exporter.expect("an exporter")));
        let subscriber = tracing_subscriber::registry().with(sender.layer());
        tracing::subscriber::with_default(subscriber, || {
            tracing::info_span!("run", run_id = "run-of-the-test").in_scope(|| {});
        });
        drop(sender);
        let request = taken.join().expect("a request");
        let holds = |text: &str| request.windows(text.len()).any(|part| part == text.as_bytes());
        for text in ["POST /v1/traces", "run-of-the-test", "run_id", "glore", "service.version"] {
            assert!(holds(text), "{text} is missing");
        }
    }
}
