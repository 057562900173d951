//! `[auth]`: how people come to this server, and how long they stay.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Longest session, in seconds: a year.
const MAX_SESSION_S: u64 = 365 * 24 * 60 * 60;
/// More proxies than this nobody has in a row.
const MAX_PROXIES: usize = 8;

/// What lies between people's browsers and this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Nothing: browsers run on this machine.
    Loopback,
    /// TLS, ended by a proxy in front. Cookies are for HTTPS alone.
    Tls,
    /// A network without TLS, where passwords and sessions can be read on the way.
    Plain,
}

/// `[auth]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// How people reach this server. Anything but `loopback` needs users, and so does an address
    /// that is not of this machine.
    pub transport: Transport,
    /// Longest time from login to the end of a session, in seconds.
    pub session_s: u64,
    /// Longest time a session may be unused, in seconds.
    pub session_idle_s: u64,
    /// Proxies in front, each of which adds to `X-Forwarded-For`; 0 believes nobody.
    pub proxies: usize,
    /// Whether `/metrics` is for everybody who reaches this server; else it needs an admin.
    pub open_metrics: bool,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            transport: Transport::Loopback,
            session_s: 7 * 24 * 60 * 60,
            session_idle_s: 12 * 60 * 60,
            proxies: 0,
            open_metrics: false,
        }
    }
}

impl Auth {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let refuse = |key, value: u64, limit: u64| {
            let reason = format!("must lie between 1 and {limit}");
            Err(ConfigError::Refused { key, value: value.to_string(), reason })
        };
        if !(1..=MAX_SESSION_S).contains(&self.session_s) {
            return refuse("auth.session_s", self.session_s, MAX_SESSION_S);
        }
        if !(1..=self.session_s).contains(&self.session_idle_s) {
            return refuse("auth.session_idle_s", self.session_idle_s, self.session_s);
        }
        if self.proxies > MAX_PROXIES {
            let (key, value) = ("auth.proxies", self.proxies.to_string());
            let reason = format!("must be at most {MAX_PROXIES}");
            return Err(ConfigError::Refused { key, value, reason });
        }
        Ok(())
    }
}
