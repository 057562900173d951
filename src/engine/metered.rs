//! An engine whose calls are timed: how much of a machine each role takes.

use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::{
    Cancel, Description, Engine, EngineError, GenerateRequest, Generation, Health, ScoreRequest,
};
use crate::domain::{Probability, Role};

/// Another engine, with `glore_engine_duration_seconds` kept of every call, failed and cancelled
/// ones included: they took the machine's time as well.
pub struct Metered(Arc<dyn Engine>);

impl Metered {
    /// Times the calls of `engine`.
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        Self(engine)
    }
}

/// Records when it is dropped, since a call that nobody waits for any more is dropped too.
struct Call {
    role: Role,
    kind: &'static str,
    begun: Instant,
}

impl Call {
    fn begin(role: Role, kind: &'static str) -> Self {
        Self { role, kind, begun: Instant::now() }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let labels = [("role", self.role.as_str()), ("call", self.kind)];
        let seconds = self.begun.elapsed().as_secs_f64();
        metrics::histogram!("glore_engine_duration_seconds", &labels).record(seconds);
    }
}

impl Engine for Metered {
    fn generate<'a>(
        &'a self,
        role: Role,
        request: GenerateRequest,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Vec<Generation>, EngineError>> {
        async move {
            let _call = Call::begin(role, "generate");
            self.0.generate(role, request, cancel).await
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
            let _call = Call::begin(role, "score");
            self.0.score(role, request, cancel).await
        }
        .boxed()
    }

    fn describe(&self, role: Role) -> &Description {
        self.0.describe(role)
    }

    fn health(&self) -> Health {
        self.0.health()
    }
}
