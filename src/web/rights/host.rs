//! Under which name the local person is let in.
//!
//! A page of another site can have its name lead to 127.0.0.1 after it was loaded (DNS rebinding).
//! To the browser the two are one site then, and nothing but `Host` tells them apart. Names in the
//! public DNS have a dot; addresses cannot be made to lead elsewhere.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::HOST;

/// Whether the name in `Host` can only mean this machine or what its owner set up.
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST) else { return true };
    host.to_str().is_ok_and(|host| is_own_name(name(host)))
}

/// Without the port, and without the brackets of an address of version 6.
fn name(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn is_own_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.parse::<IpAddr>().is_ok() || !name.contains('.') || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_somebody_else_can_have_is_not_ours() {
        for own in [
            "127.0.0.1:8080",
            "localhost",
            "localhost:8080",
            "[::1]:8080",
            "glore.localhost:1",
            "desk",
            "192.168.1.7",
        ] {
            assert!(is_own_name(name(own)), "{own}");
        }
        for other in
            ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.x.y."]
        {
            assert!(!is_own_name(name(other)), "{other}");
        }
    }
}
