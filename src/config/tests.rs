//! What is refused, and how it is said.

use super::*;

#[test]
fn the_defaults_are_valid() {
    Config::default().validate().expect("defaults");
}

#[test]
fn a_public_address_needs_to_be_meant() {
    let mut config = Config::default();
    assert!(!config.is_public());
    config.server.listen = SocketAddr::from(([0, 0, 0, 0], 8080));
    let error = config.validate().expect_err("refused").to_string();
    assert!(error.contains("server.listen") && error.contains("0.0.0.0:8080"), "{error}");
    assert!(error.contains("auth.transport") && error.contains("glore user add"), "{error}");
    for transport in [Transport::Tls, Transport::Plain] {
        config.auth.transport = transport;
        config.validate().expect("said how people come");
        assert!(config.is_public());
    }
    // A proxy on this machine opens the server to others as well.
    let mut config = Config::default();
    config.auth.transport = Transport::Tls;
    assert!(config.is_public());
}

#[test]
fn sessions_end() {
    let refused = |change: fn(&mut Auth)| {
        let mut config = Config::default();
        change(&mut config.auth);
        config.validate().expect_err("refused").to_string()
    };
    assert!(refused(|auth| auth.session_s = 0).contains("auth.session_s = 0"));
    assert!(refused(|auth| auth.session_s = u64::MAX).contains("between 1 and 31536000"));
    assert!(refused(|auth| auth.session_idle_s = 700_000).contains("auth.session_idle_s"));
    assert!(refused(|auth| auth.proxies = 9).contains("auth.proxies = 9"));
}

#[test]
fn streams_are_bounded_on_both_sides() {
    for (streams, fits) in [(0, false), (1, true), (MAX_STREAMS, true), (usize::MAX, false)] {
        let mut config = Config::default();
        config.server.max_streams = streams;
        assert_eq!(config.validate().is_ok(), fits, "{streams}");
    }
}

#[test]
fn a_mistyped_key_is_named() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("glore.toml");
    std::fs::write(&file, "[server]\nlissten = \"127.0.0.1:1\"\n").expect("written");
    let error = Config::load(Some(&file)).expect_err("refused").to_string();
    assert!(error.contains("lissten"), "{error}");
}

#[test]
fn limits_of_connections_are_held_to_their_range() {
    let refused = |change: fn(&mut Server)| {
        let mut config = Config::default();
        change(&mut config.server);
        config.validate().expect_err("refused").to_string()
    };
    assert!(refused(|s| s.max_connections = 0).contains("server.max_connections = 0"));
    assert!(refused(|s| s.max_connections = 65_537).contains("between 1 and 65536"));
    assert!(refused(|s| s.header_timeout_s = 0).contains("server.header_timeout_s = 0"));
    assert!(refused(|s| s.body_timeout_s = 0).contains("server.body_timeout_s = 0"));
    assert!(refused(|s| s.request_timeout_s = 86_401).contains("between 1 and 86400"));
}
