//! 202 is sent after the disk has the run, as the kernel sees it.

use std::process::{Command, Stdio};

use crate::server::Server;

const CALLS: &str = "trace=fdatasync,fsync,read,recvfrom,write,writev,sendto";

#[test]
#[ignore = "needs strace"]
fn the_disk_has_a_run_before_its_202() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        println!("skipped: there is no strace");
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    let log = dir.path().join("calls");
    let mut traced = Command::new("strace");
    // -y names the file behind each number; what is not traced runs at full speed.
    traced.args(["-f", "-y", "--seccomp-bpf", "-s", "64", "-e", CALLS, "-o"]).arg(&log);
    traced
        .arg(env!("CARGO_BIN_EXE_glore"))
        .env("GLORE_STORE__DIR", dir.path().join("data"))
        .env("GLORE_SERVER__LISTEN", "127.0.0.1:0")
        .env("GLORE_ENGINE__KIND", "batch")
        .stdin(Stdio::null());
    let server = Server::started(traced);
    server.queue("Ann has 2 pens and finds 2 more. How many pens has she?");
    // strace ends with the program that it started, not the other way round.
    let _ = Command::new("pkill").args(["-TERM", "-P", &server.child.id().to_string()]).status();
    let mut server = server;
    server.wait();

    let calls = std::fs::read_to_string(&log).expect("a log");
    let at = |what: &str| calls.lines().position(|line| line.contains(what));
    let asked = at("POST /v1/solve").expect("the request was read");
    let answered = at("HTTP/1.1 202").expect("the answer was written");
    let between: Vec<&str> = calls.lines().skip(asked).take(answered - asked).collect();
    let synced = between.iter().filter(|line| line.contains("sync") && line.contains("-wal"));
    let (begun, done) = (synced.count(), between.iter().filter(|line| line.ends_with(" = 0")));
    let done = done.filter(|line| line.contains("sync")).count();
    println!(
        "between request and 202: {begun} syncs of the log begun, {done} calls of sync ended well"
    );
    assert!(begun >= 1 && done >= 1, "{}", between.join("\n"));
}
