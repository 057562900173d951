//! What can go wrong between here and a server, and what follows from it.

use std::time::Duration;

use crate::domain::Role;
use crate::engine::EngineError;

/// Longest piece of a server's own words that goes into an error.
const MOST_WORDS: usize = 300;

/// Why one request got no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// No connection came about: nothing was done there, so it can be tried elsewhere.
    Unreachable(String),
    /// It has no time now; `down` when something behind it is broken (502, 503, 504).
    Busy { down: bool, after: Option<Duration>, reason: String },
    /// It broke off, was too slow, or answered nonsense.
    Broken(String),
    /// It understood and refused: the request or the key is to blame, not the server.
    Refused { status: u16, reason: String },
    /// A log-probability that is no number.
    NotFinite,
    /// The server does not tell the log-probability of a label token.
    NoLabel(String),
}

impl Fault {
    /// Whether the same request may be sent again.
    pub(super) fn can_be_retried(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Busy { .. })
    }

    /// How long the server asks to be left alone.
    pub(super) fn asked_for(&self) -> Option<Duration> {
        match self {
            Self::Busy { after, .. } => *after,
            _ => None,
        }
    }

    /// Whether the address is to blame, which its breaker counts.
    pub(super) fn counts(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Broken(_) => true,
            Self::Busy { down, .. } => *down,
            Self::Refused { .. } | Self::NotFinite | Self::NoLabel(_) => false,
        }
    }

    /// As the rest of the program knows it.
    pub(super) fn of_role(self, role: Role) -> EngineError {
        match self {
            Self::Refused { status: 400 | 413 | 422, reason } => {
                EngineError::BadRequest { role, reason }
            }
            Self::NotFinite => EngineError::NonFiniteLogits { role },
            Self::Unreachable(reason)
            | Self::Busy { reason, .. }
            | Self::Broken(reason)
            | Self::Refused { reason, .. }
            | Self::NoLabel(reason) => EngineError::Unavailable { role, reason },
        }
    }

    /// The same, with the address it happened at.
    pub(super) fn at(self, url: &str) -> Self {
        let at = |reason: String| format!("{url}: {reason}");
        match self {
            Self::Unreachable(reason) => Self::Unreachable(at(reason)),
            Self::Busy { down, after, reason } => Self::Busy { down, after, reason: at(reason) },
            Self::Broken(reason) => Self::Broken(at(reason)),
            Self::Refused { status, reason } => Self::Refused { status, reason: at(reason) },
            Self::NotFinite => Self::NotFinite,
            Self::NoLabel(reason) => Self::NoLabel(at(reason)),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(reason)
            | Self::Busy { reason, .. }
            | Self::Broken(reason)
            | Self::Refused { reason, .. }
            | Self::NoLabel(reason) => f.write_str(reason),
            Self::NotFinite => f.write_str("a log-probability is not a number"),
        }
    }
}

/// The words of a server, fit for a log line.
pub(super) fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let words: Vec<&str> = text.split_whitespace().collect();
    let visible: String =
        words.join(" ").chars().filter(|c| !c.is_control()).take(MOST_WORDS).collect();
    if visible.is_empty() { "without a word".to_owned() } else { visible }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_did_nothing_there_is_sent_again() {
        let busy = |down| Fault::Busy { down, after: None, reason: "x".to_owned() };
        assert!(Fault::Unreachable("x".to_owned()).can_be_retried());
        assert!(busy(true).can_be_retried() && busy(false).can_be_retried());
        assert!(!Fault::Broken("x".to_owned()).can_be_retried());
        assert!(!Fault::NotFinite.can_be_retried());
        assert!(busy(true).counts() && !busy(false).counts(), "a full queue is a healthy server");
    }

    #[test]
    fn the_request_is_blamed_only_for_what_it_is() {
        let code = |status| {
            let reason = "x".to_owned();
            Fault::Refused { status, reason }.of_role(Role::Orm).code()
        };
        assert_eq!([400, 422].map(code), ["bad_engine_request"; 2]);
        assert_eq!([401, 403, 404].map(code), ["engine_unavailable"; 3]);
    }

    #[test]
    fn the_words_of_a_server_are_bounded_and_plain() {
        assert_eq!(excerpt(b"a\n\x1b[31m b"), "a [31m b");
        assert_eq!(excerpt(&b"x".repeat(1000)).len(), MOST_WORDS);
        assert_eq!(excerpt(b" "), "without a word");
    }
}
