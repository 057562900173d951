//! Secrets that a client carries: of a session in its cookie, of a program in its `Authorization`.
//!
//! Both are random, made from bytes that the caller drew. The store knows their SHA-256 alone: they
//! are too long to be guessed, so that a quick hash does. To compare is to look the hash up.

use std::fmt;

use sha2::{Digest, Sha256};

use super::hex;

/// SHA-256 of a secret, as it is kept.
pub type SecretHash = [u8; 32];

/// What a session's cookie holds: 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret([u8; 32]);

impl SessionSecret {
    /// From bytes of the system's random source.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// Reads a cookie's value.
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
    }

    /// The cookie's value.
    pub fn text(&self) -> String {
        hex::encode(&self.0)
    }

    /// What the store knows it by.
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0).into()
    }

    /// A token for a form of this session's pages. The mask makes it another text in each page, so
    /// that the length of compressed pages says nothing of it.
    pub fn form_token(&self, mask: [u8; 32]) -> String {
        hex::encode(&mask) + &hex::encode(&xor(mask, self.form_key()))
    }

    /// Whether a form's token was made for this session.
    pub fn made(&self, token: &str) -> bool {
        let Some(pair) = hex::decode::<64>(token) else { return false };
        let (mut mask, mut masked) = ([0; 32], [0; 32]);
        mask.copy_from_slice(&pair[..32]);
        masked.copy_from_slice(&pair[32..]);
        // All bytes are looked at, so that the time says nothing of where they differ.
        xor(xor(mask, masked), self.form_key()).iter().fold(0, |all, byte| all | byte) == 0
    }

    fn form_key(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"glore form token\0");
        hash.update(self.0);
        hash.finalize().into()
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

fn xor(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    std::array::from_fn(|i| a[i] ^ b[i])
}

/// What a program sends as `Authorization: Bearer`: a prefix that scanners of leaked secrets can
/// find (`glr_[0-9a-f]{56}`), 192 random bits, and a checksum of 32 bits that tells a mistyped token
/// from one that was revoked.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken(String);

impl ApiToken {
    /// What every token begins with.
    pub const PREFIX: &'static str = "glr_";
    const RANDOM_DIGITS: usize = 48;

    /// From bytes of the system's random source.
    pub fn new(random: [u8; 24]) -> Self {
        let body = hex::encode(&random);
        let sum = checksum(&body);
        Self(format!("{}{body}{sum}", Self::PREFIX))
    }

    /// Reads one; `None` if it was never one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(Self::PREFIX)?;
        hex::decode::<28>(digits)?;
        let (body, sum) = digits.split_at(Self::RANDOM_DIGITS);
        (checksum(body) == sum).then(|| Self(text.to_owned()))
    }

    /// The whole token; shown once.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What the store knows it by.
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

fn checksum(body: &str) -> String {
    hex::encode(&Sha256::digest(body.as_bytes())[..4])
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_form_token_is_good_for_its_session_alone(a: [u8; 32], b: [u8; 32], mask: [u8; 32]) {
            let (own, other) = (SessionSecret::new(a), SessionSecret::new(b));
            let token = own.form_token(mask);
            prop_assert!(own.made(&token));
            prop_assert_eq!(other.made(&token), a == b);
            prop_assert!(!token.contains(&own.text()));
        }

        #[test]
        fn secrets_are_read_back(random: [u8; 32], bytes: [u8; 24]) {
            let secret = SessionSecret::new(random);
            prop_assert_eq!(SessionSecret::parse(&secret.text()), Some(secret));
            let token = ApiToken::new(bytes);
            prop_assert_eq!(ApiToken::parse(token.text()), Some(token));
        }

        #[test]
        fn one_wrong_digit_of_a_token_is_seen(bytes: [u8; 24], at in 4usize..60, by in 1u8..16) {
            let mut text = ApiToken::new(bytes).text().to_owned().into_bytes();
            let value = char::from(text[at]).to_digit(16).expect("a digit") as u8;
            text[at] = b"0123456789abcdef"[usize::from((value + by) % 16)];
            let text = String::from_utf8(text).expect("ASCII");
            prop_assert_eq!(ApiToken::parse(&text), None);
        }
    }

    #[test]
    fn nothing_shows_a_secret() {
        let (secret, token) = (SessionSecret::new([1; 32]), ApiToken::new([2; 24]));
        assert_eq!(format!("{secret:?} {token:?}"), "SessionSecret(…) ApiToken(…)");
        assert_eq!(token.text().len(), 60);
        assert!(!secret.made("") && !secret.made(&"0".repeat(128)));
    }
}
