//! Identifiers: a prefix that says what they name, and a UUIDv7 that sorts by time; a problem's is
//! made from its words.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// A text that is not an identifier of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}… followed by a UUID")]
pub struct NotAnId {
    /// The prefix that was expected.
    pub prefix: &'static str,
    /// What was given, cut to 80 characters.
    pub text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        id!($(#[$doc])* $name, $prefix, " and a UUIDv7: later ids sort later.");
    };
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id; ids made later sort later.
            #[allow(clippy::new_without_default, reason = "two calls never give the same id")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id made `millis` after 1970 from these random bytes.
            pub fn at(millis: u64, random: &[u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
            }

            /// What sorts before every id made `millis` after 1970 or later, and after all others.
            pub fn floor(millis: u64) -> String {
                let millis = millis.min((1 << 48) - 1);
                format!("{}{:08x}-{:04x}", $prefix, millis >> 16, millis & 0xffff)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix($prefix)
                    .and_then(|rest| Uuid::try_parse(rest).ok())
                    .map(Self)
                    .ok_or_else(|| NotAnId {
                        prefix: $prefix,
                        text: text.chars().take(80).collect(),
                    })
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(concat!("^", $prefix, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")))
                    .description(Some(concat!("`", $prefix, "`", $kind)))
                    .into()
            }
        }

        impl ToSchema for $name {}

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }
    };
}

id!(
    /// Names a problem: the same words with the same reference answer have the same id.
    ProblemId, "prb_", " and a UUID made from its words and its reference answer."
);

impl ProblemId {
    /// The id of a problem, made from a hash of it (a UUIDv8, RFC 9562).
    pub fn of(text: &str, reference_answer: Option<&str>) -> Self {
        let mut hash = Sha256::new();
        // The length keeps the two apart.
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
        hash.update(reference_answer.unwrap_or_default());
        let hash: [u8; 32] = hash.finalize().into();
        let mut start = [0; 16];
        start.copy_from_slice(&hash[..16]);
        Self(uuid::Builder::from_custom_bytes(start).into_uuid())
    }
}

id!(
    /// Names a run: one solve, critique or refine.
    RunId, "run_"
);
id!(
    /// Names what an adjudicator decided of an item.
    AdjudicationId, "adj_"
);
id!(
    /// Names one solution of a run.
    SolutionId, "sol_"
);
id!(
    /// Names a user.
    UserId, "usr_"
);
id!(
    /// Names a session of a user; it is no secret.
    SessionId, "ses_"
);
id!(
    /// Names an API token; it is no secret.
    TokenId, "tok_"
);
id!(
    /// Names a review queue.
    QueueId, "que_"
);
id!(
    /// Names an item: a run in a queue.
    ItemId, "itm_"
);
id!(
    /// Names what a person handed in for an item.
    SubmissionId, "sbm_"
);
id!(
    /// Names a batch: many problems handed in at once.
    BatchId, "bat_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_the_trip_through_text() {
        let id = RunId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = SolutionId::new().to_string();
        assert!(id.parse::<RunId>().is_err());
        assert!("run_".parse::<RunId>().is_err());
        assert!("".parse::<RunId>().is_err());
    }

    #[test]
    fn floors_lie_between_moments() {
        let at = |millis, byte| RunId::at(millis, &[byte; 10]).to_string();
        let floor = RunId::floor(1_700_000_000_001);
        assert!(at(1_700_000_000_000, 0xff) < floor && floor < at(1_700_000_000_001, 0));
        assert_eq!(at(1, 0).parse::<RunId>().map(|id| id.to_string()), Ok(at(1, 0)));
        assert!(RunId::floor(u64::MAX) > RunId::new().to_string());
    }

    #[test]
    fn later_ids_sort_later() {
        let ids: Vec<_> = (0..100).map(|_| RunId::new()).collect();
        assert!(ids.is_sorted());
    }
}
