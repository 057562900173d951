//! A client of server-sent events, as strict as a browser.

use axum::body::BodyDataStream;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures::StreamExt;
use serde_json::Value;

pub struct Stream {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: BodyDataStream,
    text: String,
}

impl Stream {
    pub fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let (status, headers) = (parts.status, parts.headers);
        Self { status, headers, body: body.into_data_stream(), text: String::new() }
    }

    /// What stands before the next empty line; none at the end.
    pub async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let rest = self.text.split_off(end + 2);
                return Some(std::mem::replace(&mut self.text, rest));
            }
            match self.body.next().await {
                Some(bytes) => {
                    let bytes = bytes.expect("a body");
                    self.text.push_str(std::str::from_utf8(&bytes).expect("UTF-8"));
                }
                None => {
                    assert_eq!(self.text, "", "half an event");
                    return None;
                }
            }
        }
    }

    /// The next event; none at the end.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            let Some(data) = field("data: ") else { continue };
            let event: Value = serde_json::from_str(data).expect("JSON");
            assert_eq!(field("event: "), event["type"].as_str());
            let id = field("id: ").and_then(|id| id.parse().ok());
            assert_eq!(id, event["sequence_number"].as_u64());
            return Some(event);
        }
    }

    /// Every event from here to the end.
    pub async fn all(mut self) -> Vec<Value> {
        assert_eq!(self.status, StatusCode::OK);
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}
