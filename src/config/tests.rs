//! What is refused, and how it is said.

use super::*;

#[test]
fn the_defaults_are_valid() {
    Config::default().validate().expect("defaults");
}

#[test]
fn a_public_address_is_refused_with_the_key() {
    let mut config = Config::default();
    config.server.listen = SocketAddr::from(([0, 0, 0, 0], 8080));
    let error = config.validate().expect_err("refused").to_string();
    assert!(error.contains("server.listen") && error.contains("0.0.0.0:8080"), "{error}");
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
