//! `glore token`: what programs may do in a user's name.

use clap::Subcommand;
use time::Duration;

use super::user::named;
use crate::app::random;
use crate::config::Config;
use crate::domain::{
    Actor, ApiToken, Clock, PersonRole, SystemClock, Timestamp, Token, TokenId, check_token_name,
};
use crate::store::Store;

/// Longest age of a token that has one, in days.
const MAX_DAYS: i64 = 3650;

/// Make, list and revoke API tokens. A running server takes it over at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  glore token add ana --name nightly --role viewer --read-only
  curl -H \"Authorization: Bearer $(cat token)\" http://127.0.0.1:8080/v1/runs
  glore token list ana
  glore token revoke tok_01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a token of a user and print it, this once.
    Add {
        user: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// The most it may do; the user's own role when nothing is said.
        #[arg(long)]
        role: Option<PersonRole>,
        /// It may look and not change.
        #[arg(long)]
        read_only: bool,
        /// Days until it expires; 0 = never.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(0..=MAX_DAYS))]
        days: i64,
    },
    /// List the tokens of a user, revoked ones as well; never the tokens themselves.
    List { user: String },
    /// End a token for good.
    Revoke { token: TokenId },
}

/// Does it and says what was done.
pub(super) fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    super::block_on(async {
        let store = Store::open_beside(&config.store.dir).await?;
        let (tokens, actor, now) = (store.tokens(), Actor::command_line(), SystemClock.now());
        let said = match args.command {
            Command::Add { user, name, role, read_only, days } => {
                check_token_name("name", &name)?;
                let user = named(&store, &user).await?;
                let role = role.unwrap_or(user.role);
                if role > user.role {
                    anyhow::bail!(
                        "{} is {}; a token may be no more than that",
                        user.name,
                        user.role
                    );
                }
                let expires_at = (days > 0).then(|| now.saturating_add(Duration::days(days)));
                let token = Token {
                    id: TokenId::new(),
                    user_id: user.id,
                    name,
                    role,
                    read_only,
                    created_at: now,
                    expires_at,
                    used_at: None,
                    revoked_at: None,
                };
                let secret = ApiToken::new(random()?);
                tokens.add(&token, secret.hash(), &user, &actor).await?;
                format!("{}\n", secret.text())
            }
            Command::List { user } => {
                let user = named(&store, &user).await?;
                let list = tokens.of(user.id).await?;
                list.iter().map(|token| line(token, now)).collect()
            }
            Command::Revoke { token } => {
                tokens.revoke(token, None, &actor, now).await?;
                format!("{token} is revoked\n")
            }
        };
        store.close().await?;
        super::print(&said)
    })
}

fn line(token: &Token, now: Timestamp) -> String {
    let Token { id, name, role, read_only, expires_at, used_at, revoked_at, .. } = token;
    let only = if *read_only { " read-only" } else { "" };
    let until = match (revoked_at, expires_at) {
        (Some(at), _) => format!("revoked {}", at.date()),
        (None, Some(at)) if *at <= now => format!("expired {}", at.date()),
        (None, Some(at)) => format!("until {}", at.date()),
        (None, None) => "until revoked".to_owned(),
    };
    let used = used_at.map_or("never used".to_owned(), |at| format!("used {}", at.date()));
    format!("{id}  {role}{only}  {until}  {used}  {name}\n")
}
