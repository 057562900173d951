//! What a run is asked to do, checked before any model is touched.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Probability, Problem, RunId, RunKind, Solution, Strategy};

/// Which refinements are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefineMode {
    Global,
    Local,
    #[default]
    Both,
}

/// How solutions are generated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Samples of best-of-n.
    pub samples: usize,
    /// Temperature of drafts and samples; refinements are greedy. 0 = greedy.
    pub temperature: f32,
    /// Most tokens a solution.
    pub max_tokens: usize,
    /// The k-th generation of a run uses `seed + k`.
    pub seed: u64,
    /// Refine only when ORM(draft) is under this; none = always (the paper's way).
    pub gate: Option<Probability>,
}

/// The work itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    Solve { strategy: Strategy },
    Critique { solution: Solution },
    Refine { solution: Solution, mode: RefineMode, first_error_step: Option<usize> },
}

impl Ask {
    /// The kind of run that answers it.
    pub fn kind(&self) -> RunKind {
        match self {
            Ask::Solve { .. } => RunKind::Solve,
            Ask::Critique { .. } => RunKind::Critique,
            Ask::Refine { .. } => RunKind::Refine,
        }
    }

    /// The strategy recorded with the run; a critique or refinement of a given solution has the
    /// default one.
    pub fn strategy(&self) -> Strategy {
        match self {
            Ask::Solve { strategy } => *strategy,
            Ask::Critique { .. } | Ask::Refine { .. } => Strategy::default(),
        }
    }
}

/// A run to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub id: RunId,
    pub problem: Problem,
    pub ask: Ask,
    pub settings: Settings,
}

/// What many solves have in common: everything but the problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    pub strategy: Strategy,
    pub settings: Settings,
}

impl Recipe {
    /// The order for one problem.
    pub fn order(&self, problem: Problem) -> Order {
        let ask = Ask::Solve { strategy: self.strategy };
        Order { id: RunId::new(), problem, ask, settings: self.settings.clone() }
    }
}
