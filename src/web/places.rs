//! `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): how many runs may be
//! at work or wait at once, and how many more would be let in now.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::engine::Gate;

/// Says it on every answer of a call that goes through the gate, refusals included.
pub(super) async fn tell(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in said(&app.gate) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

fn said(gate: &Gate) -> [(&'static str, String); 2] {
    let quota = gate.concurrent() + gate.capacity();
    let left = gate.left();
    let mut now = format!("\"places\";r={left}");
    if left == 0 {
        now.push_str(&format!(";t={}", gate.retry_after_s()));
    }
    let policy = format!("\"places\";q={quota};qu=\"concurrent-requests\"");
    [("ratelimit-policy", policy), ("ratelimit", now)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_left_goes_down_to_nothing_and_then_says_when() {
        let gate = Gate::new(1, 1);
        let now = || said(&gate)[1].1.clone();
        assert_eq!(said(&gate)[0].1, "\"places\";q=2;qu=\"concurrent-requests\"");
        assert_eq!(now(), "\"places\";r=2");
        let _first = gate.try_acquire().expect("room");
        assert_eq!(now(), "\"places\";r=1");
        let _second = gate.try_acquire().expect("room");
        assert!(now().starts_with("\"places\";r=0;t="), "{}", now());
    }
}
