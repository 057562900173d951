//! A thousand connections that send headers, bodies or nothing a byte at a time: others are served.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::clients::{Reply, call};
use super::{problem, quantile, timed};
use crate::server::{PATIENCE, Server, glore};

const SLOW: usize = 1_000;

#[test]
#[ignore = "minutes"]
fn a_thousand_slow_connections() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut program = glore(dir.path());
    // Room for them and for a few others.
    program.env("GLORE_SERVER__MAX_CONNECTIONS", "1064");
    let server = Server::started(program);
    let mut connections: Vec<TcpStream> = Vec::new();
    for n in 0..SLOW {
        let Ok(mut stream) = TcpStream::connect(&server.address) else { break };
        let begin = match n % 3 {
            0 => "GET /livez HTTP/1.1\r\nhost: ",
            1 => {
                "POST /v1/solve HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                 content-length: 1000\r\n\r\n{"
            }
            // Asks for pages and never reads them.
            _ => "GET /docs HTTP/1.1\r\nhost: x\r\n\r\nGET /docs HTTP/1.1\r\nhost: x\r\n\r\n",
        };
        let _ = stream.write_all(begin.as_bytes());
        connections.push(stream);
    }
    let opened = connections.len();
    let (mut pages, mut unread, mut solved) = (Vec::new(), 0, 0);
    let begun = Instant::now();
    let mut n = 0;
    while begun.elapsed() < Duration::from_secs(20) {
        for stream in &mut connections {
            let _ = stream.write_all(b"x");
        }
        let (took, reply) = timed(|| call(&server.address, "GET", "/", "", PATIENCE));
        unread += u64::from(!matches!(reply, Reply::Answer(200, _)));
        pages.push(took);
        let body = format!("{{\"problem\": \"{}\"}}", problem(n));
        let reply = call(&server.address, "POST", "/v1/solve", &body, PATIENCE);
        solved += u64::from(matches!(reply, Reply::Answer(200, _)));
        n += 1;
        std::thread::sleep(Duration::from_millis(200));
    }
    println!(
        "{opened} slow connections: {} pages, p50 {:.1} ms, p99 {:.1} ms, {unread} not served; \
         {solved} of {n} solved",
        pages.len(),
        quantile(&mut pages, 0.5),
        quantile(&mut pages, 0.99),
    );
    assert_eq!(opened, SLOW, "raise the limit of open files (`ulimit -n`)");
    assert_eq!((unread, solved), (0, n));
}
