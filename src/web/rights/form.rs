//! Forms are sent from pages of the session that sends them.
//!
//! Beside the check of `Sec-Fetch-Site` and `Origin` that is around every route: whoever changes
//! something in a session shows a token that only the session's own pages have. Programs with an API
//! token show that instead, and the local person has no session that could be misused.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;

use crate::app::App;
use crate::domain::SessionSecret;
use crate::web::extract::whole_body;
use crate::web::{Code, Error};

/// Name of the field, in forms.
const FIELD: &str = "csrf";
/// Name of the header, for scripts that send no form.
const HEADER: &str = "x-csrf-token";

/// Lets the request through if it shows a token of the session; it is whole again afterwards.
///
/// # Errors
/// No token, or one of another session; a body that is too large or cannot be read.
pub(super) async fn check(
    app: &App,
    secret: &SessionSecret,
    request: Request,
) -> Result<Request, Error> {
    if let Some(token) = request.headers().get(HEADER) {
        return match token.to_str().is_ok_and(|token| secret.made(token)) {
            true => Ok(request),
            false => Err(refused()),
        };
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_lowercase();
    let find: fn(&[u8], &SessionSecret) -> bool = match kind.as_str() {
        "application/x-www-form-urlencoded" => in_pairs,
        "multipart/form-data" => in_parts,
        _ => return Err(refused()),
    };
    let (parts, body) = request.into_parts();
    let body = whole_body(&parts, body, app.config.server.max_body_bytes).await?;
    match find(&body, secret) {
        true => Ok(Request::from_parts(parts, Body::from(body))),
        false => Err(refused()),
    }
}

fn refused() -> Error {
    let detail = "the form is not of this session: it was opened before you logged in, or it is of \
                  another site. Go back, copy what you typed, open the page again and send it anew";
    Error::new(Code::FormRefused, detail)
}

/// A token is digits alone, which no encoding changes.
fn in_pairs(body: &[u8], secret: &SessionSecret) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let mut values = text.split('&').filter_map(|pair| pair.strip_prefix(FIELD)?.strip_prefix('='));
    values.next().is_some_and(|token| secret.made(token))
}

/// The part with the token is looked for as it is written: nobody else knows what stands in it.
fn in_parts(body: &[u8], secret: &SessionSecret) -> bool {
    let head = format!("name=\"{FIELD}\"\r\n\r\n");
    let at = body.windows(head.len()).position(|window| window == head.as_bytes());
    let Some(rest) = at.map(|at| &body[at + head.len()..]) else { return false };
    let end = rest.iter().position(|byte| *byte == b'\r').unwrap_or(rest.len());
    std::str::from_utf8(&rest[..end]).is_ok_and(|token| secret.made(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_in_both_kinds_of_forms() {
        let secret = SessionSecret::new([3; 32]);
        let token = secret.form_token([9; 32]);
        assert!(in_pairs(format!("a=b&csrf={token}&c=d").as_bytes(), &secret));
        let other = SessionSecret::new([4; 32]).form_token([9; 32]);
        for body in
            [String::new(), "csrf=".into(), format!("xcsrf={token}"), format!("csrf={other}")]
        {
            assert!(!in_pairs(body.as_bytes(), &secret), "{body}");
        }
        let part = |token: &str| {
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--b\r\n\
                 Content-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n\u{0}\r\n--b--"
            )
        };
        assert!(in_parts(part(&token).as_bytes(), &secret));
        assert!(!in_parts(part(&other).as_bytes(), &secret));
        assert!(!in_parts(b"name=\"csrf\"\r\n\r\n", &secret));
    }
}
