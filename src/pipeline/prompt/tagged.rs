//! The layout our own checkpoints are trained on: control tokens between the parts.

use super::{PromptError, ScoredPrompt, check_step, encode};
use crate::domain::{ANSWER_MARK, Solution};
use crate::engine::{Control, Tokenizer};

/// `<|problem|> Q <|solution|>`: the policy goes on with a solution.
pub fn policy(tokenizer: &Tokenizer, problem: &str) -> Result<Vec<u32>, PromptError> {
    let mut tokens = asked(tokenizer, problem)?;
    tokens.push(control(tokenizer, Control::Solution)?);
    Ok(tokens)
}

/// [`policy`] followed by a prefix P_i: the policy goes on from there (rollouts).
pub fn continuation(
    tokenizer: &Tokenizer,
    problem: &str,
    prefix: &[String],
) -> Result<Vec<u32>, PromptError> {
    let mut tokens = policy(tokenizer, problem)?;
    for step in prefix {
        push_line(tokenizer, &mut tokens, step)?;
    }
    Ok(tokens)
}

/// `<|problem|> Q <|solution|> steps, answer`: a reward model is read at the ends of the lines.
pub fn scored(
    tokenizer: &Tokenizer,
    problem: &str,
    solution: &Solution,
) -> Result<ScoredPrompt, PromptError> {
    let mut tokens = policy(tokenizer, problem)?;
    let mut step_ends = Vec::with_capacity(solution.steps.len());
    for step in &solution.steps {
        push_line(tokenizer, &mut tokens, step)?;
        step_ends.push(tokens.len() - 1);
    }
    push_answer(tokenizer, &mut tokens, solution)?;
    let end = tokens.len() - 1;
    Ok(ScoredPrompt { tokens, step_ends, end })
}

/// `<|problem|> Q <|draft|> draft <|refine|>`: the global refiner goes on with a new solution.
pub fn global(
    tokenizer: &Tokenizer,
    problem: &str,
    draft: &Solution,
) -> Result<Vec<u32>, PromptError> {
    let mut tokens = asked(tokenizer, problem)?;
    push_draft(tokenizer, &mut tokens, draft, None)?;
    tokens.push(control(tokenizer, Control::Refine)?);
    Ok(tokens)
}

/// The same with `[BAD]` before step `first_error` (1-based) and the steps before it already
/// written after `<|refine|>`: the local refiner keeps P_{E-1} because it cannot do otherwise.
pub fn local(
    tokenizer: &Tokenizer,
    problem: &str,
    draft: &Solution,
    first_error: usize,
) -> Result<Vec<u32>, PromptError> {
    check_step(first_error, draft.steps.len())?;
    let mut tokens = asked(tokenizer, problem)?;
    push_draft(tokenizer, &mut tokens, draft, Some(first_error))?;
    tokens.push(control(tokenizer, Control::Refine)?);
    for step in draft.prefix(first_error - 1) {
        push_line(tokenizer, &mut tokens, step)?;
    }
    Ok(tokens)
}

/// What a model is trained to write: the lines of a solution from step `from` (0-based) on, and
/// the end token.
pub fn completion(
    tokenizer: &Tokenizer,
    solution: &Solution,
    from: usize,
) -> Result<Vec<u32>, PromptError> {
    let mut tokens = Vec::new();
    for step in &solution.steps[from.min(solution.steps.len())..] {
        push_line(tokenizer, &mut tokens, step)?;
    }
    push_answer(tokenizer, &mut tokens, solution)?;
    tokens.push(control(tokenizer, Control::End)?);
    Ok(tokens)
}

fn asked(tokenizer: &Tokenizer, problem: &str) -> Result<Vec<u32>, PromptError> {
    let mut tokens = vec![control(tokenizer, Control::Problem)?];
    tokens.extend(encode(tokenizer, &spaced(problem))?);
    Ok(tokens)
}

fn push_draft(
    tokenizer: &Tokenizer,
    tokens: &mut Vec<u32>,
    draft: &Solution,
    bad_step: Option<usize>,
) -> Result<(), PromptError> {
    tokens.push(control(tokenizer, Control::Draft)?);
    for (index, step) in draft.steps.iter().enumerate() {
        if bad_step == Some(index + 1) {
            tokens.push(control(tokenizer, Control::BadStep)?);
        }
        push_line(tokenizer, tokens, step)?;
    }
    push_answer(tokenizer, tokens, draft)
}

fn push_answer(
    tokenizer: &Tokenizer,
    tokens: &mut Vec<u32>,
    solution: &Solution,
) -> Result<(), PromptError> {
    match &solution.answer_text {
        Some(answer) => push_line(tokenizer, tokens, &format!("{ANSWER_MARK} {answer}")),
        None => Ok(()),
    }
}

fn push_line(tokenizer: &Tokenizer, tokens: &mut Vec<u32>, line: &str) -> Result<(), PromptError> {
    tokens.extend(encode(tokenizer, &spaced(line))?);
    tokens.extend(encode(tokenizer, "\n")?);
    Ok(())
}

/// A word at the start of a line shall be the same token as inside a sentence: without the space,
/// `Nina` and ` Nina` are two, and a small model copies the one and has never seen the other.
fn spaced(text: &str) -> String {
    format!(" {text}")
}

fn control(tokenizer: &Tokenizer, control: Control) -> Result<u32, PromptError> {
    tokenizer.control(control).ok_or(PromptError::NoControlToken(control.as_str()))
}
