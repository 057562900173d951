//! The program itself, started, stopped and killed as an operator or an accident would.

use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::{PATIENCE, Server, glore, run, text};

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

#[test]
fn lines_about_a_run_carry_its_id_and_that_of_its_request() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("log");
    let mut command = glore(dir.path());
    command.env("GLORE_LOG__FILTER", "glore=info").env("GLORE_LOG__JSON", "true");
    let mut server = Server::logging(command, File::create(&path).expect("a file").into());
    let problem = r#"{"problem": "What is 2 + 2?"}"#;
    let (status, answer) = server.send_as("x-request-id: abc-123", "POST", "/v1/solve", problem);
    assert_eq!(status, 200, "{answer}");
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));

    let log = std::fs::read_to_string(&path).expect("a log");
    let lines = log.lines().map(|line| serde_json::from_str(line).expect("one object a line"));
    let ended = |line: &Value| line["fields"]["message"] == "a run has ended";
    let ended = lines.into_iter().find(ended).unwrap_or_else(|| panic!("no such line: {log}"));
    let around = |field: &str| {
        let spans = ended["spans"].as_array().expect("spans");
        spans.iter().find_map(|span| span[field].as_str()).map(str::to_owned)
    };
    assert_eq!(around("request_id").as_deref(), Some("abc-123"));
    assert_eq!(around("run_id").as_deref(), answer["id"].as_str());
    assert_eq!(ended["fields"]["status"], "completed");
    assert_eq!(ended["level"], "INFO");
}

/// The variable that the calls on pages read their token from.
#[test]
fn a_token_in_the_environment_is_no_setting() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let with = |name: &str| {
        let mut command = glore(dir.path());
        command.env(name, "glr_x").arg("config").output().expect("started")
    };
    let fine = with("GLORE_TOKEN");
    assert!(fine.status.success(), "{}", text(&fine.stderr));
    let refused = with("GLORE_TOKENS");
    assert!(!refused.status.success(), "a mistyped setting is still refused");
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
