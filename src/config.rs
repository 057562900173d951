//! What can be set: defaults < file < environment (`GLORE_SECTION__KEY`).
//!
//! One struct a section, every field with its default; `models.rs` has the section of models.
//! Unknown keys are refused with their name. To add a setting, add a field with a doc comment here
//! and use it; `glore config` shows it, and docs/operations.md has its line.

mod auth;
mod models;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use auth::{Auth, Transport};
pub use models::{Dtype, ModelSource, Quantisation, ScoreFormat, ScoreVia};

use crate::domain::Role;

/// More streams of events than this no single server should hold open.
const MAX_STREAMS: usize = 65_536;

/// A configuration that cannot be used, with the key that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value has the wrong type, or a key is unknown.
    #[error("configuration: {0}")]
    Unreadable(#[from] Box<figment::Error>),
    /// A value is of the right type but cannot be used.
    #[error("configuration: {key} = {value}: {reason}")]
    Refused { key: &'static str, value: String, reason: String },
}

/// More connections than a process is usually given file descriptors for.
const MAX_CONNECTIONS: usize = 65_536;
/// A day; what takes longer belongs in the queue.
const MAX_TIMEOUT_S: u64 = 24 * 60 * 60;

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub server: Server,
    pub auth: Auth,
    pub store: Store,
    pub engine: EngineSection,
    pub limits: Limits,
    pub lab: Lab,
    pub log: Log,
    /// One entry a role; a role without an entry is played by its embedded model.
    pub models: BTreeMap<Role, ModelSource>,
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address to listen on. One that is not of this machine needs users and `auth.transport`.
    pub listen: SocketAddr,
    /// Connections open at the same time; further ones wait to be accepted.
    pub max_connections: usize,
    /// Longest time a connection may be without a whole request header, in seconds: while the header
    /// arrives, and between an answer and the next request.
    pub header_timeout_s: u64,
    /// Longest time a client may take none of an answer's bytes, in seconds.
    pub write_timeout_s: u64,
    /// Longest time a request body may take to arrive, in seconds.
    pub body_timeout_s: u64,
    /// Largest request body in bytes.
    pub max_body_bytes: usize,
    /// Longest time one request may take, in seconds, its wait in the queue included.
    pub request_timeout_s: u64,
    /// Streams of events that may be open at once; one more is answered 429 at once.
    pub max_streams: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            max_connections: 1024,
            header_timeout_s: 10,
            write_timeout_s: 30,
            body_timeout_s: 30,
            max_body_bytes: 1024 * 1024,
            request_timeout_s: 120,
            max_streams: 64,
        }
    }
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// Folder for the database and the unpacked embedded models; made when missing.
    pub dir: PathBuf,
}

impl Default for Store {
    fn default() -> Self {
        Self { dir: PathBuf::from("data") }
    }
}

/// Which engine runs the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineKind {
    /// mistral.rs: any model it can load, CPU or GPU.
    Mistral,
    /// The lab's own engine: small Llama checkpoints only.
    Batch,
}

/// `[engine]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngineSection {
    pub kind: EngineKind,
    /// Copies of each model on a CPU, each with one generation in flight; 0 = one a core, at most 4.
    pub replicas: usize,
    /// Runs that may wait for a place; one more is answered 429 at once.
    pub queue: usize,
    /// Runs at work at the same time; 0 = as many as there are replicas.
    pub concurrent: usize,
    /// Most memory that loading the models may take, in MiB, where all of them run on the CPU; 0 =
    /// nine tenths of what is free then.
    pub max_memory_mb: u64,
    /// Longest time that trying models of one's own may take before they are used, in seconds.
    pub load_timeout_s: u64,
    /// Longest time one run in the background may take, in seconds, its wait in the queue not included.
    pub background_timeout_s: u64,
}

impl Default for EngineSection {
    fn default() -> Self {
        let kind =
            if cfg!(feature = "mistralrs") { EngineKind::Mistral } else { EngineKind::Batch };
        Self {
            kind,
            replicas: 0,
            queue: 32,
            concurrent: 0,
            max_memory_mb: 0,
            load_timeout_s: 600,
            background_timeout_s: 3600,
        }
    }
}

