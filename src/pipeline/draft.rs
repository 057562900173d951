//! Stage 1: the solutions a run begins with.

use super::desk::{Desk, Writing};
use super::reading::Candidate;
use super::{Ask, PipelineError};
use crate::domain::{Finish, Role, Solution, SolutionKind, Strategy};

/// Best-of-n of equal greedy samples would be pointless.
const SAMPLING_TEMPERATURE: f32 = 0.7;

/// The draft, the samples, or the solution the client gave; at least one.
pub(super) async fn first(desk: &Desk<'_>) -> Result<Vec<Candidate>, PipelineError> {
    let settings = desk.settings();
    let (kind, n, temperature) = match &desk.order.ask {
        Ask::Critique { solution } | Ask::Refine { solution, .. } => {
            return Ok(vec![given(solution, settings.seed)]);
        }
        Ask::Solve { strategy: Strategy::Glore | Strategy::Draft } => {
            (SolutionKind::Draft, 1, settings.temperature)
        }
        Ask::Solve { strategy: Strategy::BestOfN } => {
            let asked = settings.temperature;
            let temperature = if asked > 0.0 { asked } else { SAMPLING_TEMPERATURE };
            (SolutionKind::Sample, settings.samples.max(1), temperature)
        }
    };
    let writing = Writing {
        kind,
        prompt: desk.layout(Role::Policy).policy(desk.problem().text())?,
        n,
        temperature,
        max_tokens: settings.max_tokens,
        seed: settings.seed,
        kept: Vec::new(),
    };
    let candidates = desk.write(Role::Policy, writing).await?;
    for (at, candidate) in candidates.iter().enumerate() {
        desk.tell_written(at + 1, candidate);
    }
    Ok(candidates)
}

fn given(solution: &Solution, seed: u64) -> Candidate {
    Candidate {
        kind: SolutionKind::Given,
        from_step: None,
        solution: solution.clone(),
        tokens: 0,
        finish: Finish::Given,
        seed,
        model: "given".to_owned(),
        prompt: String::new(),
        notes: Vec::new(),
    }
}
