//! Headers that every response carries.

use std::time::Duration;

use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

use crate::domain::Timings;

/// Everything comes from here and nothing runs inline: text of a model or a user that slips
/// through the escaping can still do nothing.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                   font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
                   frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, CSP),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Sets what keeps a browser from doing more than it should.
pub(super) fn secure(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// `Server-Timing` of an answer that is no run: what the server took for it.
pub(super) fn time(headers: &mut HeaderMap, took: Duration) {
    let name = HeaderName::from_static("server-timing");
    let value = format!("total;dur={:.1}", took.as_secs_f64() * 1000.0);
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.entry(name).or_insert(value);
    }
}

/// `Server-Timing` of a run, which browsers and `curl -i` show.
pub(super) fn server_timing(timings: &Timings) -> String {
    let Timings { queue, draft, score, refine, rerank } = timings;
    let total = timings.total();
    format!(
        "queue;dur={queue}, draft;dur={draft}, score;dur={score}, refine;dur={refine}, \
         rerank;dur={rerank}, total;dur={total}"
    )
}
