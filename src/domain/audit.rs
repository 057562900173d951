//! What is written down of what people do: who, what, to what, when, from where.
//!
//! To have another deed written down, add a line to [`Action`].

use super::{Timestamp, UserId};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $word:literal $sentence:literal;)+) => {
        /// A deed that is written down.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $name),+ }

        impl Action {
            /// Every deed.
            pub const ALL: &'static [Action] = &[$(Action::$name),+];

            /// The word in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The words on pages.
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $sentence),+ }
            }
        }
    };
}

actions! {
    UserAdded "user.added" "added the user";
    RoleChanged "user.role" "changed the role of";
    UserDisabled "user.disabled" "disabled";
    UserEnabled "user.enabled" "enabled";
    /// By somebody else: an admin, or the command line.
    PasswordReset "user.password_reset" "reset the password of";
    /// By the user.
    PasswordChanged "user.password_changed" "changed the password of";
    LoggedIn "session.began" "logged in";
    /// With a name that exists; others are not written down, they may be passwords.
    LoginRefused "session.refused" "was refused at login";
    LoggedOut "session.ended" "logged out";
    SessionsEnded "session.ended_others" "ended sessions of";
    TokenAdded "token.added" "made the token";
    TokenRevoked "token.revoked" "revoked the token";
    QueueAdded "queue.added" "made the queue";
    QueueChanged "queue.changed" "changed the queue";
    /// With earlier runs.
    QueueFilled "queue.filled" "filled the queue";
    GoldMarked "gold.marked" "marked as gold";
    GoldRemoved "gold.removed" "took away the gold of";
    /// What people said left the program.
    AnnotationsExported "annotations.exported" "exported annotations of";
    RunCancelled "run.cancelled" "cancelled the run";
    BatchCancelled "batch.cancelled" "cancelled the batch";
}

/// Who does it, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `None` for somebody without an account: the local person, the command line.
    pub id: Option<UserId>,
    pub name: String,
    /// Empty outside of a request.
    pub request_id: String,
    /// Where the request came from; empty outside of one.
    pub address: String,
}

impl Actor {
    /// Whoever may run commands on the server's machine.
    pub fn command_line() -> Self {
        let name = "command line".to_owned();
        Self { id: None, name, request_id: String::new(), address: String::new() }
    }

    /// What rows call the person: the id of a user, or the name of whoever has no account.
    pub fn person(&self) -> String {
        self.id.map_or_else(|| self.name.clone(), |id| id.to_string())
    }
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts up; lines of one second keep their order.
    pub number: i64,
    pub at: Timestamp,
    pub actor: Actor,
    /// The word of an [`Action`], or of one that a later version knows.
    pub action: String,
    /// What it was done to, by name.
    pub target: String,
    /// What changed, in words.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_each_used_once() {
        let mut words: Vec<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Action::ALL.len());
    }
}
