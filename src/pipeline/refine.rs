//! Stage 4: the refiners write, both at once.

use futures::future::try_join;

use super::PipelineError;
use super::critique::Plan;
use super::desk::{Desk, Writing};
use super::reading::Candidate;
use crate::domain::{Finish, Role, ScoredSolution, Solution, SolutionKind};

/// Added to the order's seed; the draft has the seed itself.
const GLOBAL_SEED: u64 = 1;
const LOCAL_SEED: u64 = 2;

/// What the plan asks for, global first; `before` solutions stand before them in the run.
pub(super) async fn refine(
    desk: &Desk<'_>,
    plan: &Plan,
    before: usize,
    base: Option<ScoredSolution>,
) -> Result<Vec<Candidate>, PipelineError> {
    let Some(base) = base else { return Ok(Vec::new()) };
    let draft = Solution { steps: base.step_texts(), answer_text: base.answer };
    // Told as soon as it is there; the local one, which may be quicker, is told after it.
    let global = async {
        let candidate = global(desk, plan.global, &draft).await?;
        candidate.iter().for_each(|candidate| desk.tell_written(before + 1, candidate));
        Ok(candidate)
    };
    let (global, local) = try_join(global, local(desk, plan.local, &draft)).await?;
    let place = before + global.iter().len() + 1;
    local.iter().for_each(|candidate| desk.tell_written(place, candidate));
    Ok(global.into_iter().chain(local).collect())
}

async fn global(
    desk: &Desk<'_>,
    wanted: bool,
    draft: &Solution,
) -> Result<Option<Candidate>, PipelineError> {
    if !wanted {
        return Ok(None);
    }
    let prompt = desk.layout(Role::Global).global(desk.problem().text(), draft)?;
    rewrite(desk, Role::Global, SolutionKind::Global, prompt, GLOBAL_SEED, &[]).await
}

async fn local(
    desk: &Desk<'_>,
    from_step: Option<usize>,
    draft: &Solution,
) -> Result<Option<Candidate>, PipelineError> {
    let Some(step) = from_step else { return Ok(None) };
    let prompt = desk.layout(Role::Local).local(desk.problem().text(), draft, step)?;
    let kept = draft.prefix(step - 1);
    let candidate =
        rewrite(desk, Role::Local, SolutionKind::Local, prompt, LOCAL_SEED, kept).await?;
    Ok(candidate.map(|candidate| Candidate { from_step, ..candidate }))
}

/// Greedy, with as many tokens as asked for or as still fit: the prompt holds the whole draft, and
/// a long draft should get a short refinement rather than none.
async fn rewrite(
    desk: &Desk<'_>,
    role: Role,
    kind: SolutionKind,
    prompt: Vec<u32>,
    seed: u64,
    kept: &[String],
) -> Result<Option<Candidate>, PipelineError> {
    let settings = desk.settings();
    let context = desk.describe(role).context_length;
    let room = context.saturating_sub(prompt.len()).max(1);
    let max_tokens = settings.max_tokens.min(room);
    let writing = Writing {
        kind,
        prompt,
        n: 1,
        temperature: 0.0,
        max_tokens,
        seed: settings.seed.wrapping_add(seed),
        kept: kept.to_vec(),
    };
    let mut candidate = desk.write(role, writing).await?.pop();
    if let Some(candidate) = &mut candidate
        && candidate.finish == Finish::Length
        && max_tokens < settings.max_tokens
    {
        candidate.notes.push(format!(
            "The {role} refinement ended after {max_tokens} of {} tokens: no more fit into the \
             model's context of {context}.",
            settings.max_tokens
        ));
    }
    Ok(candidate)
}
