//! Users and what belongs to them, without their secrets.

use super::{Invalid, PersonRole, SessionId, Timestamp, TokenId, UserId};

/// Longest name of a user, in characters.
pub const MAX_USER_NAME: usize = 64;
/// Longest name of a token, in characters.
pub const MAX_TOKEN_NAME: usize = 64;
/// Names that mean somebody else.
const RESERVED: [&str; 3] = ["local", "glore", "nobody"];

/// Somebody who may log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// As it was first written; letter case does not tell two names apart.
    pub name: String,
    pub role: PersonRole,
    /// May not log in, nor use a token.
    pub disabled: bool,
    pub created_at: Timestamp,
}

/// A browser in which a user is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends, whatever is done with it.
    pub expires_at: Timestamp,
    /// Where it began.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// What a program may do in a user's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    pub user_id: UserId,
    pub name: String,
    /// The most it may do; its user's role bounds it as well.
    pub role: PersonRole,
    /// It may look and not change.
    pub read_only: bool,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether it can be used now.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// Checks the name of a new user: letters and digits of ASCII, and `.`, `-`, `_` and `@` within.
/// No two names look alike, and none can be mistaken for markup.
///
/// # Errors
/// A name that is empty, too long, reserved, or has another character.
pub fn check_user_name(pointer: &str, name: &str) -> Result<(), Invalid> {
    let refuse = |code, detail: String| Err(Invalid::new(pointer, code, detail));
    let chars = name.chars().count();
    if chars == 0 {
        return refuse("empty", "a user needs a name".to_owned());
    }
    if chars > MAX_USER_NAME {
        return refuse(
            "too_long",
            format!("at most {MAX_USER_NAME} characters, {chars} were given"),
        );
    }
    let wrong = |c: char| !(c.is_ascii_alphanumeric() || ".-_@".contains(c));
    if let Some(c) = name.chars().find(|c| wrong(*c)) {
        let detail = format!(
            "letters a to z, digits, and . - _ @ are allowed; U+{:04X} was given",
            u32::from(c)
        );
        return refuse("wrong_character", detail);
    }
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return refuse("wrong_character", "a name begins with a letter or a digit".to_owned());
    }
    if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name)) {
        return refuse("reserved", format!("`{name}` is kept for the program itself"));
    }
    Ok(())
}

/// Checks the name of a token: a line of text that says what it is for.
///
/// # Errors
/// A name that is empty, too long, or has control characters.
pub fn check_token_name(pointer: &str, name: &str) -> Result<(), Invalid> {
    let chars = name.chars().count();
    if name.trim().is_empty() {
        return Err(Invalid::new(
            pointer,
            "empty",
            "a token needs a name that says what it is for",
        ));
    }
    if chars > MAX_TOKEN_NAME {
        let detail = format!("at most {MAX_TOKEN_NAME} characters, {chars} were given");
        return Err(Invalid::new(pointer, "too_long", detail));
    }
    if let Some(c) = name.chars().find(|c| c.is_control()) {
        let detail = format!("control character U+{:04X} is not allowed", u32::from(c));
        return Err(Invalid::new(pointer, "control_character", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_users() {
        let code = |name: &str| check_user_name("/name", name).err().map(|refused| refused.code);
        for name in ["ana", "Ana.B-2_c", "ana@example.org", "7", &"x".repeat(64)] {
            assert_eq!(code(name), None, "{name}");
        }
        assert_eq!(code(""), Some("empty"));
        assert_eq!(code(&"x".repeat(65)), Some("too_long"));
        for name in ["a b", "<b>", "\u{202e}ana", "аna", ".ana", "-ana", "a\0"] {
            assert_eq!(code(name), Some("wrong_character"), "{name}");
        }
        assert_eq!(code("Local"), Some("reserved"));
    }

    #[test]
    fn names_of_tokens() {
        let code = |name: &str| check_token_name("/name", name).err().map(|refused| refused.code);
        assert_eq!(code("nightly job (é)"), None);
        assert_eq!(code("  "), Some("empty"));
        assert_eq!(code(&"x".repeat(65)), Some("too_long"));
        assert_eq!(code("a\nb"), Some("control_character"));
    }
}
