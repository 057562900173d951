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
    /// The stage whose units are counted, and where and when the counting began.
    counted: Option<(String, usize, Instant)>,
}

impl Watch {
    pub(super) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("{prefix:>20} {wide_bar} {pos}/{len} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { bar, last_line: None, counted: None }
    }

    /// Takes one report.
    pub(super) fn see(&mut self, report: Report<'_>) {
        match report {
            Report::Stage { name } => {
                self.last_line = None;
                self.show(name, 0, 0, String::new());
            }
            Report::Units { name, done, of } => {
                let left = self.left(name, done, of);
                let message = left.map(|left| format!("{} left", indicatif::HumanDuration(left)));
                self.show(name, done, of, message.unwrap_or_default());
            }
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

    /// Time left for a stage at the pace so far; none before anything was done.
    fn left(&mut self, name: &str, done: usize, of: usize) -> Option<Duration> {
        match &self.counted {
            Some((counted, from, begun)) if counted == name && done > *from => {
                let each = begun.elapsed().div_f64((done - from) as f64);
                Some(each.mul_f64(of.saturating_sub(done) as f64))
            }
            Some((counted, ..)) if counted == name => None,
            _ => {
                self.counted = Some((name.to_owned(), done, Instant::now()));
                None
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_follows_the_pace_of_the_stage() {
        let begun = Instant::now() - Duration::from_secs(10);
        let counted = Some(("samples".to_owned(), 100, begun));
        let mut watch = Watch { bar: None, last_line: None, counted };
        let left = watch.left("samples", 200, 500).expect("a pace");
        assert!((29.0..33.0).contains(&left.as_secs_f64()), "{left:?}");
        assert_eq!(watch.left("rollouts", 0, 10), None, "another stage begins");
        assert_eq!(watch.left("rollouts", 0, 10), None, "nothing done yet");
    }
}