/// `[limits]`: what one request may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Most tokens a solution may have.
    pub max_tokens: usize,
    /// Tokens a solution may have when the request does not say.
    pub default_tokens: usize,
    /// Most samples of one best-of-n request.
    pub max_samples: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_tokens: 1024, default_tokens: 192, max_samples: 16 }
    }
}

/// `[lab]`: what the page of the lab shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lab {
    /// Folder whose folders are runs of `glore reproduce`; their stages and curves are shown while
    /// they go on. It may be missing, and nothing is ever written to it.
    pub runs: PathBuf,
}

impl Default for Lab {
    fn default() -> Self {
        Self { runs: PathBuf::from("runs") }
    }
}

/// `[log]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Directives as `tracing` reads them.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "warn,mistralrs_core=error,glore=info".to_owned(), json: false }
    }
}

/// `GLORE_TOKEN` is no setting: it is what calls of the API show, as pages and docs/remote.md have it,
/// and stands in the environment of those who use both.
const TOKEN: &str = "token";

impl Config {
    /// Reads defaults, then `file` if given, then the environment, and checks the result.
    ///
    /// # Errors
    /// A named file that does not exist, a key that does not exist, a value of the wrong type or
    /// out of its range.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        let figment = figment.merge(Env::prefixed("GLORE_").ignore(&[TOKEN]).split("__"));
        let config: Self = figment.extract().map_err(Box::new)?;
        config.validate()?;
        Ok(config)
    }

    /// Whether people on other machines can reach the server, so that it needs users.
    pub fn is_public(&self) -> bool {
        self.auth.transport != Transport::Loopback || !self.server.listen.ip().is_loopback()
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let refuse = |key, value: &dyn std::fmt::Display, reason: &str| {
            Err(ConfigError::Refused { key, value: value.to_string(), reason: reason.to_owned() })
        };
        self.auth.validate()?;
        let listen = self.server.listen;
        if !listen.ip().is_loopback() && self.auth.transport == Transport::Loopback {
            let reason = "people on other machines can reach this address: set auth.transport to \
                          \"tls\" behind a proxy that ends TLS, or to \"plain\" to send passwords \
                          unprotected; `glore user add` makes the users that it needs";
            return refuse("server.listen", &listen, reason);
        }
        let Server { max_connections, header_timeout_s, body_timeout_s, .. } = self.server;
        if !(1..=MAX_CONNECTIONS).contains(&max_connections) {
            let reason = format!("must lie between 1 and {MAX_CONNECTIONS}");
            return refuse("server.max_connections", &max_connections, &reason);
        }
        for (key, seconds) in [
            ("server.header_timeout_s", header_timeout_s),
            ("server.body_timeout_s", body_timeout_s),
            ("server.write_timeout_s", self.server.write_timeout_s),
            ("server.request_timeout_s", self.server.request_timeout_s),
            ("engine.load_timeout_s", self.engine.load_timeout_s),
            ("engine.background_timeout_s", self.engine.background_timeout_s),
        ] {
            if !(1..=MAX_TIMEOUT_S).contains(&seconds) {
                return refuse(key, &seconds, &format!("must lie between 1 and {MAX_TIMEOUT_S}"));
            }
        }
        if self.server.max_body_bytes == 0 {
            return refuse("server.max_body_bytes", &0, "must be at least 1");
        }
        if !(1..=MAX_STREAMS).contains(&self.server.max_streams) {
            let reason = format!("must lie between 1 and {MAX_STREAMS}");
            return refuse("server.max_streams", &self.server.max_streams, &reason);
        }
        if self.limits.default_tokens == 0 || self.limits.default_tokens > self.limits.max_tokens {
            let reason = "must lie between 1 and limits.max_tokens";
            return refuse("limits.default_tokens", &self.limits.default_tokens, reason);
        }
        if self.limits.max_samples == 0 {
            return refuse("limits.max_samples", &0, "must be at least 1");
        }
        for source in self.models.values() {
            if let Some(threshold) = source.threshold.filter(|t| !(0.0..=1.0).contains(t)) {
                return refuse("models.threshold", &threshold, "must lie between 0 and 1");
            }
            if source.timeout_s == 0 {
                return refuse("models.timeout_s", &0, "must be at least 1");
            }
            if source.max_concurrency == 0 {
                return refuse("models.max_concurrency", &0, "must be at least 1");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
