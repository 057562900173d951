//! `glore doctor`: everything a server needs, looked at before one is started or while one runs.
//!
//! One file a subject, each returning its checks; here they are collected and printed. To add a
//! check, add it to its subject's file.

mod models;
mod place;
mod store;

use std::path::Path;

use anyhow::bail;
use serde::Serialize;

use crate::config::Config;
use crate::model::PROMPT_VERSION;

/// Check configuration, data folder, disk space, database and models. Changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  glore doctor                       a line a check; exit code 1 when one fails
  glore --config glore.toml doctor --json | jq '.checks[] | select(.state != \"ok\")'")]
pub struct Args {
    /// Print the checks as one JSON object.
    #[arg(long)]
    json: bool,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    /// A server works, but somebody should look.
    Warn,
    /// A server would not start, or not work.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: String,
    state: State,
    detail: String,
}

impl Check {
    fn new(name: impl Into<String>, state: State, detail: impl Into<String>) -> Self {
        Self { name: name.into(), state, detail: detail.into() }
    }
}

/// Everything together.
#[derive(Debug, Serialize)]
struct Report {
    object: &'static str,
    version: &'static str,
    prompt_version: u32,
    /// The worst of the checks.
    state: State,
    checks: Vec<Check>,
}

impl Report {
    fn new(checks: Vec<Check>) -> Self {
        let any = |state| checks.iter().any(|check| check.state == state);
        let state = match (any(State::Fail), any(State::Warn)) {
            (true, _) => State::Fail,
            (false, true) => State::Warn,
            (false, false) => State::Ok,
        };
        let version = env!("CARGO_PKG_VERSION");
        Self { object: "doctor", version, prompt_version: PROMPT_VERSION, state, checks }
    }

    fn text(&self) -> String {
        let mut text = format!("glore {}, prompt version {}\n", self.version, self.prompt_version);
        for Check { name, state, detail } in &self.checks {
            let word = match state {
                State::Ok => "ok  ",
                State::Warn => "warn",
                State::Fail => "fail",
            };
            text.push_str(&format!("{word}  {name}: {}\n", detail.replace('\n', " ")));
        }
        text
    }
}

/// Looks at everything, also where the configuration itself cannot be read.
pub(super) fn run(args: &Args, file: Option<&Path>) -> anyhow::Result<()> {
    let report = Report::new(checks(file));
    let text = match args.json {
        true => format!("{}\n", serde_json::to_string_pretty(&report)?),
        false => report.text(),
    };
    super::print(&text)?;
    let failed = report.checks.iter().filter(|check| check.state == State::Fail).count();
    match failed {
        0 => Ok(()),
        1 => bail!("1 check failed"),
        n => bail!("{n} checks failed"),
    }
}

fn checks(file: Option<&Path>) -> Vec<Check> {
    let source = file.map_or("defaults and environment".to_owned(), |f| f.display().to_string());
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(error) => return vec![Check::new("configuration", State::Fail, error.to_string())],
    };
    let mut checks = vec![Check::new("configuration", State::Ok, source)];
    checks.extend(place::checks(&config));
    checks.extend(store::checks(&config.store.dir, config.is_public()));
    checks.extend(models::checks(&config));
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(checks: &[Check], state: State) -> Vec<&str> {
        checks.iter().filter(|c| c.state == state).map(|c| c.name.as_str()).collect()
    }

    #[test]
    fn a_new_folder_is_fine_and_stays_as_it_was() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("glore.toml");
        let (data, listen) = (dir.path().join("a/b"), "listen = \"127.0.0.1:0\"");
        let text = format!("[server]\n{listen}\n[store]\ndir = {:?}\n", data.display().to_string());
        std::fs::write(&file, text).expect("written");
        let report = Report::new(checks(Some(&file)));
        assert_eq!(states(&report.checks, State::Fail), Vec::<&str>::new(), "{}", report.text());
        for name in ["configuration", "data folder", "disk", "database", "model policy"] {
            assert!(report.checks.iter().any(|check| check.name == name), "{name}");
        }
        assert!(!dir.path().join("a").exists(), "nothing was made");
        assert!(
            report
                .text()
                .lines()
                .skip(1)
                .all(|line| line.starts_with("ok  ") || line.starts_with("warn  "))
        );
    }

    #[test]
    fn what_is_wrong_is_named_and_the_rest_is_still_looked_at() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("glore.toml");
        std::fs::write(dir.path().join("glore.db"), "no database, but long enough to be one? ")
            .expect("written");
        let text = format!(
            "[store]\ndir = {:?}\n[models.orm]\npath = \"/no/such/model\"\n",
            dir.path().display().to_string()
        );
        std::fs::write(&file, text).expect("written");
        let report = Report::new(checks(Some(&file)));
        assert_eq!(states(&report.checks, State::Fail), ["database", "model orm"]);
        assert!(states(&report.checks, State::Ok).contains(&"model policy"));
        assert!(report.text().contains("/no/such/model"), "{}", report.text());
        assert_eq!(report.state, State::Fail);
        run(&Args { json: true }, Some(&file)).expect_err("the exit code says so");

        std::fs::write(&file, "[server]\nlissten = 1\n").expect("written");
        let checks = checks(Some(&file));
        assert_eq!(states(&checks, State::Fail), ["configuration"]);
        assert!(checks[0].detail.contains("lissten"), "{}", checks[0].detail);
    }
}
