//! Sums by themselves: what a model can practise apart from the problems they stand in.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::engine::Tokenizer;
use crate::lab::problems::{Equation, MAX_VALUE, Op, WordProblem};
use crate::lab::train::Example;
use crate::pipeline::prompt::{self, PromptError};

/// Sums in one sequence.
const TOGETHER: usize = 16;
/// Draws until other numbers are found for a sum; then it stays as it is.
const TRIES: usize = 20;
/// Digits beside the first, where there are to be many: those of three are the hardest, and most of
/// them are drawn again because the result is too large.
const MANY: [u32; 6] = [0, 1, 1, 2, 2, 2];

/// For every step of the worked solutions, `each` sums of the same operation, about half of them
/// long ones, sixteen in a sequence. Only results are predicted: the numbers before them are chance.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn sums_set(
    tokenizer: &Tokenizer,
    problems: &[WordProblem],
    each: usize,
    seed: u64,
) -> Result<Vec<Example>, PromptError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut sums = Vec::new();
    for problem in problems {
        for step in problem.solution_text().lines() {
            let Some((_, equation, _)) = Equation::find(step) else { continue };
            sums.extend((0..each).map(|_| match rng.random_bool(0.5) {
                true => other(equation, &mut rng).to_string(),
                false => longer(equation, &mut rng).to_string(),
            }));
        }
    }
    let mut examples = Vec::with_capacity(sums.len() / TOGETHER + 1);
    for lines in sums.chunks(TOGETHER) {
        examples.push(example(tokenizer, lines)?);
    }
    Ok(examples)
}

/// Another sum of the same operation whose numbers have as many digits.
pub(super) fn other(equation: Equation, rng: &mut ChaCha8Rng) -> Equation {
    drawn(equation, rng, |n, _| n.max(1).ilog10())
}

/// Another sum of the same operation, of many digits. Sums of two numbers of three digits are few in
/// problems, and from so few nobody learns them.
fn longer(equation: Equation, rng: &mut ChaCha8Rng) -> Equation {
    drawn(equation, rng, |_, rng| MANY[rng.random_range(0..MANY.len())])
}

/// A sum with numbers of as many digits, beside the first, as `places` says of those in `equation`.
fn drawn(
    equation: Equation,
    rng: &mut ChaCha8Rng,
    places: impl Fn(i64, &mut ChaCha8Rng) -> u32,
) -> Equation {
    let mut number = |like: i64| {
        let (low, high) = match places(like, rng) {
            0 => (1, 9),
            1 => (10, 99),
            _ => (100, MAX_VALUE),
        };
        rng.random_range(low..=high)
    };
    let op = equation.op;
    for _ in 0..TRIES {
        let b = number(equation.b);
        // What is divided has to be a multiple.
        let a = if op == Op::Div { b * number(equation.c) } else { number(equation.a) };
        let Some(c) = op.apply(a, b) else { continue };
        if (0..=MAX_VALUE).contains(&c) && a <= MAX_VALUE {
            return Equation { a, op, b, c };
        }
    }
    equation
}

fn example(tokenizer: &Tokenizer, lines: &[String]) -> Result<Example, PromptError> {
    let mut tokens = prompt::policy(tokenizer, "")?;
    let mut reads = Vec::new();
    for line in lines {
        let asked = line.find('=').map_or(0, |at| at + 1);
        let start = tokens.len();
        let until = prompt::continuation(tokenizer, "", &[line[..asked].to_owned()])?;
        let whole = prompt::continuation(tokenizer, "", std::slice::from_ref(line))?;
        // A digit is a token of its own, so the sum begins with the tokens of what is asked; those
        // end with a line end that the whole has not.
        let shared = until.len() - 1;
        let head = prompt::policy(tokenizer, "")?.len();
        tokens.extend_from_slice(&whole[head..]);
        reads.extend((start + shared - head..tokens.len()).map(|at| (at - 1, tokens[at], 1.0)));
    }
    tokens.pop();
    Ok(Example { tokens, reads })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scripted_tokenizer;
    use crate::lab::problems::{Difficulty, Split, problems};

    #[test]
    fn only_results_are_predicted() {
        let tokenizer = scripted_tokenizer();
        let lines = ["14 + 9 = 23".to_owned(), "96 / 8 = 12".to_owned()];
        let example = example(&tokenizer, &lines).expect("an example");
        let predicted: Vec<u32> = example.reads.iter().map(|&(_, target, _)| target).collect();
        let text = tokenizer.decode(&predicted).expect("text");
        assert_eq!(text, " 23\n 12\n");
        for &(row, target, _) in &example.reads[..example.reads.len() - 1] {
            assert_eq!(example.tokens[row + 1], target);
        }
        assert_eq!(example.reads.last().map(|read| read.0), Some(example.tokens.len() - 1));
    }

    #[test]
    fn sums_are_right_and_no_larger_than_those_of_problems() {
        let known: Vec<_> = problems(Split::Train, 1, Difficulty::default()).take(200).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let digits = |n: i64| n.max(1).ilog10();
        let (mut long, mut all) = (0, 0);
        for step in known
            .iter()
            .flat_map(|p| p.solution_text().lines().map(str::to_owned).collect::<Vec<_>>())
        {
            let Some((_, equation, _)) = Equation::find(&step) else { continue };
            let (alike, longer) = (other(equation, &mut rng), longer(equation, &mut rng));
            for made in [alike, longer] {
                assert!(made.is_right(), "{made}");
                assert_eq!(made.op, equation.op);
                let numbers = [made.a, made.b, made.c];
                assert!(numbers.iter().all(|n| (0..=MAX_VALUE).contains(n)), "{made}");
            }
            assert_eq!(digits(alike.b), digits(equation.b), "{alike} {equation}");
            long += u32::from(digits(longer.a) == 2 && digits(longer.b) == 2);
            all += 1;
        }
        assert!(10 * long > all, "{long} of {all} are of three digits and three");
        let tokenizer = scripted_tokenizer();
        let again = || sums_set(&tokenizer, &known, 2, 7).expect("a set");
        assert_eq!(again(), again(), "the same seed gives the same sums");
        assert!(!again().is_empty());
    }
}
