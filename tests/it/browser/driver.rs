//! A browser: chromedriver as a child, asked in WebDriver's JSON (W3C WebDriver 2) and, for what that
//! does not know, in Chromium's own protocol.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::server::PATIENCE;

/// What WebDriver calls keys that have no letter.
pub const ENTER: char = '\u{e007}';
pub const TAB: char = '\u{e004}';
pub const CONTROL: char = '\u{e009}';
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Where a browser is looked for: a variable, else names on the path.
fn program(variable: &str, names: &[&str]) -> String {
    if let Ok(named) = std::env::var(variable) {
        return named;
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let found = names.iter().find_map(|name| {
        let mut places = path.split(':').map(|folder| format!("{folder}/{name}"));
        places.find(|place| std::path::Path::new(place).is_file())
    });
    found.unwrap_or_else(|| panic!("none of {names:?} is installed; {variable} may name another"))
}

/// One window of a Chromium with a profile of its own.
pub struct Browser {
    http: reqwest::Client,
    driver: Child,
    port: u16,
    session: String,
    /// Kept open: the driver would stop at a line that it cannot write.
    _output: BufReader<ChildStdout>,
}

impl Browser {
    pub async fn open() -> Self {
        let driver = program("GLORE_CHROMEDRIVER", &["chromedriver"]);
        let chromium =
            program("GLORE_CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]);
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let mut output = BufReader::new(driver.stdout.take().expect("its output"));
        let port = loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).expect("a line") > 0, "the driver has ended");
            if let Some(port) =
                line.trim().strip_suffix('.').and_then(|l| l.split("on port ").nth(1))
            {
                break port.parse().expect("a port");
            }
        };
        let http = reqwest::Client::builder().timeout(PATIENCE).build().expect("a client");
        let mut browser = Self { http, driver, port, session: String::new(), _output: output };
        // The tests may run as root, in a container with little shared memory.
        let flags = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": chromium, "args": flags },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "unhandledPromptBehavior": "ignore",
        }}});
        let begun = browser.ask("POST", "", wanted).await;
        browser.session = format!("/{}", begun["sessionId"].as_str().expect("a session"));
        browser
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        self.try_ask(method, path, body).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn try_ask(&self, method: &str, path: &str, body: Value) -> Result<Value, Value> {
        let address = format!("http://127.0.0.1:{}/session{}{path}", self.port, self.session);
        let request = match method {
            "GET" => self.http.get(address),
            _ => self.http.post(address).json(&body),
        };
        let answer = request.send().await.expect("the driver answers");
        let fine = answer.status().is_success();
        let value = answer.json::<Value>().await.expect("JSON")["value"].take();
        if fine { Ok(value) } else { Err(value) }
    }

    /// Opens an address and waits until it is loaded.
    pub async fn go(&self, address: &str) {
        self.ask("POST", "/url", json!({ "url": address })).await;
    }

    pub async fn address(&self) -> String {
        self.ask("GET", "/url", Value::Null).await.as_str().expect("an address").to_owned()
    }

    /// What a function body returns, asked of the page from outside of it: its content security
    /// policy has no say.
    pub async fn script(&self, body: &str) -> Value {
        self.ask("POST", "/execute/sync", json!({ "script": body, "args": [] })).await
    }

    /// What `then` of a promise gets.
    pub async fn promise(&self, promise: &str) -> Value {
        let body = format!(
            "const done = arguments[arguments.length - 1];\
             ({promise}).then(done, (error) => done({{ error: String(error) }}));"
        );
        self.ask("POST", "/execute/async", json!({ "script": body, "args": [] })).await
    }

    /// A command of Chromium's own protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) {
        let body = json!({ "cmd": command, "params": parameters });
        self.ask("POST", "/goog/cdp/execute", body).await;
    }

    pub async fn look(&self, width: u32, theme: &str) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Logged in by the cookie of a session.
    pub async fn cookie(&self, site: &str, cookie: &str) {
        let (name, value) = cookie.split_once('=').expect("a cookie");
        self.devtools("Network.setCookie", json!({ "url": site, "name": name, "value": value }))
            .await;
    }

    /// Presses keys one after the other on whatever has the focus.
    pub async fn press(&self, keys: &str) {
        let press = |key: char| [("keyDown", key), ("keyUp", key)];
        self.act(keys.chars().flat_map(press).collect()).await;
    }

    /// Presses a key while another is held.
    pub async fn chord(&self, held: char, key: char) {
        self.act(vec![("keyDown", held), ("keyDown", key), ("keyUp", key), ("keyUp", held)]).await;
    }

    async fn act(&self, strokes: Vec<(&str, char)>) {
        let strokes: Vec<Value> = strokes
            .into_iter()
            .map(|(kind, key)| json!({ "type": kind, "value": key.to_string() }))
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.ask("POST", "/actions", json!({ "actions": [keyboard] })).await;
    }

    /// The text of the first element; nothing when there is none.
    pub async fn text(&self, css: &str) -> Option<String> {
        let wanted = json!({ "using": "css selector", "value": css });
        let found = self.try_ask("POST", "/element", wanted).await.ok()?;
        let id = found[ELEMENT].as_str()?.to_owned();
        let text = self.try_ask("GET", &format!("/element/{id}/text"), Value::Null).await.ok()?;
        text.as_str().map(str::to_owned)
    }

    /// Waits until a script's value is true.
    pub async fn until(&self, what: &str) {
        let begun = Instant::now();
        while self.script(&format!("return Boolean({what})")).await != Value::Bool(true) {
            let page = self.text("main").await.unwrap_or_default();
            assert!(
                begun.elapsed() < PATIENCE / 4,
                "never {what} at {}: {page}",
                self.address().await
            );
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// What was logged since the last time: `browser` (the console) or `performance` (the network).
    pub async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.ask("POST", "/se/log", json!({ "type": kind })).await;
        entries.as_array().cloned().unwrap_or_default()
    }

    /// The message of a dialogue that a page has opened.
    pub async fn dialogue(&self) -> Option<String> {
        let text = self.try_ask("GET", "/alert/text", Value::Null).await.ok()?;
        text.as_str().map(str::to_owned)
    }

    /// A picture of the window, kept when `GLORE_PICTURES` names a folder.
    pub async fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("GLORE_PICTURES") else { return };
        let picture = self.ask("GET", "/screenshot", Value::Null).await;
        let bytes = BASE64.decode(picture.as_str().expect("base64")).expect("base64");
        std::fs::write(format!("{folder}/{name}.png"), bytes).expect("written");
    }
}

impl Drop for Browser {
    /// The driver ends its browser when the session ends, not when it is killed.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let path = format!("/session{}", self.session);
            let _ = write!(
                stream,
                "DELETE {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
            );
            let _ = stream.read(&mut [0; 512]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
