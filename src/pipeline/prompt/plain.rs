//! The layout for models that do not know our control tokens: words between the parts.
//!
//! The words are kept few and plain; a model fine-tuned on other words is better served by
//! training it on the tagged layout, or on these words: the functions that end in `_text`, and
//! `scored_head` and `scored_line`, give them as text, for files that other trainers read.

use super::{PromptError, ScoredPrompt, check_step, encode};
use crate::domain::{ANSWER_MARK, Solution};
use crate::engine::Description;

const TASK: &str = "Solve the problem. Write one step a line, then a last line `#### ` with the \
                    final answer.";
const REPAIR: &str = "The draft may be wrong. Write a corrected solution, one step a line, then a \
                      last line `#### ` with the final answer.";
/// Before the first wrong step; as in the tagged layout, and explained to the model.
const BAD: &str = "[BAD]";
const WHERE: &str = "The first wrong step is marked [BAD]; the steps before it are right.";

/// What the policy is asked.
pub fn policy_text(problem: &str) -> String {
    format!("{TASK}\n\nProblem:\n{problem}\n\nSolution:\n")
}

/// What the global refiner is asked.
pub fn global_text(problem: &str, draft: &Solution) -> String {
    let draft = draft.join();
    format!("{REPAIR}\n\nProblem:\n{problem}\n\nDraft:\n{draft}\n\nSolution:\n")
}

/// What the local refiner is asked: it goes on after the steps before `first_error` (from 1), which
/// are written already, a line each.
///
/// # Errors
/// [`PromptError::NoSuchStep`].
pub fn local_text(
    problem: &str,
    draft: &Solution,
    first_error: usize,
) -> Result<String, PromptError> {
    let mut text = local_head(problem, draft, first_error)?;
    text.extend(draft.prefix(first_error - 1).iter().map(|step| format!("{step}\n")));
    Ok(text)
}

/// [`local_text`] up to the kept steps.
fn local_head(problem: &str, draft: &Solution, first_error: usize) -> Result<String, PromptError> {
    check_step(first_error, draft.steps.len())?;
    let mut marked = draft.clone();
    marked.steps[first_error - 1].insert_str(0, &format!("{BAD} "));
    let marked = marked.join();
    Ok(format!("{REPAIR} {WHERE}\n\nProblem:\n{problem}\n\nDraft:\n{marked}\n\nSolution:\n"))
}

/// What a reward model reads before the first line of a solution.
pub fn scored_head(problem: &str) -> String {
    format!("{problem}\n")
}

/// One line of a solution as a reward model reads it, with its line break; a tag stands before it.
pub fn scored_line(line: &str, tag: Option<&str>) -> String {
    match tag {
        Some(tag) => format!("{line} {tag}\n"),
        None => format!("{line}\n"),
    }
}

pub(super) fn policy(model: &Description, problem: &str) -> Result<Vec<u32>, PromptError> {
    written(model, &policy_text(problem))
}

pub(super) fn global(
    model: &Description,
    problem: &str,
    draft: &Solution,
) -> Result<Vec<u32>, PromptError> {
    written(model, &global_text(problem, draft))
}

/// The kept steps are written after `Solution:`, each tokenised by itself, so that the model goes on
/// from them.
pub(super) fn local(
    model: &Description,
    problem: &str,
    draft: &Solution,
    first_error: usize,
) -> Result<Vec<u32>, PromptError> {
    let mut tokens = written(model, &local_head(problem, draft, first_error)?)?;
    for step in draft.prefix(first_error - 1) {
        tokens.extend(encode(&model.tokenizer, &format!("{step}\n"))?);
    }
    Ok(tokens)
}

/// The problem, then the steps; read at the end of each line, or at the tag put after it.
pub(super) fn scored(
    model: &Description,
    problem: &str,
    solution: &Solution,
) -> Result<ScoredPrompt, PromptError> {
    let mut tokens = written(model, &scored_head(problem))?;
    let mut step_ends = Vec::with_capacity(solution.steps.len());
    for step in &solution.steps {
        step_ends.push(push_line(model, &mut tokens, step)?);
    }
    let end = match &solution.answer_text {
        Some(answer) => push_line(model, &mut tokens, &format!("{ANSWER_MARK} {answer}"))?,
        None => tokens.len().saturating_sub(1),
    };
    let end = step_ends.last().copied().filter(|_| solution.answer_text.is_none()).unwrap_or(end);
    Ok(ScoredPrompt { tokens, step_ends, end })
}

