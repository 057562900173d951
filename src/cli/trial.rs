//! Models of one's own are tried in a process of their own before the server uses them: whatever a
//! file makes a library do (run out of memory, crash, never end) happens there, and the server
//! goes on with the models that it has.
//!
//! [`try_models`] starts the process and waits for it; [`run`] is what it does.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::{block_on, ceiling, engine::load_engine};
use crate::config::{Config, ModelSource};
use crate::domain::Role;
use crate::engine::rehearse;

/// The name of the command; hidden, since only [`try_models`] gives it what it reads.
pub(super) const COMMAND: &str = "try-models";

/// This program, also after a new version has taken its place on disk.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// How often the parent looks whether its child has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Most bytes of what the child says that are kept.
const MOST_SAID: u64 = 4096;

/// Load the models of the configuration on the standard input, ask each one thing, and say what is
/// wrong.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// What the child does.
pub(super) fn run(Args {}: Args) -> anyhow::Result<()> {
    ceiling::die_with_parent().context("cannot be tied to the server")?;
    let config: Config = serde_json::from_reader(io::stdin().lock())?;
    ceiling::limit_memory(&config).context("cannot limit its memory")?;
    let engine = load_engine(&config)?;
    block_on(async { Ok(rehearse(&*engine).await?) })
}

/// Returns when the models of `config` that are on this machine and not ours have been loaded once
/// and have answered once; at once where there are none.
///
/// # Errors
/// What is wrong with them, the limit that they broke, or how the process ended.
pub(super) fn try_models(config: &Config) -> anyhow::Result<()> {
    let own = |role: &Role| config.models.get(role).is_some_and(|source| !source.is_remote());
    if !Role::ALL.iter().any(own) {
        return Ok(());
    }
    let mut tried = config.clone();
    // A server elsewhere has its own process; it is met when the models are used.
    tried.models.retain(|_, source| !ModelSource::is_remote(source));
    let mut child = Command::new(THIS_PROGRAM)
        .arg(COMMAND)
        // A backtrace takes memory: one of a process that has none left waits for itself for ever.
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start a process to try the models in")?;
    let said = child.stderr.take().map(|said| thread::spawn(move || listen(said)));
    if let Some(mut input) = child.stdin.take() {
        // A child that has ended already says why itself.
        let _ = input.write_all(&serde_json::to_vec(&tried)?);
    }
    let longest = Duration::from_secs(config.engine.load_timeout_s);
    let ended = wait(&mut child, longest)?;
    let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
    match ended {
        None => bail!("the models were not loaded within engine.load_timeout_s = {longest:?}"),
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!("{}", reason(status, &said)),
    }
}

/// How it ended; none when it had to be ended.
fn wait(child: &mut Child, longest: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() >= longest {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

/// The first of what it says; the rest is read too, so that it never waits for a reader.
fn listen(mut said: impl Read) -> String {
    let mut kept = Vec::new();
    let _ = said.by_ref().take(MOST_SAID).read_to_end(&mut kept);
    let _ = io::copy(&mut said, &mut io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}

/// The line that every failed command ends with or, of one that was cut off, how that was.
fn reason(status: ExitStatus, said: &str) -> String {
    if let Some(line) = said.lines().rev().find_map(|line| line.strip_prefix("glore: ")) {
        return line.to_owned();
    }
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    format!(
        "loading the models ended its process ({status}): {last}; where it is memory that was \
         lacking, engine.max_memory_mb is the limit"
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn embedded_models_are_not_tried() {
        // There is no such command in the test's own program: it would fail.
        try_models(&Config::default()).expect("nothing to try");
    }

    #[test]
    fn the_reason_is_what_it_said_last_or_how_it_ended() {
        let failed = ExitStatus::from_raw(1 << 8);
        assert_eq!(reason(failed, "noise\nglore: orm: cannot load x\n"), "orm: cannot load x");
        let aborted = reason(ExitStatus::from_raw(6), "memory allocation of 8 bytes failed\n\n");
        assert!(aborted.contains("signal: 6") && aborted.contains("allocation of 8"), "{aborted}");
        assert!(reason(ExitStatus::from_raw(9), "").contains("said nothing"));
    }

    #[test]
    fn much_that_is_said_is_cut_and_read_to_the_end() {
        let mut source = io::Cursor::new(vec![b'x'; 100_000]);
        assert_eq!(listen(&mut source).len() as u64, MOST_SAID);
        assert_eq!(source.position(), 100_000);
    }

    #[test]
    fn what_never_ends_is_ended() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("started");
        assert!(wait(&mut child, Duration::from_millis(50)).expect("waited").is_none());
        assert!(child.try_wait().expect("asked").is_some(), "it is gone");
    }
}
