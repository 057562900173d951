//! Sums to check: lines like those of solutions, some with a slip, and whether each is right.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::sums::other;
use super::teach::Teaching;
use crate::domain::Solution;
use crate::engine::Tokenizer;
use crate::lab::problems::{Equation, MAX_VALUE, WordProblem};
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
                let right = sum.op.apply(sum.a, sum.b).unwrap_or(sum.c);
                Line { text: format!("{before}{sum}{after}"), right, written: sum.c }
            }));
        }
    }
    // Neighbours come from one problem; mixed, nothing is to be learnt from where a line stands.
    for last in (1..lines.len()).rev() {
        lines.swap(last, rng.random_range(0..=last));
    }
    lines.chunks(TOGETHER).map(|lines| example(tokenizer, lines, teaching)).collect()
}

/// Another number as a slip would give it: one digit off by one, or another digit.
fn slip(right: i64, rng: &mut ChaCha8Rng) -> i64 {
    loop {
        let places = right.max(1).ilog10() + 1;
        let place = 10_i64.pow(rng.random_range(0..places));
        let digit = right / place % 10;
        let wrong = match rng.random_range(0..3) {
            0 => right + place,
            1 => right - place,
            _ => right + (rng.random_range(0..10) - digit) * place,
        };
        if wrong != right && (0..=MAX_VALUE).contains(&wrong) {
            return wrong;
        }
    }
}

/// A line, and what its result should be.
struct Line {
    text: String,
    right: i64,
    written: i64,
}

fn example(
    tokenizer: &Tokenizer,
    lines: &[Line],
    teaching: Teaching,
) -> Result<Example, PromptError> {
    let steps = lines.iter().map(|line| line.text.clone()).collect();
    let prompt = prompt::scored(tokenizer, "", &Solution { steps, answer_text: None })?;
    let mut labels = Vec::new();
    let mut start = 0;
    for (line, &end) in lines.iter().zip(&prompt.step_ends) {
        labels.extend(digits(tokenizer, &prompt.tokens, start..end, line)?);
        labels.push((end, line.written == line.right));
        start = end + 1;
    }
    Ok(teaching.example(prompt, labels, false))
}

/// The places of the result's digits, each with whether the number is right so far.
fn digits(
    tokenizer: &Tokenizer,
    tokens: &[u32],
    within: std::ops::Range<usize>,
    line: &Line,
) -> Result<Vec<(usize, bool)>, PromptError> {
    let right = line.right.to_string();
    let (mut found, mut so_far, mut begun) = (Vec::new(), String::new(), false);
    for at in within {
        let token = tokenizer.decode(&tokens[at..=at]);
        let text = token.map_err(|e| PromptError::Tokenizer(e.to_string()))?;
        begun |= text.contains('=');
        let digit = text.trim();
        if begun && digit.len() == 1 && digit.as_bytes()[0].is_ascii_digit() {
            so_far.push_str(digit);
            found.push((at, right.starts_with(&so_far)));
        } else if !so_far.is_empty() {
            break;
        }
    }
    Ok(found)
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

    #[test]
    fn digits_are_right_as_long_as_the_number_is() {
        let tokenizer = scripted_tokenizer();
        let teaching = Teaching::new(&tokenizer, 0.0).expect("control tokens");
        let line = Line { text: "It is 133 + 18 = 141 cups.".to_owned(), right: 151, written: 141 };
        let example = example(&tokenizer, &[line], teaching).expect("an example");
        let labels: Vec<bool> = example.reads.iter().map(|&(_, bad, _)| bad == 0).collect();
        assert_eq!(labels, [true, false, false, false], "1, 14, 141, and the line");
    }

    #[test]
    fn a_slip_is_another_number_not_far_away() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for right in [0, 7, 10, 99, 100, 1234, MAX_VALUE] {
            for _ in 0..200 {
                let wrong = slip(right, &mut rng);
                assert!(wrong != right && (0..=MAX_VALUE).contains(&wrong), "{right} {wrong}");
            }
        }
    }
}
