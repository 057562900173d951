//! Sums to check: lines like those of solutions, some with a slip, and whether each is right.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::marks::{Marks, slip};
use super::sums::other;
use super::teach::Teaching;
use crate::domain::Solution;
use crate::engine::Tokenizer;
use crate::lab::problems::{Equation, WordProblem};
use crate::lab::train::Example;
use crate::pipeline::prompt::{self, PromptError};

/// Lines in one sequence.
const TOGETHER: usize = 16;
/// Of a hundred lines, how many have a slip.
const SLIPS: u32 = 50;

/// For every step of the worked solutions, `each` lines with its words and other numbers, half of
/// them with a slip in the result, sixteen in a sequence. The label at the end of a line is whether its
/// sum is right, that of a digit of the result whether the number is right so far; nothing of the
/// problem is there to judge it by, and no line follows from another.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn checks_set(
    tokenizer: &Tokenizer,
    problems: &[WordProblem],
    each: usize,
    seed: u64,
    teaching: Teaching,
) -> Result<Vec<Example>, PromptError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut lines = Vec::new();
    for problem in problems {
        for step in problem.solution_text().lines() {
            let Some((before, equation, after)) = Equation::find(step) else { continue };
            lines.extend((0..each).map(|_| {
                let mut sum = other(equation, &mut rng);
                if rng.random_range(0..100) < SLIPS {
                    sum.c = slip(sum.c, &mut rng);
                }
                format!("{before}{sum}{after}")
            }));
        }
    }
    // Neighbours come from one problem; mixed, nothing is to be learnt from where a line stands.
    for last in (1..lines.len()).rev() {
        lines.swap(last, rng.random_range(0..=last));
    }
    let mut marks = Marks::new(tokenizer);
    lines.chunks(TOGETHER).map(|lines| example(tokenizer, &mut marks, lines, teaching)).collect()
}

fn example(
    tokenizer: &Tokenizer,
    marks: &mut Marks<'_>,
    lines: &[String],
    teaching: Teaching,
) -> Result<Example, PromptError> {
    let solution = Solution { steps: lines.to_vec(), answer_text: None };
    let prompt = prompt::scored(tokenizer, "", &solution)?;
    let mut labels = marks.of(&prompt, &solution)?;
    let right = |line: &String| Equation::find(line).is_some_and(|(_, sum, _)| sum.is_right());
    labels.extend(prompt.step_ends.iter().copied().zip(lines.iter().map(right)));
    labels.sort_by_key(|&(at, _)| at);
    Ok(teaching.example(prompt, labels, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scripted_tokenizer;
    use crate::lab::problems::{Difficulty, Split, problems};

    #[test]
    fn about_half_are_wrong_and_labels_say_which() {
        let tokenizer = scripted_tokenizer();
        let teaching = Teaching::new(&tokenizer, 0.0).expect("control tokens");
        let known: Vec<_> = problems(Split::Train, 1, Difficulty::default()).take(100).collect();
        let set = || checks_set(&tokenizer, &known, 2, 7, teaching).expect("a set");
        assert_eq!(set(), set(), "the same seed gives the same lines");
        let (mut lines, mut wrong) = (0, 0);
        for example in set() {
            let text = tokenizer.decode(&example.tokens).expect("text");
            let sums: Vec<bool> = text
                .lines()
                .filter_map(Equation::find)
                .map(|(_, equation, _)| equation.is_right())
                .collect();
            let ends = prompt_ends(&tokenizer, &example.tokens);
            let at_ends = example.reads.iter().filter(|(row, ..)| ends.contains(row));
            let labels: Vec<bool> = at_ends.map(|&(_, bad, _)| bad == 0).collect();
            assert_eq!(sums, labels, "{text}");
            assert!(example.reads.len() > 2 * labels.len(), "digits have labels as well");
            lines += labels.len();
            wrong += labels.iter().filter(|right| !**right).count();
        }
        assert!(
            lines > 300 && (0.4..0.6).contains(&(wrong as f64 / lines as f64)),
            "{wrong} of {lines}"
        );
    }

    fn prompt_ends(tokenizer: &Tokenizer, tokens: &[u32]) -> Vec<usize> {
        let ends = |at: &usize| tokenizer.decode(&tokens[*at..=*at]).expect("text").contains('\n');
        (0..tokens.len()).filter(ends).collect()
    }
}
