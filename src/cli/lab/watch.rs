//! Progress of long work: bars on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::lab::reproduce::Report;

/// Lines to a log file are at least so far apart.
const QUIET: Duration = Duration::from_secs(10);

/// Shows the reports of a reproduction.
pub(super) struct Watch {
    bar: Option<ProgressBar>,
    last_line: Option<Instant>,
}

impl Watch {
    pub(super) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("{prefix:>20} {wide_bar} {pos}/{len} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { bar, last_line: None }
    }

    /// Takes one report.
    pub(super) fn see(&mut self, report: Report<'_>) {
        match report {
            Report::Stage { name } => {
                self.last_line = None;
                self.show(name, 0, 0, String::new());
            }
            Report::Units { name, done, of } => self.show(name, done, of, String::new()),
            Report::Training(p) => {
                let validation =
                    p.validation_loss.map(|loss| format!(" val {loss:.3}")).unwrap_or_default();
                let left = Duration::from_secs(p.seconds_left as u64);
                let message = format!(
                    "loss {:.3}{validation} {:.0} tok/s {} left",
                    p.loss,
                    p.tokens_per_second,
                    indicatif::HumanDuration(left),
                );
                self.show(&p.name, p.step, p.steps, message);
            }
        }
    }

    fn show(&mut self, name: &str, done: usize, of: usize, message: String) {
        match &self.bar {
            Some(bar) => {
                bar.set_prefix(name.to_owned());
                bar.set_length(of as u64);
                bar.set_position(done as u64);
                bar.set_message(message);
            }
            None if self.last_line.is_none_or(|at| at.elapsed() >= QUIET) => {
                eprintln!("{name} {done}/{of} {message}");
                self.last_line = Some(Instant::now());
            }
            None => {}
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
