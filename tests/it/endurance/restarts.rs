//! Orderly restarts under load: requests at work end well, nothing answers 5xx but 503, and
//! acknowledged runs are done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::clients::{Reply, call};
use super::problem;
use crate::server::{PATIENCE, Server};

const RESTARTS: usize = 20;

/// Solves until told to stop; counts answers and what must not be among them.
fn client(address: String, stop: Arc<AtomicBool>, n: Arc<AtomicU64>) -> (u64, Vec<u16>) {
    let (mut solved, mut wrong) = (0, Vec::new());
    while !stop.load(Ordering::Relaxed) {
        let n = n.fetch_add(1, Ordering::Relaxed);
        let body = format!("{{\"problem\": \"{}\"}}", problem(n));
        match call(&address, "POST", "/v1/solve", &body, PATIENCE) {
            Reply::Answer(200, _) => solved += 1,
            // Not taken: the door is closed, or the server is stopping.
            Reply::Answer(429 | 503, _) | Reply::Refused => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Reply::Answer(status, _) => wrong.push(status),
            // A request that had been read must be answered.
            Reply::CutOff => wrong.push(0),
        }
    }
    (solved, wrong)
}

#[test]
#[ignore = "minutes"]
fn twenty_restarts_under_load() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let number = Arc::new(AtomicU64::new(0));
    let (mut solved, mut wrong, mut ids) = (0, Vec::new(), Vec::new());
    for restart in 0..RESTARTS {
        let mut server = Server::start(dir.path());
        let stop = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..4)
            .map(|_| {
                let (address, stop) = (server.address.clone(), Arc::clone(&stop));
                let number = Arc::clone(&number);
                std::thread::spawn(move || client(address, stop, number))
            })
            .collect();
        for n in 0..2 {
            ids.push(server.queue(&problem(1_000 + 2 * restart as u64 + n)));
        }
        std::thread::sleep(Duration::from_millis(500));
        server.signal("TERM");
        assert_eq!(server.wait(), Some(0), "an orderly stop");
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            let (answered, bad) = client.join().expect("a client");
            solved += answered;
            wrong.extend(bad);
        }
    }
    let server = Server::start(dir.path());
    let begun = Instant::now();
    for id in &ids {
        while server.status(id) != "completed" {
            assert!(begun.elapsed() < PATIENCE, "{id} is never done: {}", server.status(id));
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    println!(
        "{RESTARTS} restarts: {solved} solved, {} cut off or 5xx, {} queued done",
        wrong.len(),
        ids.len()
    );
    assert!(wrong.is_empty(), "{wrong:?}");
}
