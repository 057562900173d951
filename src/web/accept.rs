//! `Accept`: an answer of a kind that the client cannot read is refused before any work is done.
//!
//! What a call can answer with stands in the OpenAPI document; a call that is not in it, a page, is
//! answered as it is.

use axum::extract::{MatchedPath, Request};
use axum::http::header::ACCEPT;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Code, Error, contract};

/// Refuses a request that accepts none of what its call answers with.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let offered = contract::media_types(route.unwrap_or_default(), request.method());
    let accepts: Vec<&str> =
        request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if offered.is_empty() || is_accepted(&accepts, &offered) {
        return next.run(request).await;
    }
    let (asked, offered) = (accepts.join(", "), offered.join(" or "));
    let asked: String = asked.chars().take(200).collect();
    let detail = format!("the answer is {offered}, and Accept allows only `{asked}`");
    Error::new(Code::NotAcceptable, detail).into_response()
}

/// No `Accept` at all allows everything. The most specific range that fits decides, and `q=0`
/// means no.
fn is_accepted(accepts: &[&str], offered: &[&str]) -> bool {
    let ranges: Vec<(&str, bool)> =
        accepts.iter().flat_map(|list| list.split(',')).filter_map(range).collect();
    ranges.is_empty()
        || offered.iter().any(|kind| {
            let whole = kind.split('/').next().map(|family| format!("{family}/*"));
            let names = [*kind, whole.as_deref().unwrap_or_default(), "*/*"];
            let decides = |name: &str| ranges.iter().find(|(r, _)| r.eq_ignore_ascii_case(name));
            names.into_iter().find_map(decides).is_some_and(|(_, wanted)| *wanted)
        })
}

/// One range of the list, and whether it is wanted; parameters other than `q` do not matter here.
fn range(text: &str) -> Option<(&str, bool)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    let wanted = weight.is_none_or(|q| q.parse::<f32>().is_ok_and(|q| q > 0.0));
    Some((name, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_meant() {
        let json = |accept: &str| is_accepted(&[accept], &["application/json"]);
        for fits in [
            "",
            "*/*",
            "application/*",
            "Application/JSON",
            "text/html, application/json;q=0.1",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "application/json; charset=utf-8",
        ] {
            assert!(json(fits), "{fits}");
        }
        for odd in [
            "text/html",
            "application/json;q=0",
            "application/json;q=0, */*",
            "application/xml",
            "*/*;q=0.0",
            "text/*",
        ] {
            assert!(!json(odd), "{odd}");
        }
        assert!(is_accepted(&[], &["application/json"]));
        assert!(is_accepted(&["text/event-stream"], &["application/json", "text/event-stream"]));
    }
}
