//! The program itself, as a process: what `process.rs` and `endurance/` start, stop and kill.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything here may take, however busy the machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A `glore` with its data in `dir`, on the engine that loads at once.
pub fn glore(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glore"));
    command
        .env("GLORE_STORE__DIR", dir)
        .env("GLORE_SERVER__LISTEN", "127.0.0.1:0")
        .env("GLORE_ENGINE__KIND", "batch")
        .env("GLORE_ENGINE__CONCURRENT", "2")
        .stdin(Stdio::null());
    command
}

pub fn run(dir: &Path, arguments: &[&str]) -> Output {
    glore(dir).args(arguments).output().expect("started")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server; killed when dropped.
pub struct Server {
    pub child: Child,
    pub address: String,
}

impl Server {
    pub fn start(dir: &Path) -> Self {
        Self::started(glore(dir))
    }

    /// The same with other settings.
    pub fn started(glore: Command) -> Self {
        Self::logging(glore, Stdio::null())
    }

    /// The same with its log kept.
    pub fn logging(mut glore: Command, log: Stdio) -> Self {
        let mut child =
            glore.arg("serve").stdout(Stdio::piped()).stderr(log).spawn().expect("started");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its address");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in `{line}`")).to_owned();
        Self { child, address }
    }

    pub fn send(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        self.send_as("accept: */*", method, path, body)
    }

    /// The same with a line of the header, which says who asks.
    pub fn send_as(&self, who: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        let (status, body) = self.exchange(who, method, path, body);
        // Short answers come in one piece, so that the body is what follows the head.
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    /// The text at `path`.
    pub fn read(&self, path: &str) -> String {
        let (status, text) = self.exchange("accept: */*", "GET", path, "");
        assert_eq!(status, 200, "{text}");
        text
    }

    fn exchange(&self, who: &str, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let length = body.len();
        // In one piece, as clients send it.
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{who}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("read");
        let answer = text(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
        (status, body.to_owned())
    }

    pub fn queue(&self, problem: &str) -> String {
        let body = format!("{{\"problem\": \"{problem}\", \"background\": true}}");
        let (status, run) = self.send("POST", "/v1/solve", &body);
        assert_eq!(status, 202, "{run}");
        run["id"].as_str().expect("an id").to_owned()
    }

    pub fn status(&self, id: &str) -> String {
        let (status, run) = self.send("GET", &format!("/v1/runs/{id}"), "");
        assert_eq!(status, 200, "an acknowledged run is there");
        run["status"].as_str().expect("a status").to_owned()
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status();
        assert!(sent.expect("a shell").success());
    }

    pub fn wait(&mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("waited") {
                return status.code();
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
