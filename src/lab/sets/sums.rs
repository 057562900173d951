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

/// For every step of the worked solutions, `each` sums of the same operation, sixteen in a
/// sequence. Only results are predicted: the numbers before them are chance.
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
            sums.extend((0..each).map(|_| other(equation, &mut rng).to_string()));
        }
    }
    let mut examples = Vec::with_capacity(sums.len() / TOGETHER + 1);
    for lines in sums.chunks(TOGETHER) {
        examples.push(example(tokenizer, lines)?);
    }
    Ok(examples)
}

/// Another sum of the same operation: every second time with as many digits, else with many. Sums of
/// two numbers of three digits are few in problems, and from so few nobody learns them.
pub(super) fn other(equation: Equation, rng: &mut ChaCha8Rng) -> Equation {
    let op = equation.op;
    let alike = rng.random_bool(0.5);
    let mut like = |n: i64| {
        let places = match alike {
            true => n.max(1).ilog10(),
            false => MANY[rng.random_range(0..MANY.len())],
        };
        let (low, high) = match places {
            0 => (1, 9),
            1 => (10, 99),
            _ => (100, MAX_VALUE),
        };
        rng.random_range(low..=high)
    };
    for _ in 0..TRIES {
        let b = like(equation.b);
        // What is divided has to be a multiple.
        let a = if op == Op::Div { b * like(equation.c) } else { like(equation.a) };
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
    fn sums_are_right_half_of_the_same_kind_and_no_larger_than_those_of_problems() {
        let known: Vec<_> = problems(Split::Train, 1, Difficulty::default()).take(200).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (mut longer, mut alike, mut all) = (0, 0, 0);
        for step in known
            .iter()
            .flat_map(|p| p.solution_text().lines().map(str::to_owned).collect::<Vec<_>>())
        {
            let Some((_, equation, _)) = Equation::find(&step) else { continue };
            let made = other(equation, &mut rng);
            assert!(made.is_right(), "{made}");
            assert_eq!(made.op, equation.op);
            assert!([made.a, made.b, made.c].iter().all(|n| (0..=MAX_VALUE).contains(n)), "{made}");
            let digits = |n: i64| n.max(1).ilog10();
            longer += u32::from(digits(made.a) == 2 && digits(made.b) == 2);
            alike += u32::from(
                (digits(made.a), digits(made.b)) == (digits(equation.a), digits(equation.b)),
            );
            all += 1;
        }
        assert!(2 * alike > all, "{alike} of {all} are of the same kind");
        assert!(20 * longer > all, "{longer} of {all} are of three digits and three");
        let tokenizer = scripted_tokenizer();
        let again = || sums_set(&tokenizer, &known, 2, 7).expect("a set");
        assert_eq!(again(), again(), "the same seed gives the same sums");
        assert!(!again().is_empty());
    }
}
