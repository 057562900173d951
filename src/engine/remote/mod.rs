//! Roles played elsewhere: any server with OpenAI's completions, such as vLLM or SGLang.
//!
//! `meet.rs` meets a server at the start and says what is wrong with it; `player.rs` plays a role;
//! `generate.rs`, `score.rs` and `pooling.rs` write each request and read its answer, `words.rs` its
//! text, `wire.rs` has the forms. Beneath: `pool.rs` chooses among the addresses of a role,
//! `breaker.rs` leaves dead ones alone, `retry.rs` says how long to wait, `client.rs` speaks HTTP
//! within bounds, and `fault.rs` is everything that can go wrong. Only this folder names `reqwest`.

mod address;
mod breaker;
mod client;
mod fault;
mod generate;
mod meet;
mod player;
mod pool;
mod pooling;
mod retry;
mod score;
mod wire;
mod words;

use std::collections::BTreeMap;

use futures::future::{BoxFuture, try_join_all};

pub use self::breaker::Rules;
use self::player::Player;
use super::{
    Cancel, Description, Engine, EngineError, GenerateRequest, Generation, Health, ScoreRequest,
};
use crate::config::Config;
use crate::domain::{Probability, Role};

/// The roles whose configuration names addresses.
pub struct RemoteEngine {
    players: BTreeMap<Role, Player>,
}

impl RemoteEngine {
    /// Meets the servers of every such role, and tries each out with one token. Blocks.
    ///
    /// # Errors
    /// [`EngineError::CannotLoad`] for a folder or a setting that cannot be used;
    /// [`EngineError::Unavailable`] with the address and what it answered.
    pub fn connect(config: &Config, rules: Rules) -> Result<Self, EngineError> {
        let remote: Vec<_> =
            config.models.iter().filter(|(_, source)| source.is_remote()).collect();
        let Some(&(&first, _)) = remote.first() else {
            return Ok(Self { players: BTreeMap::new() });
        };
        let lost = |reason: String| EngineError::Unavailable { role: first, reason };
        // On a thread of its own: the caller may be in the middle of a runtime.
        let players = std::thread::scope(|scope| {
            let work = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let remote = remote.iter().copied();
                let all =
                    try_join_all(remote.map(|(role, source)| meet::meet(*role, source, rules)));
                runtime.map_err(|e| lost(e.to_string()))?.block_on(all)
            });
            work.join().unwrap_or_else(|_| Err(lost("meeting its server failed".to_owned())))
        })?;
        let players = players.into_iter().map(|player| (player.about.role, player)).collect();
        Ok(Self { players })
    }

    /// Whether it plays no role.
    pub fn is_empty(&self) -> bool {
        self.players.is_empty()
    }

    /// Whether it plays this one.
    pub fn plays(&self, role: Role) -> bool {
        self.players.contains_key(&role)
    }

    fn player(&self, role: Role) -> Result<&Player, EngineError> {
        let reason = || "no server plays it".to_owned();
        self.players.get(&role).ok_or_else(|| EngineError::Unavailable { role, reason: reason() })
    }
}

impl Engine for RemoteEngine {
    fn generate<'a>(
        &'a self,
        role: Role,
        request: GenerateRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Generation>, EngineError>> {
        Box::pin(async move { self.player(role)?.generate(request, cancel).await })
    }

    fn score<'a>(
        &'a self,
        role: Role,
        request: ScoreRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Probability>, EngineError>> {
        Box::pin(async move { self.player(role)?.score(request, cancel).await })
    }

    fn describe(&self, role: Role) -> &Description {
        &self.players[&role].about
    }

    fn health(&self) -> Health {
        let dead = self.players.iter().find(|(_, player)| !player.pool.is_alive());
        dead.map_or(Health::Ready, |(role, _)| {
            Health::NotReady(format!("{role}: no address of its server answers"))
        })
    }
}
