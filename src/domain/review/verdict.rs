//! What a person says of a step.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One of the four buttons. No verdict at all is `None` of an `Option`: it is not the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// -1: an error.
    Wrong,
    /// 0: no error, no progress.
    Fine,
    /// +1: right, and a step forward.
    Good,
    /// Looked at and not decided; counts as no value.
    Unsure,
}

impl Verdict {
    /// In the order of the buttons: bad, neutral, good, as PRM800K has them.
    pub const ALL: [Verdict; 4] = [Verdict::Wrong, Verdict::Fine, Verdict::Good, Verdict::Unsure];

    /// The word used in forms and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Wrong => "wrong",
            Verdict::Fine => "fine",
            Verdict::Good => "good",
            Verdict::Unsure => "unsure",
        }
    }

    /// Reads that word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }

    /// -1, 0 or +1; nothing for unsure.
    pub fn value(self) -> Option<i8> {
        match self {
            Verdict::Wrong => Some(-1),
            Verdict::Fine => Some(0),
            Verdict::Good => Some(1),
            Verdict::Unsure => None,
        }
    }

    /// The verdict with this value.
    pub fn of_value(value: i8) -> Option<Self> {
        Verdict::ALL.into_iter().find(|verdict| verdict.value() == Some(value))
    }
}
