//! The text of an address: percent-encoding that is whole, and UTF-8 behind it.
//!
//! Routers and query readers are lenient, each in its own way: `%zz` is kept, `%FF` becomes another
//! character. A client that sends such an address has a bug, and is told so.

use axum::extract::Request;
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Code, Error};

/// Refuses an address that does not say what it seems to say.
pub(super) async fn check(request: Request, next: Next) -> Response {
    match refused(request.uri()) {
        Some(detail) => Error::new(Code::BadRequest, detail).into_response(),
        None => next.run(request).await,
    }
}

fn refused(uri: &Uri) -> Option<String> {
    let parts = [("path", uri.path()), ("query", uri.query().unwrap_or_default())];
    parts.into_iter().find_map(|(name, text)| {
        let wrong = decode(text).err()?;
        Some(format!("the {name} of the address: {wrong}"))
    })
}

/// What the text stands for.
fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes().enumerate();
    while let Some((at, byte)) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|(_, byte)| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(format!("the % at byte {at} is not followed by two hexadecimal digits"));
        };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or(u8::MAX));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        format!("the bytes that it stands for are not UTF-8 (the one at offset {at} is wrong)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_text_passes() {
        assert_eq!(
            decode("a%20b%C3%A9+%"),
            Err("the % at byte 12 is not followed by two hexadecimal digits".to_owned())
        );
        assert_eq!(decode("a%20b%C3%A9+"), Ok("a b\u{e9}+".to_owned()));
        assert_eq!(decode(""), Ok(String::new()));
    }

    #[test]
    fn the_place_is_named() {
        for (text, place) in
            [("%", "byte 0"), ("ab%2", "byte 2"), ("%zz", "byte 0"), ("a%C3x", "offset 1")]
        {
            let refused = decode(text).expect_err("refused");
            assert!(refused.contains(place), "{text}: {refused}");
        }
    }
}
