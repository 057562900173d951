//! The three ratings of a step.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person says of a step. The numbers are PRM800K's.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// -1.
    Wrong,
    /// 0: neither wrong nor a gain.
    Fine,
    /// 1.
    Good,
}

impl Rating {
    /// Every one, from wrong to good.
    pub const ALL: [Rating; 3] = [Rating::Wrong, Rating::Fine, Rating::Good];

    /// -1, 0 or 1.
    pub fn value(self) -> i64 {
        match self {
            Self::Wrong => -1,
            Self::Fine => 0,
            Self::Good => 1,
        }
    }

    /// Reads that number back.
    pub fn from_value(value: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|rating| rating.value() == value)
    }

    /// Its place in the order of categories, from 0.
    pub fn category(self) -> u8 {
        match self {
            Self::Wrong => 0,
            Self::Fine => 1,
            Self::Good => 2,
        }
    }

    /// What pages and forms call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Fine => "fine",
            Self::Good => "good",
        }
    }

    /// Reads that word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rating| rating.as_str() == word)
    }
}
