//! `ETag` and `If-None-Match`: an answer that a client has already is not sent again.

use axum::body::{Body, to_bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::{Code, Error};

/// Bytes of the hash that stand in a tag: enough that no two answers share one.
const TAG_BYTES: usize = 16;

/// Names the content of an answer, and leaves the content out when `asked` names it too.
///
/// # Errors
/// A body that ends early, which one that lies in memory does not.
pub(super) async fn tagged(asked: &HeaderMap, response: Response) -> Result<Response, Error> {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX)
        .await
        .map_err(|e| Error::new(Code::Internal, "the answer could not be written").because(e))?;
    let tag = tag(&bytes);
    let known = asked.get_all(IF_NONE_MATCH).iter().any(|names| is_named(&tag, names));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, value);
    }
    parts.headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if !known {
        return Ok(Response::from_parts(parts, Body::from(bytes)));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::empty()))
}

/// A strong tag names bytes, and compressed bytes are others.
pub(super) fn of_encoding(headers: &mut HeaderMap) {
    let encoding = headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    let tag = headers.get(ETAG).and_then(|value| value.to_str().ok());
    let (Some(encoding), Some(tag)) = (encoding, tag) else { return };
    let named = tag.strip_suffix('"').map(|tag| format!("{tag}-{encoding}\""));
    if let Some(value) = named.and_then(|named| HeaderValue::from_str(&named).ok()) {
        headers.insert(ETAG, value);
    }
}

fn tag(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hash: String = hash[..TAG_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}

/// `If-None-Match` is compared weakly (RFC 9110, 13.1.2), and with either encoding of the content.
fn is_named(tag: &str, names: &HeaderValue) -> bool {
    let Ok(names) = names.to_str() else { return false };
    let gzipped = format!("{}-gzip", tag.trim_matches('"'));
    names.split(',').map(str::trim).any(|name| {
        let name = name.strip_prefix("W/").unwrap_or(name);
        name == "*" || name == tag || name.trim_matches('"') == gzipped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &'static str) -> bool {
        is_named("\"ab\"", &HeaderValue::from_static(names))
    }

    #[test]
    fn tags_are_found_in_lists() {
        for names in ["\"ab\"", "W/\"ab\"", "\"x\", \"ab\"", "*", "\"ab-gzip\""] {
            assert!(named(names), "{names}");
        }
        for names in ["", "\"a\"", "ab", "\"abc\"", "W/", "\"ab-br\""] {
            assert!(!named(names), "{names}");
        }
    }

    #[test]
    fn compressed_content_has_a_tag_of_its_own() {
        let mut headers = HeaderMap::new();
        headers.insert(ETAG, HeaderValue::from_static("\"ab\""));
        of_encoding(&mut headers);
        assert_eq!(headers[ETAG], "\"ab\"");
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        of_encoding(&mut headers);
        assert_eq!(headers[ETAG], "\"ab-gzip\"");
    }

    #[test]
    fn one_byte_more_is_another_tag() {
        assert_eq!(tag(b"x"), tag(b"x"));
        assert_ne!(tag(b"x"), tag(b"xy"));
        assert_eq!(tag(b"").len(), 2 + 2 * TAG_BYTES);
    }
}
