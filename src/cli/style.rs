//! Colours, and bars for scores. Nothing is said by colour alone.

use std::io::IsTerminal;

/// How to write for whoever reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    colour: bool,
}

impl Style {
    /// Colours on a terminal, unless `NO_COLOR` is set to anything (no-color.org).
    pub(super) fn of_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colour: std::io::stdout().is_terminal() && !refused }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Ten cells, filled as far as the score goes.
pub(super) fn bar(score: f64) -> String {
    const CELLS: usize = 10;
    let full = ((score * CELLS as f64).round() as usize).min(CELLS);
    format!("{}{}", "█".repeat(full), "░".repeat(CELLS - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_always_ten_cells() {
        for score in [0.0, 0.04, 0.5, 0.999, 1.0] {
            assert_eq!(bar(score).chars().count(), 10, "{score}");
        }
        assert_eq!(bar(0.3), "███░░░░░░░");
    }
}
