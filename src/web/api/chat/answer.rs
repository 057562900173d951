//! From a run to a completion, whole or in pieces.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::{
    Finish, Probability, Role, Run, RunId, ScoredSolution, Solution, SolutionId, SolutionKind,
    Threshold, Timestamp,
};

/// What every answer and every piece of one begins with.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ChatHead)]
pub(super) struct Head {
    id: String,
    /// `chat.completion`, or `chat.completion.chunk` for a piece.
    object: &'static str,
    /// Seconds since 1970.
    created: i64,
    model: &'static str,
}

impl Head {
    pub(super) fn new(run: RunId, created: Timestamp, model: &'static str) -> Self {
        let (id, created) = (format!("chatcmpl-{run}"), created.unix_timestamp());
        Self { id, object: "chat.completion", created, model }
    }

    /// The head of a piece.
    pub(super) fn of_chunk(self) -> Self {
        Self { object: "chat.completion.chunk", ..self }
    }
}

/// An answer in one piece.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatCompletion)]
pub(super) struct Completion {
    #[serde(flatten)]
    head: Head,
    choices: [Choice; 1],
    usage: Usage,
    glore: Verdict,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatChoice)]
struct Choice {
    index: usize,
    message: Message,
    /// `stop`, or `length` where the solution was cut off.
    finish_reason: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatReply)]
struct Message {
    role: &'static str,
    /// One step a line, then the answer.
    content: String,
}

/// What it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChatUsage)]
pub(super) struct Usage {
    /// Of the problem, as the policy's tokenizer writes it.
    prompt_tokens: usize,
    /// Of every solution that was written, not only of the chosen one.
    completion_tokens: usize,
    total_tokens: usize,
}

/// What OpenAI's answers have no room for: how far the chosen solution is to be trusted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ChatVerdict)]
pub(super) struct Verdict {
    run_id: RunId,
    #[schema(required = true)]
    chosen: Option<SolutionId>,
    #[schema(required = true)]
    kind: Option<SolutionKind>,
    #[schema(required = true)]
    answer: Option<String>,
    #[schema(required = true)]
    first_error_step: Option<usize>,
    #[schema(required = true)]
    orm: Option<Probability>,
    /// One a step.
    sorm: Vec<Option<Probability>>,
    threshold: Threshold,
}

/// A finished run as a client of the chat API is told of it.
#[derive(Debug)]
pub(super) struct Told {
    /// The chosen solution, one step a line.
    pub(super) content: String,
    pub(super) finish_reason: &'static str,
    pub(super) usage: Usage,
    pub(super) verdict: Verdict,
}

impl Told {
    pub(super) fn of(app: &App, run: &Run) -> Self {
        let chosen = run.chosen_solution();
        let cut = chosen.is_some_and(|solution| solution.finish == Finish::Length);
        Self {
            content: chosen.map(content).unwrap_or_default(),
            finish_reason: if cut { "length" } else { "stop" },
            usage: usage(app, run),
            verdict: Verdict {
                run_id: run.id,
                chosen: run.chosen,
                kind: chosen.map(|solution| solution.kind),
                answer: run.answer.clone(),
                first_error_step: chosen.and_then(|solution| solution.first_error_step),
                orm: chosen.and_then(|solution| solution.orm),
                sorm: chosen.map(sorm).unwrap_or_default(),
                threshold: run.threshold,
            },
        }
    }

    pub(super) fn whole(self, head: Head) -> Completion {
        let message = Message { role: "assistant", content: self.content };
        let choice = Choice { index: 0, message, finish_reason: self.finish_reason };
        Completion { head, choices: [choice], usage: self.usage, glore: self.verdict }
    }
}

fn content(solution: &ScoredSolution) -> String {
    let (steps, answer_text) = (solution.step_texts(), solution.answer.clone());
    Solution { steps, answer_text }.join()
}

fn sorm(solution: &ScoredSolution) -> Vec<Option<Probability>> {
    solution.steps.iter().map(|step| step.sorm).collect()
}

fn usage(app: &App, run: &Run) -> Usage {
    let engine = app.engine.now();
    let tokenizer = &engine.describe(Role::Policy).tokenizer;
    // The run is done, so the tokenizer has not failed on this text.
    let prompt_tokens = tokenizer.encode(&run.problem.text).map_or(0, |tokens| tokens.len());
    let completion_tokens = run.solutions.iter().map(|solution| solution.tokens).sum();
    Usage { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}
