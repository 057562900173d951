//! Clients: one call with a time limit, and five hundred that leave before they are answered.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::problem;
use crate::server::{PATIENCE, Server, text};

/// What came of a call.
pub enum Reply {
    Answer(u16, String),
    /// Nobody listened, or the connection was closed before anything was read.
    Refused,
    /// The connection ended within the answer.
    CutOff,
}

/// One request on a connection of its own.
pub fn call(address: &str, method: &str, path: &str, body: &str, patience: Duration) -> Reply {
    let Ok(mut stream) = TcpStream::connect(address) else { return Reply::Refused };
    let _ = stream.set_read_timeout(Some(patience));
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    if stream.write_all(request.as_bytes()).is_err() {
        return Reply::Refused;
    }
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    if answer.is_empty() {
        return match read {
            Err(e) if e.kind() == ErrorKind::WouldBlock => Reply::CutOff,
            _ => Reply::Refused,
        };
    }
    let answer = text(&answer);
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return Reply::CutOff };
    match head.split(' ').nth(1).and_then(|word| word.parse().ok()) {
        Some(status) => Reply::Answer(status, body.to_owned()),
        None => Reply::CutOff,
    }
}

#[test]
#[ignore = "minutes"]
fn five_hundred_clients_that_vanish() {
    const CLIENTS: u64 = 500;
    let dir = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(dir.path());
    for n in 0..CLIENTS {
        let mut stream = TcpStream::connect(&server.address).expect("connected");
        let body = format!("{{\"problem\": \"{}\"}}", problem(n));
        let sent = write!(
            stream,
            "POST /v1/solve HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        sent.expect("sent");
        std::thread::sleep(Duration::from_millis(n % 17));
        drop(stream);
    }
    // Places come back: a client that stays is answered.
    let solved = call(
        &server.address,
        "POST",
        "/v1/solve",
        &format!("{{\"problem\": \"{}\"}}", problem(9_999)),
        PATIENCE,
    );
    assert!(matches!(solved, Reply::Answer(200, _)), "a place is free again");
    let Reply::Answer(200, metrics) = call(&server.address, "GET", "/metrics", "", PATIENCE) else {
        panic!("no metrics")
    };
    let at_work =
        metrics.lines().filter(|line| line.contains("in_flight") && !line.starts_with('#'));
    println!("{CLIENTS} clients left; {}", at_work.collect::<Vec<_>>().join("; "));
}
