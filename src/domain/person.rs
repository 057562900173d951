//! What people may do: four roles, each of which may do all that the one before it may.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person may do. Ordered: a later role may do whatever an earlier one may.
///
/// The roles that models play are [`Role`](super::Role).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PersonRole {
    /// Looks at everything that is no secret, and changes nothing.
    Viewer,
    /// Makes and cancels runs, and rates.
    Annotator,
    /// Settles where annotators disagree, and looks after queues.
    Adjudicator,
    /// Looks after people and reads the audit log.
    Admin,
}

impl PersonRole {
    /// Every role, the least first.
    pub const ALL: [PersonRole; 4] =
        [PersonRole::Viewer, PersonRole::Annotator, PersonRole::Adjudicator, PersonRole::Admin];

    /// The word used in pages, files and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonRole::Viewer => "viewer",
            PersonRole::Annotator => "annotator",
            PersonRole::Adjudicator => "adjudicator",
            PersonRole::Admin => "admin",
        }
    }

    /// What it may do, in a few words.
    pub fn may(self) -> &'static str {
        match self {
            PersonRole::Viewer => "looks at runs, results and reports",
            PersonRole::Annotator => "also makes runs and rates",
            PersonRole::Adjudicator => "also settles disagreements and looks after queues",
            PersonRole::Admin => "also looks after people and reads the audit log",
        }
    }
}

impl fmt::Display for PersonRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PersonRole {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        PersonRole::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not one of viewer, annotator, adjudicator, admin"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_more_than_the_one_before() {
        assert!(PersonRole::ALL.is_sorted());
        assert!(PersonRole::Viewer < PersonRole::Admin);
    }

    #[test]
    fn words_are_read_back() {
        for role in PersonRole::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("root".parse::<PersonRole>().is_err_and(|said| said.contains("adjudicator")));
    }
}
