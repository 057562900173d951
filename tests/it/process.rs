//! The program itself, started, stopped and killed as an operator or an accident would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything here may take, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A `glore` with its data in `dir`, on the engine that loads at once.
fn glore(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glore"));
    command
        .env("GLORE_STORE__DIR", dir)
        .env("GLORE_SERVER__LISTEN", "127.0.0.1:0")
        .env("GLORE_ENGINE__KIND", "batch")
        .env("GLORE_ENGINE__CONCURRENT", "2")
        .stdin(Stdio::null());
    command
}

fn run(dir: &Path, arguments: &[&str]) -> Output {
    glore(dir).args(arguments).output().expect("started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server; killed when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(dir: &Path) -> Self {
        let mut child = glore(dir)
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its address");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in `{line}`")).to_owned();
        Self { child, address }
    }

    fn send(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("read");
        let answer = text(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
        // Short answers come in one piece, so that the body is what follows the head.
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn queue(&self, problem: &str) -> String {
        let body = format!("{{\"problem\": \"{problem}\", \"background\": true}}");
        let (status, run) = self.send("POST", "/v1/solve", &body);
        assert_eq!(status, 202, "{run}");
        run["id"].as_str().expect("an id").to_owned()
    }

    fn status(&self, id: &str) -> String {
        let (status, run) = self.send("GET", &format!("/v1/runs/{id}"), "");
        assert_eq!(status, 200, "an acknowledged run is there");
        run["status"].as_str().expect("a status").to_owned()
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status();
        assert!(sent.expect("a shell").success());
    }

    fn wait(&mut self) -> Option<i32> {
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

#[test]
fn a_second_server_on_the_same_folder_is_refused_by_name() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut first = Server::start(dir.path());
    let second = run(dir.path(), &["serve"]);
    assert_eq!(second.status.code(), Some(1));
    let said = text(&second.stderr);
    let pid = format!("process {}", first.child.id());
    assert!(said.contains(&pid) && said.contains(&dir.path().display().to_string()), "{said}");

    // The commands of an operator work beside it.
    let checked = run(dir.path(), &["check"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    let file = dir.path().join("copy.db").display().to_string();
    let copied = run(dir.path(), &["backup", &file]);
    assert!(copied.status.success(), "{}", text(&copied.stderr));
    let again = run(dir.path(), &["backup", &file]);
    assert!(!again.status.success() && text(&again.stderr).contains("exists already"));
    let doctor = run(dir.path(), &["doctor", "--json"]);
    let report: Value = serde_json::from_slice(&doctor.stdout).expect("JSON");
    assert!(doctor.status.success() && report["state"] != "fail", "{report}");

    first.signal("TERM");
    assert_eq!(first.wait(), Some(0), "an orderly stop");
    // The lock ends with the process.
    Server::start(dir.path());
}

/// Acknowledged runs survive kill -9, each is done, and the file stays sound.
#[test]
fn killed_again_and_again_no_acknowledged_run_is_lost() {
    // Fewer than the attempts that a run is given.
    const KILLS: u64 = 2;
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut ids = Vec::new();
    for kill in 0..KILLS {
        let server = Server::start(dir.path());
        for n in 0..5 {
            let problem = format!("Ana has {n} apples. Ben has {kill} more. How many has Ben?");
            ids.push(server.queue(&problem));
        }
        // At another moment of the work each time.
        std::thread::sleep(Duration::from_millis(20 + 200 * kill));
        server.signal("KILL");
        drop(server);
        let checked = run(dir.path(), &["check"]);
        assert!(checked.status.success(), "{}{}", text(&checked.stdout), text(&checked.stderr));
    }
    let mut server = Server::start(dir.path());
    let begun = Instant::now();
    for id in &ids {
        while !matches!(server.status(id).as_str(), "completed" | "failed") {
            assert!(begun.elapsed() < PATIENCE, "{id} is never done");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(server.status(id), "completed");
    }
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    let checked = run(dir.path(), &["check"]);
    assert!(checked.status.success(), "{}{}", text(&checked.stdout), text(&checked.stderr));
}

#[test]
fn a_second_signal_stops_at_once() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut server = Server::start(dir.path());
    // A request whose body is still to come keeps the server from stopping by itself.
    let mut stream = TcpStream::connect(&server.address).expect("connected");
    write!(
        stream,
        "POST /v1/solve HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{"
    )
    .expect("sent");
    std::thread::sleep(Duration::from_millis(200));
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(500));
    assert!(server.child.try_wait().expect("waited").is_none(), "it waits for the request");
    server.signal("TERM");
    assert_eq!(server.wait(), Some(130));
}
