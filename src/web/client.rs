//! Where a request comes from, as far as it can be known.

use std::net::{IpAddr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

const FORWARDED: &str = "x-forwarded-for";

/// The other end of the connection; `listen.rs` adds it to each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// The address of the client: that of the connection, or with `proxies` in front what the outermost
/// of them wrote. Addresses further to the left were written by the client and mean nothing.
pub(super) fn address(headers: &HeaderMap, extensions: &Extensions, proxies: usize) -> String {
    let peer = extensions.get::<Peer>().map(|Peer(address)| address.ip());
    let told = proxies.checked_sub(1).and_then(|before| forwarded(headers).nth(before).flatten());
    told.or(peer).map_or_else(|| "unknown".to_owned(), |ip| ip.to_canonical().to_string())
}

/// From the right: what the nearest proxy wrote comes first.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines: Vec<&str> =
        headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok()).collect();
    let words: Vec<&str> = lines.into_iter().flat_map(|line| line.split(',')).collect();
    words.into_iter().rev().map(|word| word.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_a_proxy_wrote_is_believed() {
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED, HeaderValue::from_static("6.6.6.6, 192.0.2.1"));
        headers.append(FORWARDED, HeaderValue::from_static("192.0.2.2"));
        let mut extensions = Extensions::new();
        assert_eq!(address(&headers, &extensions, 0), "unknown");
        extensions.insert(Peer(SocketAddr::from(([127, 0, 0, 1], 5))));
        let from = |proxies| address(&headers, &extensions, proxies);
        assert_eq!(from(0), "127.0.0.1");
        assert_eq!(from(1), "192.0.2.2");
        assert_eq!(from(2), "192.0.2.1");
        assert_eq!(from(4), "127.0.0.1", "there were not so many");
        headers.insert(FORWARDED, HeaderValue::from_static("no address"));
        assert_eq!(address(&headers, &extensions, 1), "127.0.0.1");
    }
}
