//! The cookie that holds a session: not for scripts, not for other sites, and behind TLS for this
//! host over HTTPS alone.

use axum::http::HeaderValue;

use crate::config::{Auth, Transport};
use crate::domain::SessionSecret;

/// Name of the cookie. Browsers take `__Host-` only with `Secure`, from this very host.
pub(super) fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-glore_session",
        Transport::Loopback | Transport::Plain => "glore_session",
    }
}

/// `Set-Cookie` of a session that begins.
pub(in crate::web) fn set(auth: &Auth, secret: &SessionSecret) -> Option<HeaderValue> {
    written(auth, &secret.text(), auth.session_s)
}

/// `Set-Cookie` of one that has ended.
pub(in crate::web) fn clear(auth: &Auth) -> Option<HeaderValue> {
    written(auth, "", 0)
}

fn written(auth: &Auth, value: &str, max_age: u64) -> Option<HeaderValue> {
    let secure = if auth.transport == Transport::Tls { "; Secure" } else { "" };
    let name = name(auth.transport);
    let text = format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_tls_it_is_for_this_host_over_https_alone() {
        let secret = SessionSecret::new([7; 32]);
        let text = |transport| {
            let auth = Auth { transport, ..Auth::default() };
            let value = set(&auth, &secret).expect("ASCII");
            value.to_str().expect("ASCII").to_owned()
        };
        let tls = text(Transport::Tls);
        assert!(tls.starts_with("__Host-glore_session=0707") && tls.ends_with("; Secure"), "{tls}");
        for cookie in [tls, text(Transport::Loopback), text(Transport::Plain)] {
            for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=604800"] {
                assert!(cookie.contains(part), "{cookie}");
            }
        }
    }
}
