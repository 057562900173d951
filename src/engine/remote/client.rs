//! One request, one answer, within bounds of time and size.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::{Fault, excerpt};
use super::retry;

/// Longest time until a connection stands.
const CONNECT: Duration = Duration::from_secs(3);
/// Longest silence within a body that has begun.
const SILENCE: Duration = Duration::from_secs(10);
/// Longest time a server may take to say which models it has.
const GREETING: Duration = Duration::from_secs(5);
/// Largest answer, in bytes: twenty log-probabilities a token of a long context fit well.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// As much of a refusal as is read for its words.
const MOST_WORDS: usize = 64 * 1024;

/// Speaks HTTP to the addresses of a role.
#[derive(Debug, Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    /// Longest time from a request to the end of its answer.
    patience: Duration,
}

impl Client {
    /// A client that sends `key`, if there is one, with every request. It follows no redirect, which
    /// could lead anywhere, and takes no proxy from the environment.
    pub(super) fn new(key: Option<&str>, patience: Duration) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            let mut value = HeaderValue::try_from(format!("Bearer {key}"))
                .map_err(|_| "the API key has characters that no header may have".to_owned())?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .default_headers(headers)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self { http, patience })
    }

    /// Sends a JSON object and reads the answer.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        url: &str,
        body: &Value,
    ) -> Result<T, Fault> {
        self.exchange(self.http.post(url).json(body), self.patience).await
    }

    /// Asks for something that is there already.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, Fault> {
        self.exchange(self.http.get(url), GREETING.min(self.patience)).await
    }

    async fn exchange<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        patience: Duration,
    ) -> Result<T, Fault> {
        let exchange = async { read(request.send().await.map_err(unsent)?).await };
        match tokio::time::timeout(patience, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::Broken(format!("no answer within {patience:?}"))),
        }
    }
}

fn unsent(error: reqwest::Error) -> Fault {
    if error.is_connect() {
        return Fault::Unreachable(format!("no connection: {}", root(&error)));
    }
    Fault::Broken(format!("the request broke off: {}", root(&error)))
}

/// The last cause says what happened; those before only say where.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    excerpt(cause.to_string().as_bytes())
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Fault> {
    let status = response.status();
    if !status.is_success() {
        return Err(refusal(response).await);
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or("none").split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let kind = excerpt(essence.as_bytes());
        return Err(Fault::Broken(format!("the answer is not JSON, its type is {kind}")));
    }
    parse(&body(response, MOST_BYTES).await?)
}

async fn refusal(response: Response) -> Fault {
    let status = response.status();
    let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let after = after.and_then(retry::asked_for);
    if status.is_redirection() {
        return Fault::Broken(format!("answered {status}; redirects are not followed"));
    }
    // The words help, but the status says enough without them.
    let words = body(response, MOST_WORDS).await.map(|bytes| excerpt(&bytes)).unwrap_or_default();
    let reason = format!("answered {status}: {words}");
    match status {
        StatusCode::TOO_MANY_REQUESTS => Fault::Busy { down: false, after, reason },
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Fault::Busy { down: true, after, reason }
        }
        status if status.is_client_error() => Fault::Refused { status: status.as_u16(), reason },
        _ => Fault::Broken(reason),
    }
}

/// The body as bytes, if it is no larger than `most` and does not stop coming.
async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    loop {
        let chunk = tokio::time::timeout(SILENCE, response.chunk()).await;
        let chunk = chunk.map_err(|_| {
            Fault::Broken(format!("nothing came for {} s within the answer", SILENCE.as_secs()))
        })?;
        match chunk {
            Err(e) => return Err(Fault::Broken(format!("the answer broke off: {}", root(&e)))),
            Ok(None) => return Ok(bytes),
            Ok(Some(chunk)) if bytes.len() + chunk.len() > most => {
                return Err(Fault::Broken(format!("the answer has more than {most} bytes")));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
        }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| {
        // JSON knows no such numbers, and Python's writer writes them all the same.
        let text = String::from_utf8_lossy(bytes);
        if error.is_syntax() && ["NaN", "Infinity"].iter().any(|word| text.contains(word)) {
            return Fault::NotFinite;
        }
        Fault::Broken(format!("the answer cannot be understood: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_are_told_from_nonsense() {
        let parse = |text: &str| parse::<Vec<f64>>(text.as_bytes());
        assert_eq!(parse("[0.5, NaN]"), Err(Fault::NotFinite));
        assert_eq!(parse("[-Infinity]"), Err(Fault::NotFinite));
        assert!(matches!(parse("[0.5, "), Err(Fault::Broken(_))));
        assert!(matches!(parse("[\"NaN\"]"), Err(Fault::Broken(_))), "a word is not a number");
    }

    #[test]
    fn a_key_that_cannot_be_sent_is_refused_and_none_is_shown() {
        let refused = Client::new(Some("a\nb"), GREETING).expect_err("refused");
        assert!(!refused.contains('\n'));
        let client = Client::new(Some("a-secret"), GREETING).expect("a client");
        assert!(!format!("{client:?}").contains("a-secret"));
    }
}