/// Appends a line and returns the position where its score is read: at the tag, which is followed
/// by a line break of its own, or at the end of the line.
fn push_line(model: &Description, tokens: &mut Vec<u32>, line: &str) -> Result<usize, PromptError> {
    let text = scored_line(line, model.step_tag.as_deref());
    match model.step_tag {
        Some(_) => {
            let tagged = text.strip_suffix('\n').unwrap_or(&text);
            tokens.extend(encode(&model.tokenizer, tagged)?);
            let read = tokens.len() - 1;
            tokens.extend(encode(&model.tokenizer, "\n")?);
            Ok(read)
        }
        None => {
            tokens.extend(encode(&model.tokenizer, &text)?);
            Ok(tokens.len() - 1)
        }
    }
}

fn written(model: &Description, text: &str) -> Result<Vec<u32>, PromptError> {
    let mut tokens = model.begin.clone();
    tokens.extend(encode(&model.tokenizer, text)?);
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;
    use crate::engine::{Engine, ScriptedEngine};

    fn model(step_tag: Option<&str>) -> Description {
        let mut model = ScriptedEngine::new().describe(Role::Sorm).clone();
        model.score_format = crate::engine::ScoreFormat::StepTag;
        model.step_tag = step_tag.map(str::to_owned);
        model
    }

    fn read(model: &Description, prompt: &ScoredPrompt, at: usize) -> String {
        model.tokenizer.decode_all(&prompt.tokens[..=at]).expect("decoded")
    }

    #[test]
    fn scores_are_read_at_the_tag_of_each_step() {
        let model = model(Some("ки"));
        let solution = Solution::split("a = 1\nb = 2\n#### 2");
        let prompt = scored(&model, "How many?", &solution).expect("written");
        assert_eq!(read(&model, &prompt, prompt.step_ends[0]), "How many?\na = 1 ки");
        assert!(read(&model, &prompt, prompt.step_ends[1]).ends_with("b = 2 ки"));
        assert!(read(&model, &prompt, prompt.end).ends_with("#### 2 ки"));
    }

    #[test]
    fn without_a_tag_the_end_of_the_line_is_read() {
        let model = model(None);
        let solution = Solution::split("a = 1\nb = 2");
        let prompt = scored(&model, "How many?", &solution).expect("written");
        assert_eq!(read(&model, &prompt, prompt.end), "How many?\na = 1\nb = 2\n");
        assert_eq!(Some(&prompt.end), prompt.step_ends.last());
    }

    #[test]
    fn the_wrong_step_is_marked_and_the_right_ones_kept() {
        let model = model(None);
        let draft = Solution::split("a = 1\nb = 3\n#### 3");
        let prompt = local(&model, "How many?", &draft, 2).expect("written");
        let text = model.tokenizer.decode_all(&prompt).expect("decoded");
        assert!(text.contains("\n[BAD] b = 3\n") && text.ends_with("Solution:\na = 1\n"), "{text}");
        assert!(local(&model, "How many?", &draft, 3).is_err());
    }

    #[test]
    fn the_texts_are_what_the_tokens_say() {
        let draft = Solution::split("a = 1\nb = 3\n#### 3");
        for tag in [None, Some("ки")] {
            let model = model(tag);
            let said = |tokens: Vec<u32>| model.tokenizer.decode_all(&tokens).expect("decoded");
            assert_eq!(said(policy(&model, "Q?").expect("written")), policy_text("Q?"));
            let tokens = global(&model, "Q?", &draft).expect("written");
            assert_eq!(said(tokens), global_text("Q?", &draft));
            let tokens = local(&model, "Q?", &draft, 2).expect("written");
            assert_eq!(said(tokens), local_text("Q?", &draft, 2).expect("a step"));
            let lines = ["a = 1", "b = 3", "#### 3"].map(|line| scored_line(line, tag));
            let tokens = scored(&model, "Q?", &draft).expect("written").tokens;
            assert_eq!(said(tokens), scored_head("Q?") + &lines.concat());
        }
    }
}
