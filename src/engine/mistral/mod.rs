//! The serving engine: mistral.rs. Only this folder names the crate.
//!
//! Version 0.8.1 has sharp edges, and every file here goes round one: `build.rs` loads each model on
//! a thread of its own; `pool.rs` lets one request at a time into a copy of a model on a CPU, where
//! batched decoding computes nonsense; `picker.rs` samples for it, since it has no seeds and logs to
//! the base 10; `ask.rs` keeps the receiver of an answer alive whatever the client does, since
//! dropping it kills the engine; `replica.rs` builds a new engine when one died all the same;
//! `turns.rs` keeps engines on a GPU from computing at the same moment, which makes numbers wrong.
//! Reward roles are only scored and the others only generate: mixing both in one engine panics.

mod ask;
mod build;
mod picker;
mod pool;
mod replica;
mod turns;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::available_parallelism;

use futures::FutureExt;
use futures::future::{BoxFuture, try_join_all};

use super::plan::{Place, Plan};
use super::{
    Cancel, Description, Engine, EngineError, GenerateRequest, Generation, Health, Sampling,
    ScoreRequest,
};
use crate::config::EngineSection;
use crate::domain::{Probability, Role};
use build::Recipe;
use picker::Picker;
use pool::{Lease, Pool};

/// Copies of a model on a CPU when nobody says otherwise: more wait for memory, not for cores.
const MOST_REPLICAS: usize = 4;
/// Generations at once in one model on a GPU when nobody says otherwise.
const GPU_SEQUENCES: usize = 8;

/// A model for each role, each in engines of its own.
pub struct MistralEngine {
    roles: BTreeMap<Role, Player>,
}

struct Player {
    description: Description,
    vocab_size: usize,
    pool: Arc<Pool>,
}

impl MistralEngine {
    /// Loads every model and tries it out once. Blocks.
    ///
    /// # Errors
    /// [`EngineError::CannotLoad`] when mistral.rs refuses a model or the trial fails.
    pub fn load(plans: Vec<Plan>, section: &EngineSection) -> Result<Self, EngineError> {
        let load = |plan: Plan| Ok((plan.description.role, Player::load(plan, section)?));
        Ok(Self { roles: plans.into_iter().map(load).collect::<Result<_, EngineError>>()? })
    }

    fn player(&self, role: Role) -> Result<&Player, EngineError> {
        let reason = || "no model plays it".to_owned();
        self.roles.get(&role).ok_or_else(|| EngineError::Unavailable { role, reason: reason() })
    }
}

impl Player {
    fn load(plan: Plan, section: &EngineSection) -> Result<Self, EngineError> {
        let role = plan.description.role;
        let cores = || available_parallelism().map_or(1, usize::from).min(MOST_REPLICAS);
        let or = |set: usize, automatic: usize| if set > 0 { set } else { automatic };
        let (replicas, sequences) = match plan.place {
            Place::Cpu => (or(section.replicas, cores()), 1),
            // Raw logits are answered for one sequence at a time.
            Place::Cuda(_) if role.is_reward() => (1, 1),
            Place::Cuda(_) => (1, or(section.concurrent, GPU_SEQUENCES)),
        };
        let recipe = Recipe::new(&plan);
        let pool = Arc::new(Pool::build(&recipe, replicas, sequences)?);
        let Plan { checkpoint, description, .. } = plan;
        Ok(Self { description, vocab_size: checkpoint.vocab_size, pool })
    }

    async fn lease(&self, cancel: &Cancel) -> Result<Lease, EngineError> {
        tokio::select! {
            biased;
            stopped = cancel.stopped(self.description.role) => Err(stopped),
            lease = self.pool.lease() => lease,
        }
    }

    async fn continue_once(
        &self,
        prompt: Vec<u32>,
        sampling: Sampling,
        cancel: &Cancel,
    ) -> Result<Generation, EngineError> {
        let role = self.description.role;
        let lease = self.lease(cancel).await?;
        // Set when this future goes away, so that the engine stops soon and is free for others.
        let abandoned = Cancel::new();
        let _guard = abandoned.drop_guard();
        let halt = lease.halt();
        let picker = Picker::new(sampling, prompt.len(), halt, [cancel.clone(), abandoned.clone()]);
        let picker = Arc::new(picker);
        let answer = ask::generate(lease, prompt, Arc::clone(&picker));
        // The deadline holds even if the engine hangs.
        tokio::select! {
            biased;
            stopped = cancel.stopped(role) => Err(stopped),
            answer = answer => {
                answer?;
                picker.result(role)
            }
        }
    }
}

impl Engine for MistralEngine {
    fn generate<'a>(
        &'a self,
        role: Role,
        request: GenerateRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Generation>, EngineError>> {
        async move {
            let player = self.player(role)?;
            if role.is_reward() {
                let reason = "a reward role only scores".to_owned();
                return Err(EngineError::BadRequest { role, reason });
            }
            player.description.check_generate(&request, player.vocab_size)?;
            let one = |k: usize| {
                let seed = request.sampling.seed.wrapping_add(k as u64);
                let sampling = Sampling { seed, ..request.sampling.clone() };
                player.continue_once(request.prompt.clone(), sampling, cancel)
            };
            try_join_all((0..request.n).map(one)).await
        }
        .boxed()
    }

    fn score<'a>(
        &'a self,
        role: Role,
        request: ScoreRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Probability>, EngineError>> {
        async move {
            let player = self.player(role)?;
            if !role.is_reward() {
                let reason = "only reward roles score".to_owned();
                return Err(EngineError::BadRequest { role, reason });
            }
            player.description.check_score(&request, player.vocab_size)?;
            let lease = player.lease(cancel).await?;
            tokio::select! {
                biased;
                stopped = cancel.stopped(role) => Err(stopped),
                scores = ask::score(lease, request) => scores,
            }
        }
        .boxed()
    }

    /// # Panics
    /// Never for an engine that [`super::load`] made: it has all five roles.
    fn describe(&self, role: Role) -> &Description {
        &self.roles[&role].description
    }

    fn health(&self) -> Health {
        let broken = |(role, player): (&Role, &Player)| {
            player.pool.broken().map(|reason| format!("{role}: {reason}"))
        };
        self.roles.iter().find_map(broken).map_or(Health::Ready, Health::NotReady)
    }
}
