//! What plays each role, as rows of a table.

use crate::config::ScoreFormat;
use crate::domain::Role;
use crate::engine::Description;
use crate::web::pages::components::{number, role_words, source_word};

/// Digits of a hash that are shown; the rest is in the title.
const SHOWN: usize = 12;

/// One row of the table.
pub struct ModelRow {
    pub role: &'static str,
    pub does: &'static str,
    pub model: String,
    pub parameters: String,
    pub hash: String,
    pub short_hash: String,
    pub context: usize,
    pub device: String,
    /// How scores are read, for reward roles.
    pub read: Option<&'static str>,
    /// The number and who chose it, for the SORM.
    pub threshold: Option<(String, &'static str)>,
}

/// The row of a role.
pub fn row(role: Role, model: &Description) -> ModelRow {
    let read = match model.score_format {
        ScoreFormat::Newline => "at the end of the step's line",
        ScoreFormat::StepTag => "at a tag after the step",
    };
    ModelRow {
        role: role.as_str(),
        does: role_words(role),
        model: model.model_id.clone(),
        parameters: model.parameters.map_or("unknown".to_owned(), millions),
        short_hash: model.hash.chars().take(SHOWN).collect(),
        hash: model.hash.clone(),
        context: model.context_length,
        device: model.device.clone(),
        read: role.is_reward().then_some(read),
        threshold: model
            .threshold
            .filter(|_| role == Role::Sorm)
            .map(|threshold| (number(threshold.sorm), source_word(threshold.source))),
    }
}

/// `1 234 567` as `1.2 M`.
fn millions(n: usize) -> String {
    match n {
        ..1_000_000 => format!("{} K", n / 1_000),
        1_000_000..1_000_000_000 => format!("{:.1} M", n as f64 / 1e6),
        _ => format!("{:.1} B", n as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        let all = [millions(820_000), millions(2_940_000), millions(13_000_000_000)];
        assert_eq!(all, ["820 K", "2.9 M", "13.0 B"]);
    }
}
