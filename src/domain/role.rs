//! The five roles; each is played by a model, and two may share one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a model does for us (method: "Five roles, five models").
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The student pi: writes drafts.
    Policy,
    /// Outcome reward model: will this solution's final answer be right? Says when, and reranks.
    Orm,
    /// Stepwise ORM: can the right answer still be reached from here? Says where.
    Sorm,
    /// Rewrites a draft as a whole.
    Global,
    /// Rewrites a draft from the first wrong step on.
    Local,
}

impl Role {
    /// Every role, in the order in which the method uses them.
    pub const ALL: [Role; 5] = [Role::Policy, Role::Orm, Role::Sorm, Role::Global, Role::Local];

    /// The word used in configuration, files and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Policy => "policy",
            Role::Orm => "orm",
            Role::Sorm => "sorm",
            Role::Global => "global",
            Role::Local => "local",
        }
    }

    /// Whether the role reads scores rather than writes text.
    pub fn is_reward(self) -> bool {
        matches!(self, Role::Orm | Role::Sorm)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not one of policy, orm, sorm, global, local"))
    }
}
