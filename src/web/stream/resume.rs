//! Where a reader left off: the id of the last event it had.

use axum::http::HeaderMap;

use crate::web::{Code, Error};

/// What a browser sends by itself when a stream broke off.
const HEADER: &str = "last-event-id";

/// How many events the reader has had. The header is newer than the address, which a browser
/// repeats as it was.
///
/// # Errors
/// A text that is the id of no event, by the name it came under.
pub(in crate::web) fn after(headers: &HeaderMap, query: Option<&str>) -> Result<usize, Error> {
    match (headers.get(HEADER), query) {
        (Some(value), _) => read("Last-Event-ID", &String::from_utf8_lossy(value.as_bytes())),
        (None, Some(value)) => read("after", value),
        (None, None) => Ok(0),
    }
}

fn read(name: &str, text: &str) -> Result<usize, Error> {
    let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok());
    number.flatten().ok_or_else(|| {
        let shown: String = text.chars().take(80).collect();
        let detail = format!("must be the id of an event, a whole number; `{shown}` was given");
        let error = Error::new(Code::BadRequest, format!("{name}: {detail}"));
        error.field(format!("/{name}"), "bad_event_id", detail)
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(id: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_static(id));
        headers
    }

    #[test]
    fn the_header_wins_over_the_address() {
        assert_eq!(after(&HeaderMap::new(), None).ok(), Some(0));
        assert_eq!(after(&HeaderMap::new(), Some("3")).ok(), Some(3));
        assert_eq!(after(&headers("7"), Some("3")).ok(), Some(7));
    }

    #[test]
    fn what_is_no_id_is_refused_by_its_name() {
        for bad in ["", "-1", "+1", "1.0", "x", "7 ", "99999999999999999999999"] {
            let error = after(&headers(bad), None).expect_err("refused");
            assert!(error.detail().starts_with("Last-Event-ID: "), "{}", error.detail());
            let error = after(&HeaderMap::new(), Some(bad)).expect_err("refused");
            assert!(error.detail().starts_with("after: "), "{}", error.detail());
        }
    }
}
