//! The commands of the program, one a file.
//!
//! A command reads its arguments, calls the library and prints; it holds no rules of its own. Only
//! this room and `main.rs` use `anyhow`. To add a command, add a file with `Args` and `run`, and a
//! line in `Command` and in its `run`.

mod backup;
mod ceiling;
mod check;
mod config;
mod doctor;
mod engine;
mod export;
mod import;
mod lab;
mod log;
mod reload;
mod serve;
mod show;
mod solve;
#[cfg(feature = "otel")]
mod spans;
mod style;
mod token;
mod trial;
mod user;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

const EXAMPLES: &str = "\
Examples:
  glore                                      serve on http://127.0.0.1:8080
  glore solve \"Ann has 3 bags of 4 pens. She loses 2. How many pens has she?\"
  glore config > glore.toml                  write down every setting, then edit
  glore doctor                               look whether all is well
  glore backup /backups/monday.db            copy the database, also while serving
  glore user add ana --role admin            from the first user on, people log in
  glore --config glore.toml serve
  glore eval                                 measure the models in use
  glore reproduce                            make the models anew (hours)
  glore report                               write down what that found
  GLORE_SERVER__LISTEN=127.0.0.1:9000 GLORE_STORE__DIR=/var/lib/glore glore serve

Every setting of the file can be set in the environment as GLORE_SECTION__KEY, which wins.";

/// Solve math word problems: draft a solution, find its first wrong step, refine it as a whole and
/// from that step on, and keep the best of the three (GLoRe).
#[derive(Debug, Parser)]
#[command(name = "glore", version, after_help = EXAMPLES)]
pub struct Cli {
    /// Settings to read over the defaults (TOML; see `glore config`).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do; serve when nothing is said.
#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Solve(solve::Args),
    Config(config::Args),
    Doctor(doctor::Args),
    Check(check::Args),
    Backup(backup::Args),
    User(user::Args),
    Token(token::Args),
    Reproduce(lab::reproduce::Args),
    Report(lab::report::Args),
    Train(lab::train::Args),
    Eval(lab::eval::Args),
    Bench(lab::bench::Args),
    Export(export::Args),
    Dataset(lab::dataset::Args),
    /// What annotators are worth: simulations of the lab.
    Lab(lab::Args),
    Import(import::Args),
    #[command(name = trial::COMMAND, hide = true)]
    TryModels(trial::Args),
}

impl Command {
    fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        // Asked for by each, since the doctor looks at one that cannot be read as well.
        let config = || Config::load(file);
        match self {
            Self::Serve(args) => serve::run(args, config()?, file),
            Self::Solve(args) => solve::run(&args, &config()?),
            Self::Config(args) => config::run(args, &config()?),
            Self::Doctor(args) => doctor::run(&args, file),
            Self::Check(args) => check::run(&args, &config()?),
            Self::Backup(args) => backup::run(&args, &config()?),
            Self::User(args) => user::run(args, &config()?),
            Self::Token(args) => token::run(args, &config()?),
            Self::Reproduce(args) => lab::reproduce::run(&args),
            Self::Report(args) => lab::report::run(&args),
            Self::Train(args) => lab::train::run(&args, &config()?),
            Self::Eval(args) => lab::eval::run(&args, &config()?),
            Self::Bench(args) => lab::bench::run(&args, &config()?),
            Self::Export(args) => export::run(&args, &config()?),
            Self::Dataset(args) => lab::dataset::run(&args, &config()?),
            Self::Lab(args) => lab::run(&args, &config()?),
            Self::Import(args) => import::run(&args, &config()?),
            Self::TryModels(args) => trial::run(args),
        }
    }
}

/// Reads the command line, does what it says, and reports a failure in one line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = cli.command.unwrap_or(Command::Serve(serve::Args {}));
    match command.run(cli.config.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "glore: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and what caused it. Many messages quote their cause already; it is not said twice.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.contains(&cause) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause);
    }
    line.replace('\n', " ")
}

/// Waits for something that uses the store, in a command that has no server.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// Prints to a reader that may have gone, as `| head` does.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(e.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow::anyhow!("disk full").context("cannot write x: disk full");
        assert_eq!(one_line(&error), "cannot write x: disk full");
        let error = anyhow::anyhow!("disk full").context("cannot write x");
        assert_eq!(one_line(&error), "cannot write x: disk full");
    }
}
