//! The student's set: worked solutions of generated problems.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::domain::Solution;
use crate::engine::Tokenizer;
use crate::lab::problems::WordProblem;
use crate::lab::train::Example;
use crate::pipeline::prompt::{self, PromptError};

/// Most solutions laid one after another in one sequence. Refiners read sequences two or three
/// times as long as the student writes; a base that never saw such positions cannot be taught to.
const MOST_TOGETHER: usize = 3;

/// Problems beside their worked solutions.
pub fn solutions(problems: &[WordProblem]) -> impl Iterator<Item = (&str, Solution)> {
    problems.iter().map(|p| (p.text.as_str(), Solution::split(&p.solution_text())))
}

/// One example for every one to three problems.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn student_set<'a>(
    tokenizer: &Tokenizer,
    solved: impl Iterator<Item = (&'a str, Solution)>,
    seed: u64,
) -> Result<Vec<Example>, PromptError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut examples = Vec::new();
    let mut open = Example::default();
    let mut room = 0;
    for (problem, solution) in solved {
        if room == 0 {
            if !open.tokens.is_empty() {
                examples.push(std::mem::take(&mut open));
            }
            room = rng.random_range(1..=MOST_TOGETHER);
        }
        let completion = prompt::completion(tokenizer, &solution, 0)?;
        open.append(&prompt::policy(tokenizer, problem)?, &completion);
        room -= 1;
    }
    if !open.tokens.is_empty() {
        examples.push(open);
    }
    Ok(examples)
}
