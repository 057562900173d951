//! What is wrong with a piece of input, said so that its sender can mend it.

/// One refused field: which, the rule it broke, and a sentence with the limit and the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Invalid {
    /// RFC 6901 JSON pointer to the field, such as `/problem` or `/steps/3`.
    pub pointer: String,
    /// A stable word for programs, such as `too_long`.
    pub code: &'static str,
    /// A sentence for people: the limit, and the value that broke it.
    pub detail: String,
}

impl Invalid {
    /// A refusal of the field at `pointer`.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into() }
    }
}

/// Refuses NUL and other control characters except tab and line breaks: no tokenizer was trained
/// on them, and terminals and log files act on them.
pub(super) fn refuse_control_characters(pointer: &str, text: &str) -> Result<(), Invalid> {
    let bad = text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match bad {
        None => Ok(()),
        Some((at, c)) => Err(Invalid::new(
            pointer,
            "control_character",
            format!("control character U+{:04X} at byte {at} is not allowed", c as u32),
        )),
    }
}
