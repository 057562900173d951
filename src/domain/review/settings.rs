//! How a queue works: what its form asks for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rule::Weights;
use crate::domain::Invalid;
use crate::domain::input::refuse_control_characters;

/// Longest guidelines, in bytes of UTF-8.
pub const MAX_GUIDELINES_BYTES: usize = 32 * 1024;
/// Longest name, in characters.
const MAX_NAME: usize = 80;

/// How far a solution is rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Up to and with the first wrong step.
    FirstError,
    /// Every step.
    PerStep,
}

/// When a person sees the SORM's scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Suggestions {
    /// From the beginning.
    Before,
    /// Of a step, once it is rated.
    After,
    /// Not at all.
    Never,
}

macro_rules! words {
    ($($name:ident { $($variant:ident $word:literal $words:literal),+ })+) => {$(
        impl $name {
            /// Every one, in the order of the form.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word used in forms and the store.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// What the form calls it.
            pub fn words(self) -> &'static str { match self { $(Self::$variant => $words),+ } }
            /// Reads the word back.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    )+};
}

words! {
    Mode { FirstError "first_error" "stop at the first wrong step", PerStep "per_step" "every step" }
    Suggestions {
        Before "before" "from the beginning",
        After "after" "of a step once it is rated",
        Never "never" "never"
    }
}

/// How a queue works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueueSettings {
    /// Unlike that of every other queue.
    pub name: String,
    /// How often items of each rule are served beside the others; 0 turns a rule off.
    pub weights: Weights,
    /// Share of completed runs that enter whatever the rules say, and of servings that take them.
    pub random_share: f64,
    /// People who must rate an item.
    pub overlap: usize,
    pub mode: Mode,
    pub suggestions: Suggestions,
    /// How long an item is kept for the person who took it.
    pub lease_minutes: usize,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            name: String::new(),
            weights: Weights::default(),
            random_share: 0.15,
            overlap: 1,
            mode: Mode::FirstError,
            suggestions: Suggestions::After,
            lease_minutes: 15,
        }
    }
}

impl QueueSettings {
    /// # Errors
    /// Every field that cannot be used, with its limits.
    pub fn check(&self) -> Result<(), Vec<Invalid>> {
        let mut refused: Vec<Invalid> = Vec::new();
        let letters = self.name.trim().chars().count();
        if letters == 0 {
            refused.push(Invalid::new("/name", "blank", "a queue needs a name"));
        } else if letters > MAX_NAME {
            let detail = format!("at most {MAX_NAME} characters are allowed, {letters} were given");
            refused.push(Invalid::new("/name", "too_long", detail));
        }
        refused.extend(refuse_control_characters("/name", &self.name).err());
        refused.extend(self.weights.check().err());
        if !(0.0..=1.0).contains(&self.random_share) {
            let detail = format!("must lie between 0 and 1, {} was given", self.random_share);
            refused.push(Invalid::new("/random_share", "out_of_range", detail));
        }
        let bounded = [("/overlap", self.overlap, 10), ("/lease_minutes", self.lease_minutes, 240)];
        for (pointer, value, most) in bounded {
            if !(1..=most).contains(&value) {
                let detail = format!("must lie between 1 and {most}, {value} was given");
                refused.push(Invalid::new(pointer, "out_of_range", detail));
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }
}

/// # Errors
/// [`Invalid`] at `/guidelines` for a text that is too long or has control characters.
pub fn check_guidelines(text: &str) -> Result<(), Invalid> {
    if text.len() > MAX_GUIDELINES_BYTES {
        let detail =
            format!("at most {MAX_GUIDELINES_BYTES} bytes are allowed, {} were given", text.len());
        return Err(Invalid::new("/guidelines", "too_long", detail));
    }
    refuse_control_characters("/guidelines", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named() {
        let good = QueueSettings { name: "near".to_owned(), ..QueueSettings::default() };
        assert_eq!(good.check(), Ok(()));
        let bad = QueueSettings {
            name: " ".to_owned(),
            random_share: f64::NAN,
            overlap: 0,
            lease_minutes: 241,
            ..good
        };
        let faults = bad.check().expect_err("refused");
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/random_share", "/overlap", "/lease_minutes"]);
    }
}
