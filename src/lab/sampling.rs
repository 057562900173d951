//! Many solutions from one model: samples of problems, rollouts of prefixes, refinements of drafts.

use crate::domain::{Role, Solution};
use crate::engine::{
    Control, FinishReason, GenerateRequest, Generation, LabelPair, Sampling, ScoreRequest,
    Tokenizer,
};
use crate::lab::LabError;
use crate::lab::runner::Runner;
use crate::pipeline::prompt::{self, PromptError};

/// Most tokens a solution of the lab may have; the longest worked one of eight steps has 190.
pub(super) const MAX_TOKENS: usize = 224;

/// How solutions are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    pub n: usize,
    /// 0 = greedy.
    pub temperature: f32,
    /// The k-th sample of item i uses `seed + 1000 i + k`.
    pub seed: u64,
}

impl Draw {
    /// The most likely solution of each.
    pub const GREEDY: Draw = Draw { n: 1, temperature: 0.0, seed: 0 };
}

/// Solutions, and how many tokens they took.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// `solutions[i][k]`: steps that the prompt already held are not among them.
    pub solutions: Vec<Vec<Solution>>,
    /// Tokens of each, the end token left out.
    pub lengths: Vec<Vec<usize>>,
    pub tokens: u64,
}

/// Continues every prompt to the end of its solution. An answer cut off by the token limit keeps
/// its steps and has no final answer.
///
/// # Errors
/// [`LabError::Engine`] when a prompt does not fit or the model fails.
pub fn draw(
    runner: &dyn Runner,
    role: Role,
    tokenizer: &Tokenizer,
    prompts: Vec<Vec<u32>>,
    how: Draw,
) -> Result<Drawn, LabError> {
    const SEEDS_AN_ITEM: u64 = 1000;
    let end = tokenizer
        .control(Control::End)
        .ok_or(PromptError::NoControlToken(Control::End.as_str()))?;
    let requests: Vec<_> = prompts
        .into_iter()
        .zip(0u64..)
        .map(|(prompt, i)| {
            let seed = how.seed.wrapping_add(i * SEEDS_AN_ITEM);
            let sampling = Sampling {
                temperature: how.temperature,
                top_p: 1.0,
                max_tokens: MAX_TOKENS,
                stop: vec![end],
                seed,
            };
            GenerateRequest { prompt, sampling, n: how.n }
        })
        .collect();
    let answers = runner.generate_all(role, &requests)?;
    let mut tokens = 0;
    let mut solutions = Vec::with_capacity(answers.len());
    let mut lengths = Vec::with_capacity(answers.len());
    for of_one in answers {
        lengths.push(of_one.iter().map(|answer| answer.tokens.len()).collect());
        let mut split = Vec::with_capacity(of_one.len());
        for answer in of_one {
            tokens += answer.tokens.len() as u64;
            split.push(solution_of(tokenizer, &answer)?);
        }
        solutions.push(split);
    }
    Ok(Drawn { solutions, lengths, tokens })
}

/// The solution a model wrote; one cut off by the token limit has no answer.
pub(super) fn solution_of(
    tokenizer: &Tokenizer,
    written: &Generation,
) -> Result<Solution, LabError> {
    let mut solution = Solution::split(&tokenizer.decode(&written.tokens)?);
    if written.finish == FinishReason::Length {
        solution.answer_text = None;
    }
    Ok(solution)
}

/// Scores of one solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// After each step.
    pub steps: Vec<f64>,
    /// After the answer line.
    pub whole: f64,
}

/// Scores solutions of problems by a reward model.
///
/// # Errors
/// [`LabError::Engine`] when a solution does not fit or the model fails.
pub fn score(
    runner: &dyn Runner,
    role: Role,
    tokenizer: &Tokenizer,
    items: &[(&str, &Solution)],
) -> Result<Vec<Scores>, LabError> {
    let labels = labels(tokenizer)?;
    let mut requests = Vec::with_capacity(items.len());
    for (problem, solution) in items {
        let prompt = prompt::scored(tokenizer, problem, solution)?;
        let mut positions = prompt.step_ends;
        positions.push(prompt.end);
        requests.push(ScoreRequest { tokens: prompt.tokens, positions, labels });
    }
    let scored = runner.score_all(role, &requests)?;
    Ok(scored
        .into_iter()
        .map(|scores| {
            let mut steps: Vec<f64> = scores.into_iter().map(|p| p.get()).collect();
            let whole = steps.pop().unwrap_or_default();
            Scores { steps, whole }
        })
        .collect())
}

/// The label tokens of our own checkpoints.
///
/// # Errors
/// [`PromptError::NoControlToken`] for a tokenizer of another kind.
pub fn labels(tokenizer: &Tokenizer) -> Result<LabelPair, PromptError> {
    let id = |control: Control| {
        tokenizer.control(control).ok_or(PromptError::NoControlToken(control.as_str()))
    };
    Ok(LabelPair { good: id(Control::Good)?, bad: id(Control::Bad)? })
}
