//! Three times what the server can do: it does what it can, refuses the rest at once, and its
//! pages stay readable.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::clients::{Reply, call};
use super::{problem, quantile, timed};
use crate::server::{PATIENCE, Server};

const CLIENTS: usize = 2;
const TIME: Duration = Duration::from_secs(20);

/// Clients that each send a request `every` so often, or when the last is answered if that is later.
fn drive(address: &str, clients: usize, first: u64, every: Duration) -> (u64, Vec<Duration>, u64) {
    let number = Arc::new(AtomicU64::new(first));
    let begun = Instant::now();
    let work = |client: usize| {
        let (address, number) = (address.to_owned(), Arc::clone(&number));
        std::thread::spawn(move || {
            let (mut solved, mut refused, mut other) = (0, Vec::new(), 0);
            // Not all at the same moment.
            let mut next = every.mul_f64(client as f64 / clients as f64);
            while begun.elapsed() < TIME {
                std::thread::sleep(next.saturating_sub(begun.elapsed()));
                next = (next + every).max(begun.elapsed());
                let n = number.fetch_add(1, Ordering::Relaxed);
                let body = format!("{{\"problem\": \"{}\"}}", problem(n));
                let (took, reply) = timed(|| call(&address, "POST", "/v1/solve", &body, PATIENCE));
                match reply {
                    Reply::Answer(200, _) => solved += 1,
                    Reply::Answer(429, _) => refused.push(took),
                    _ => other += 1,
                }
            }
            (solved, refused, other)
        })
    };
    let threads: Vec<_> = (0..clients).map(work).collect();
    let (mut solved, mut refused, mut other) = (0, Vec::new(), 0);
    for thread in threads {
        let (s, r, o) = thread.join().expect("a client");
        solved += s;
        refused.extend(r);
        other += o;
    }
    (solved, refused, other)
}

#[test]
#[ignore = "minutes"]
fn three_times_what_it_can_do() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut glore = crate::server::glore(dir.path());
    glore.env("GLORE_ENGINE__QUEUE", "8");
    let server = Server::started(glore);
    let (capacity, ..) = drive(&server.address, CLIENTS, 0, Duration::ZERO);
    let address = server.address.clone();
    let pages = std::thread::spawn(move || {
        let begun = Instant::now();
        let (mut times, mut unread) = (Vec::new(), 0);
        while begun.elapsed() < TIME {
            let (took, reply) = timed(|| call(&address, "GET", "/runs", "", PATIENCE));
            if !matches!(reply, Reply::Answer(200, _)) {
                unread += 1;
            }
            times.push(took);
            std::thread::sleep(Duration::from_millis(100));
        }
        (times, unread)
    });
    // Two at work, eight in the queue, and twice as many at the door.
    let clients = 3 * (CLIENTS + 8);
    let every = TIME.mul_f64(clients as f64 / (3 * capacity) as f64);
    let (solved, mut refused, other) = drive(&server.address, clients, 5_000, every);
    let (mut pages, unread) = pages.join().expect("a reader");
    println!(
        "alone {capacity}, under three times the load {solved} solved in {} s (goodput {:.2}); {} \
         refused, p50 {:.1} ms, p99 {:.1} ms; {other} other; pages p50 {:.1} ms, p99 {:.1} ms",
        TIME.as_secs(),
        solved as f64 / capacity as f64,
        refused.len(),
        quantile(&mut refused, 0.5),
        quantile(&mut refused, 0.99),
        quantile(&mut pages, 0.5),
        quantile(&mut pages, 0.99),
    );
    assert_eq!((other, unread), (0, 0), "answered with something else");
    assert!(!refused.is_empty());
}
