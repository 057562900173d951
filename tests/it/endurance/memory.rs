//! Memory over five thousand generations: it may not grow with the work done.

use super::clients::{Reply, call};
use super::problem;
use crate::server::{PATIENCE, Server};

/// Generations a request, and requests.
const SAMPLES: u64 = 16;
const REQUESTS: u64 = 320;

/// Resident memory of a process, in MiB.
fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

#[test]
#[ignore = "minutes"]
fn memory_over_five_thousand_generations() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(dir.path());
    let mut seen = Vec::new();
    for n in 0..REQUESTS {
        let body = format!(
            "{{\"problem\": \"{}\", \"strategy\": \"best_of_n\", \"samples\": {SAMPLES}, \"seed\": {n}}}",
            problem(n)
        );
        let reply = call(&server.address, "POST", "/v1/solve", &body, PATIENCE);
        assert!(matches!(reply, Reply::Answer(200, _)), "request {n} failed");
        if n % 32 == 31 {
            seen.push(resident(server.child.id()).expect("this system has no /proc"));
        }
    }
    // The first tenth fills caches and pools.
    let (early, late) = (seen[1], seen[seen.len() - 1]);
    println!(
        "{} generations: {early:.1} MiB after a fifth, {late:.1} MiB at the end ({:+.1} MiB)",
        SAMPLES * REQUESTS,
        late - early
    );
    assert!(late - early < 0.2 * early, "{seen:?}");
}
