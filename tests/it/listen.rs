//! Connections over a real socket: what is slow is cut off, what is too many waits, and a stop lets
//! what is at work end.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use glore::config::Config;
use glore::domain::Role;
use glore::engine::{Gate, ScriptedEngine};
use glore::web::{self, Limits};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::app::TestApp;

/// Longer than anything here may take, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(20);
const SECOND: Duration = Duration::from_secs(1);

struct Listening {
    app: TestApp,
    address: SocketAddr,
    server: JoinHandle<()>,
}

async fn listening(engine: ScriptedEngine, limits: Limits) -> Listening {
    let mut config = Config::default();
    config.server.body_timeout_s = 1;
    let app = TestApp::build(engine, config, Gate::new(2, 4)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = app.app.shutdown.clone();
    let server = tokio::spawn(web::listen(listener, app.router.clone(), limits, stop));
    Listening { app, address, server }
}

fn limits(connections: usize, header: Duration) -> Limits {
    Limits { connections, header, write: PATIENCE }
}

impl Listening {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("connected")
    }

    /// Sends these bytes and reads until the server closes.
    async fn ask(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.expect("sent");
        rest(&mut stream).await
    }
}

/// Everything until the server closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes));
    read.await.expect("the server closes").expect("read");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

fn post(path: &str, kind: &str, length: usize, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {kind}\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_header_is_cut_off() {
    let server = listening(ScriptedEngine::new(), limits(8, SECOND)).await;
    let mut silent = server.connect().await;
    let mut slow = server.connect().await;
    let mut idle = server.connect().await;
    slow.write_all(b"GET /livez HTTP/1.1\r\nhost: ").await.expect("sent");
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
    let begun = Instant::now();
    let (silent, slow, idle) = tokio::join!(rest(&mut silent), rest(&mut slow), rest(&mut idle));
    assert_eq!((silent.as_str(), slow.as_str()), ("", ""));
    assert!(idle.starts_with("HTTP/1.1 200"), "answered, then closed for being idle: {idle}");
    assert!(begun.elapsed() >= SECOND / 2 && begun.elapsed() < PATIENCE / 2);
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_off() {
    let limits = Limits { write: SECOND, ..limits(1, PATIENCE) };
    let server = listening(ScriptedEngine::new(), limits).await;
    let mut deaf = server.connect().await;
    // More answers than the buffers of both ends hold; the client keeps the only place there is.
    let asking = get("/openapi.json").replace("connection: close\r\n", "").repeat(1_000);
    let _ = tokio::time::timeout(SECOND / 4, deaf.write_all(asking.as_bytes())).await;
    let begun = Instant::now();
    assert!(server.ask(&get("/livez")).await.starts_with("HTTP/1.1 200"));
    assert!(begun.elapsed() < PATIENCE / 2, "its place came free");
    drop(deaf);
}

#[tokio::test]
async fn a_header_without_end_is_refused() {
    let server = listening(ScriptedEngine::new(), limits(8, PATIENCE)).await;
    let many = "x: y\r\n".repeat(100);
    let answer = server.ask(&format!("GET /livez HTTP/1.1\r\n{many}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    // Whether the answer is read before the connection is reset is up to the system; that the
    // server closes is not.
    let mut stream = server.connect().await;
    let long = format!("GET /livez HTTP/1.1\r\nx: {}", "a".repeat(1024 * 1024));
    let _ = tokio::time::timeout(PATIENCE, stream.write_all(long.as_bytes())).await;
    let mut answer = Vec::new();
    let closed = tokio::time::timeout(PATIENCE / 2, stream.read_to_end(&mut answer)).await;
    assert!(closed.is_ok() && !answer.starts_with(b"HTTP/1.1 200"), "{answer:?}");
    assert!(server.ask(&get("/livez")).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_body_that_stalls_is_a_408() {
    let server = listening(ScriptedEngine::new(), limits(8, PATIENCE)).await;
    let begun = Instant::now();
    let answer =
        server.ask(&post("/v1/solve", "application/json", 100, "{\"problem\": \"What")).await;
    assert!(begun.elapsed() < PATIENCE / 2);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(head.contains("application/problem+json"), "{head}");
    let problem: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(problem["code"], "request_timeout");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains("within 1 s") && detail.contains("server.body_timeout_s"), "{detail}");

    let form = "application/x-www-form-urlencoded";
    let page = server.ask(&post("/runs", form, 100, "problem=What")).await;
    assert!(page.starts_with("HTTP/1.1 408") && page.contains("text/html"), "{page}");
}

#[tokio::test]
async fn one_connection_more_than_allowed_waits_until_another_ends() {
    let server = listening(ScriptedEngine::new(), limits(3, PATIENCE)).await;
    let (first, _second) = (server.connect().await, server.connect().await);
    // Two of three are taken by clients that say nothing: pages are there for the others.
    for path in ["/", "/runs", "/livez"] {
        assert!(server.ask(&get(path)).await.starts_with("HTTP/1.1 200"), "{path}");
    }
    let _third = server.connect().await;
    let request = get("/metrics");
    let mut waiting = Box::pin(server.ask(&request));
    let early = tokio::time::timeout(SECOND / 2, &mut waiting).await;
    assert!(early.is_err(), "answered although every place is taken: {early:?}");
    drop(first);
    let answer = tokio::time::timeout(PATIENCE, waiting).await.expect("a place came free");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let full = |line: &&str| line.starts_with("glore_connections_full_total ");
    let full = answer.lines().find(full).expect("counted");
    assert_ne!(full, "glore_connections_full_total 0");
    assert!(answer.contains("glore_connections_open "), "{answer}");
}

#[tokio::test]
async fn a_stop_lets_the_request_at_work_end_and_takes_no_more() {
    let slow = ScriptedEngine::new().delays(Role::Policy, SECOND);
    let server = listening(slow, limits(8, PATIENCE)).await;
    let mut idle = server.connect().await;
    let body = "{\"problem\": \"What is 2 + 2?\"}";
    let request = post("/v1/solve", "application/json", body.len(), body);
    let mut at_work = Box::pin(server.ask(&request));
    while server.app.app.live.count() == 0 {
        let early = tokio::time::timeout(Duration::from_millis(10), &mut at_work).await;
        assert!(early.is_err(), "{early:?}");
    }
    server.app.app.shutdown.cancel();
    let answer = at_work.await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"completed\""), "{answer}");
    assert_eq!(rest(&mut idle).await, "", "a silent connection does not hold up the stop");
    tokio::time::timeout(PATIENCE, server.server).await.expect("ended").expect("no panic");
    TcpStream::connect(server.address).await.expect_err("nobody listens any more");
}
