//! Passwords: what may be chosen, and how they are kept.
//!
//! Kept is only a PHC string of argon2id. Hashing takes about 19 MiB and tens of milliseconds on
//! purpose: callers do it on a thread that may block, a few at a time.

use std::fmt;

use argon2::password_hash::{PasswordHash as Phc, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use super::Invalid;

/// Fewest characters of a password that somebody chooses.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// Most bytes of one; hashing reads all of them.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// Memory, passes and lanes: the least that OWASP's password storage guide names for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password in the clear; never shown, never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// A new password for the user `name`.
    ///
    /// # Errors
    /// One that is too short or too long, is the name, or is one character again and again.
    pub fn choose(pointer: &str, text: &str, name: &str) -> Result<Self, Invalid> {
        let chars = text.chars().count();
        let refuse = |code, detail: String| Err(Invalid::new(pointer, code, detail));
        if chars < MIN_PASSWORD_CHARS {
            let detail = format!("at least {MIN_PASSWORD_CHARS} characters, {chars} were given");
            return refuse("too_short", detail);
        }
        if text.len() > MAX_PASSWORD_BYTES {
            let bytes = text.len();
            return refuse(
                "too_long",
                format!("at most {MAX_PASSWORD_BYTES} bytes, {bytes} were given"),
            );
        }
        if text.eq_ignore_ascii_case(name) {
            return refuse("too_easy", "the name itself is no password".to_owned());
        }
        let first = text.chars().next();
        if text.chars().all(|c| Some(c) == first) {
            return refuse("too_easy", "one character again and again is no password".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    /// What somebody typed to be let in; `None` if nobody's password is so long.
    pub fn typed(text: &str) -> Option<Self> {
        (text.len() <= MAX_PASSWORD_BYTES).then(|| Self(text.to_owned()))
    }

    /// Hashes it; blocks for tens of milliseconds. The salt must be random and new.
    pub fn hash(&self, salt: [u8; 16]) -> PasswordHash {
        let salt = SaltString::encode_b64(&salt).expect("16 bytes are a salt of a valid length");
        let hash = hasher().hash_password(self.0.as_bytes(), &salt);
        PasswordHash(hash.expect("a bounded password and constant parameters").to_string())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What is kept of a password: a PHC string with algorithm, parameters, salt and hash.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Reads what [`PasswordHash::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Phc::new(text).ok().map(|_| Self(text.to_owned()))
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the password; blocks as long as [`Password::hash`], whatever the answer.
    pub fn fits(&self, password: &Password) -> bool {
        Phc::new(&self.0)
            .is_ok_and(|phc| hasher().verify_password(password.0.as_bytes(), &phc).is_ok())
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("constants in their range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_says_how_it_was_made_and_not_what_of() {
        let password = Password::choose("/password", "correct horse battery", "ana").expect("fine");
        let hash = password.hash([7; 16]);
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(!hash.as_str().contains("horse"));
        assert_ne!(hash, password.hash([8; 16]), "salted");
        let read = PasswordHash::parse(hash.as_str()).expect("read back");
        assert!(read.fits(&password));
        assert!(!read.fits(&Password::typed("correct horse batterx").expect("short enough")));
        assert!(PasswordHash::parse("plain").is_none());
        assert_eq!(format!("{password:?}{hash:?}"), "Password(…)PasswordHash(…)");
    }

    #[test]
    fn a_password_that_is_no_good_is_refused_with_the_limit() {
        let refused = |text: &str| Password::choose("/password", text, "Ana Anders Ana").err();
        let code = |text: &str| refused(text).map(|refused| refused.code);
        assert!(
            refused("short").is_some_and(|r| r.detail.contains("12") && r.detail.contains('5'))
        );
        assert_eq!(code(&"é".repeat(11)), Some("too_short"));
        assert_eq!(code("ana anders ana"), Some("too_easy"));
        assert_eq!(code(&"x".repeat(40)), Some("too_easy"));
        assert_eq!(code(&"xy".repeat(513)), Some("too_long"));
        assert_eq!(code("twelve chars"), None);
        assert!(Password::typed(&"x".repeat(1025)).is_none());
    }
}
