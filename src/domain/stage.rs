//! Where a run is, for those who watch it.

use serde::{Deserialize, Serialize};

/// A stage of a run, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The policy writes.
    Drafting,
    /// The reward models read the first solutions.
    Scoring,
    /// The refiners write.
    Refining,
    /// The ORM reads what the refiners wrote, and chooses.
    Choosing,
}

impl Stage {
    /// The word used in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Drafting => "drafting",
            Stage::Scoring => "scoring",
            Stage::Refining => "refining",
            Stage::Choosing => "choosing",
        }
    }
}
