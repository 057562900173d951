//! A server with OpenAI's completions, as far as a script goes. On threads of its own, so that it
//! answers whatever the test is busy with.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::tokens;

/// What a client sent.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: String,
    pub body: Value,
    /// Requests of the same method before it; the first POST is the trial at the start.
    pub nth: usize,
}

/// What it gets.
pub enum Act {
    Json(Value),
    /// Status, content type, further header lines, body.
    Status(u16, &'static str, &'static str, String),
    /// Half of what was promised.
    Cut,
    /// Nothing, until the client goes.
    Hang,
}

type Script = dyn Fn(&Asked) -> Act + Send + Sync;

pub struct Fake {
    pub url: String,
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    stop: Arc<AtomicBool>,
    task: Option<thread::JoinHandle<()>>,
}

impl Fake {
    pub fn start(script: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), script)
    }

    /// At the address of one that stopped.
    pub fn at(address: SocketAddr, script: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).expect("a port");
        let address = listener.local_addr().expect("an address");
        let (asked, stop) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let task = thread::spawn({
            let (asked, stop, script): (_, _, Arc<Script>) =
                (Arc::clone(&asked), Arc::clone(&stop), Arc::new(script));
            move || serve(&listener, &asked, &stop, &script)
        });
        let url = format!("http://{address}/v1");
        Self { url, address, asked, stop, task: Some(task) }
    }

    /// Everything it was asked that was not about its models.
    pub fn posts(&self) -> Vec<Asked> {
        let asked = self.asked.lock().expect("no panic").clone();
        asked.into_iter().filter(|asked| asked.method == "POST").collect()
    }

    /// Closes its port; where it can come back.
    pub fn stop(mut self) -> SocketAddr {
        self.end();
        self.address
    }

    fn end(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _wake = TcpStream::connect(self.address);
        if let Some(task) = self.task.take() {
            task.join().expect("no panic");
        }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.end();
    }
}

/// An address where nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}/v1", listener.local_addr().expect("an address"))
}

fn serve(
    listener: &TcpListener,
    asked: &Arc<Mutex<Vec<Asked>>>,
    stop: &AtomicBool,
    script: &Arc<Script>,
) {
    for stream in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let (asked, script) = (Arc::clone(asked), Arc::clone(script));
        // A client that goes away makes reading and writing fail, which is what some tests are for.
        thread::spawn(move || stream.and_then(|stream| answer(stream, &asked, &*script)));
    }
}

fn answer(mut stream: TcpStream, all: &Mutex<Vec<Asked>>, script: &Script) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (mut headers, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().expect("a length");
        }
        headers.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let asked = {
        let mut all = all.lock().expect("no panic");
        let nth = all.iter().filter(|asked| asked.method == method).count();
        all.push(Asked { method, path, headers, body, nth });
        all[all.len() - 1].clone()
    };
    let mut write = |status: u16, kind: &str, more: &str, body: &str, length: usize| {
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
             connection: close\r\n{more}\r\n"
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()))
    };
    const JSON: &str = "application/json";
    match script(&asked) {
        Act::Json(value) => write(200, JSON, "", &value.to_string(), value.to_string().len()),
        Act::Status(status, kind, more, body) => write(status, kind, more, &body, body.len()),
        Act::Cut => write(200, JSON, "", "{\"choices\": [", 5000),
        Act::Hang => reader.read(&mut [0]).map(|_| ()),
    }
}

/// What a healthy server says of itself.
pub fn models() -> Act {
    Act::Json(json!({"object": "list", "data": [{"id": "m", "max_model_len": 400}]}))
}

pub const SOLUTION: &str = "2 + 2 = 4\n#### 4\n";

/// As many solutions as were asked for.
pub fn completion(asked: &Asked) -> Act {
    let n = asked.body["n"].as_u64().expect("a number");
    let told: Vec<f64> = tokens(SOLUTION).iter().map(|_| -0.5).collect();
    let choice = |index| {
        json!({"index": index, "text": SOLUTION, "finish_reason": "stop",
            "logprobs": {"token_logprobs": told}})
    };
    Act::Json(json!({"choices": (0..n).map(choice).collect::<Vec<_>>()}))
}

/// A healthy server for a role that writes, but for what `act` does after the trial.
pub fn writer(act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Fake {
    Fake::start(move |asked| match (asked.method.as_str(), asked.nth) {
        ("GET", _) => models(),
        (_, 0) => completion(asked),
        _ => act(asked),
    })
}
