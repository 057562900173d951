//! Tags: words that people put on runs to find them again.

use serde::{Deserialize, Serialize};

use super::input::Invalid;

/// Longest tag, in characters.
const MAX_CHARS: usize = 40;
/// Most tags of one run.
pub const MAX_TAGS: usize = 20;

/// A tag in its one form: small letters, digits and `-_.:/`, white space as one dash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Tag(String);

impl Tag {
    /// Reads a tag as a person would type it.
    ///
    /// # Errors
    /// [`Invalid`] at `/tag`: `blank`, `too_long`, or `bad_character`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let tag = words.join("-").to_lowercase();
        if tag.is_empty() {
            return Err(Invalid::new("/tag", "blank", "a tag needs at least one letter"));
        }
        let chars = tag.chars().count();
        if chars > MAX_CHARS {
            let detail = format!("at most {MAX_CHARS} characters are allowed, {chars} were given");
            return Err(Invalid::new("/tag", "too_long", detail));
        }
        let fits = |c: char| c.is_alphanumeric() || "-_.:/".contains(c);
        if let Some(bad) = tag.chars().find(|c| !fits(*c)) {
            let detail = format!("only letters, digits and - _ . : / are allowed, not `{bad}`");
            return Err(Invalid::new("/tag", "bad_character", detail));
        }
        Ok(Self(tag))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> String {
        tag.0
    }
}

impl TryFrom<String> for Tag {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|invalid| invalid.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_have_one_form() {
        let tag = |text| Tag::parse(text).map(|tag| tag.to_string()).map_err(|e| e.code);
        assert_eq!(tag("  Base Line "), Ok("base-line".to_owned()));
        assert_eq!(tag("τ=0.5"), Err("bad_character"));
        assert_eq!(tag(" "), Err("blank"));
        assert_eq!(tag(&"a".repeat(41)), Err("too_long"));
    }

    proptest! {
        #[test]
        fn reading_a_tag_again_changes_nothing(text in "\\PC{0,30}") {
            if let Ok(tag) = Tag::parse(&text) {
                prop_assert_eq!(Tag::parse(tag.as_str()), Ok(tag));
            }
        }
    }
}
