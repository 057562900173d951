//! `glore user`: people who may log in, made and changed beside a running server or without one.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Context, bail};
use clap::Subcommand;

use crate::app::random;
use crate::config::Config;
use crate::domain::{
    Actor, Clock, MAX_PASSWORD_BYTES, Password, PasswordHash, PersonRole, SystemClock, User,
    UserId, check_user_name,
};
use crate::store::Store;

/// Add, list and change the people who may log in. A running server takes it over at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Passwords are asked for, or read from the first line of standard input; never an argument, which
other users of the machine could see.

Examples:
  glore user add ana --role admin            the first user is an admin
  glore user add ben --role annotator < password.txt
  glore user role ben adjudicator
  glore user disable ben                     sessions end, tokens stop working
  glore user password ana                    a new password; sessions end")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a user.
    Add {
        name: String,
        /// viewer, annotator, adjudicator or admin.
        #[arg(long)]
        role: PersonRole,
    },
    /// List the users: name, role, whether they may log in.
    List,
    /// Give a user another role; it holds from the next request on.
    Role { name: String, role: PersonRole },
    /// Shut a user out.
    Disable { name: String },
    /// Let a user in again.
    Enable { name: String },
    /// Give a user a new password.
    Password { name: String },
}

/// Does it and says what was done.
pub(super) fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    super::block_on(async {
        let store = Store::open_beside(&config.store.dir).await?;
        let (users, actor, now) = (store.users(), Actor::command_line(), SystemClock.now());
        let said = match args.command {
            Command::Add { name, role } => {
                check_user_name("name", &name)?;
                let hash = new_password(&name)?;
                let user = User { id: UserId::new(), name, role, disabled: false, created_at: now };
                users.add(&user, &hash, &actor).await?;
                format!("added {} ({role})\n", user.name)
            }
            Command::List => list(&users.list().await?),
            Command::Role { name, role } => {
                let user = named(&store, &name).await?;
                users.set_role(user.id, role, &actor, now).await?;
                format!("{} is now {role}\n", user.name)
            }
            Command::Disable { name } => {
                let user = named(&store, &name).await?;
                users.set_disabled(user.id, true, &actor, now).await?;
                format!("{} may not log in any more\n", user.name)
            }
            Command::Enable { name } => {
                let user = named(&store, &name).await?;
                users.set_disabled(user.id, false, &actor, now).await?;
                format!("{} may log in again\n", user.name)
            }
            Command::Password { name } => {
                let user = named(&store, &name).await?;
                let hash = new_password(&user.name)?;
                users.set_password(user.id, &hash, None, &actor, now).await?;
                format!("the password of {} is changed, sessions have ended\n", user.name)
            }
        };
        store.close().await?;
        super::print(&said)
    })
}

/// The user of this name.
pub(super) async fn named(store: &Store, name: &str) -> anyhow::Result<User> {
    let found = store.users().named(name).await?;
    let (user, _) = found.with_context(|| format!("there is no user called `{name}`"))?;
    Ok(user)
}

fn list(users: &[User]) -> String {
    if users.is_empty() {
        return "there are no users: everyone on this machine is admin\n".to_owned();
    }
    let wide = users.iter().map(|user| user.name.len()).max().unwrap_or(0);
    users.iter().fold(String::new(), |text, User { name, role, disabled, .. }| {
        let out = if *disabled { "  disabled" } else { "" };
        text + format!("{name:wide$}  {role}{out}").trim_end() + "\n"
    })
}

/// Asks twice at a terminal, without showing it; else reads a line.
fn new_password(name: &str) -> anyhow::Result<PasswordHash> {
    let stdin = std::io::stdin();
    let text = if stdin.is_terminal() {
        let first = rpassword::prompt_password(format!("New password for {name}: "))?;
        let again = rpassword::prompt_password("Again: ")?;
        if first != again {
            bail!("the two passwords are not the same; nothing was done");
        }
        first
    } else {
        read_line(stdin.lock())?
    };
    let password = Password::choose("password", &text, name)?;
    let _ = std::io::stderr().flush();
    Ok(password.hash(random()?))
}

/// The first line, without its end; no more is read than a password may have.
fn read_line(input: impl BufRead) -> anyhow::Result<String> {
    let mut line = Vec::new();
    let most = u64::try_from(MAX_PASSWORD_BYTES + 2)?;
    std::io::Read::take(input, most).read_until(b'\n', &mut line)?;
    let line = String::from_utf8(line).context("the password is not UTF-8")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line_without_its_end() {
        for (input, line) in
            [("a b \nrest", "a b "), ("a\r\n", "a"), ("a", "a"), ("", ""), ("é\n", "é")]
        {
            assert_eq!(read_line(input.as_bytes()).expect("read"), line, "{input:?}");
        }
        let long = read_line("x".repeat(5000).as_bytes()).expect("read");
        assert_eq!(long.len(), MAX_PASSWORD_BYTES + 2, "so that it is refused as too long");
    }

    #[test]
    fn the_list_lines_up() {
        let user = |name: &str, disabled| User {
            id: UserId::new(),
            name: name.to_owned(),
            role: PersonRole::Viewer,
            disabled,
            created_at: crate::domain::Timestamp::UNIX_EPOCH,
        };
        let text = list(&[user("ana", false), user("benjamin", true)]);
        assert_eq!(text, "ana       viewer\nbenjamin  viewer  disabled\n");
        assert!(list(&[]).contains("everyone on this machine is admin"));
    }
}
