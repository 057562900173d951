//! Where a sum goes wrong: the digits of its result, each with whether the number is right so far.
//!
//! What a sum should give is arithmetic and stands in no gold label of the world; whether it is the
//! sum that should be done there is not looked at.

use std::collections::HashMap;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::domain::Solution;
use crate::engine::{Control, Tokenizer};
use crate::lab::problems::{Equation, MAX_VALUE};
use crate::pipeline::prompt::{PromptError, ScoredPrompt};

/// Finds them; remembers what tokens are, since asking the tokenizer takes most of the time.
pub(super) struct Marks<'a> {
    tokenizer: &'a Tokenizer,
    known: HashMap<u32, Piece>,
}

/// What a token means to a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// The result begins after it.
    Equals,
    Digit(char),
    Other,
}

impl<'a> Marks<'a> {
    pub fn new(tokenizer: &'a Tokenizer) -> Self {
        Self { tokenizer, known: HashMap::new() }
    }

    /// The places of the digits of every result in `solution`, which is what `prompt` asks about, in
    /// order. Lines without a sum have none.
    ///
    /// # Errors
    /// [`PromptError`] when the tokenizer cannot say what a token is.
    pub fn of(
        &mut self,
        prompt: &ScoredPrompt,
        solution: &Solution,
    ) -> Result<Vec<(usize, bool)>, PromptError> {
        let begin = self.tokenizer.control(Control::Solution);
        let mut start = prompt.tokens.iter().position(|&t| Some(t) == begin).map_or(0, |at| at + 1);
        let mut all = Vec::new();
        for (line, &end) in solution.steps.iter().zip(&prompt.step_ends) {
            if let Some((_, sum, _)) = Equation::find(line) {
                all.extend(self.digits(&prompt.tokens, start..end, sum)?);
            }
            start = end + 1;
        }
        Ok(all)
    }

    fn digits(
        &mut self,
        tokens: &[u32],
        within: std::ops::Range<usize>,
        sum: Equation,
    ) -> Result<Vec<(usize, bool)>, PromptError> {
        // What has no result in whole numbers has no right digit.
        let right = sum.op.apply(sum.a, sum.b).map_or_else(String::new, |right| right.to_string());
        let (mut found, mut so_far, mut begun) = (Vec::new(), String::new(), false);
        for at in within {
            match self.piece(tokens[at])? {
                Piece::Digit(digit) if begun => {
                    so_far.push(digit);
                    found.push((at, right.starts_with(&so_far)));
                }
                _ if !so_far.is_empty() => break,
                Piece::Equals => begun = true,
                _ => {}
            }
        }
        Ok(found)
    }

    fn piece(&mut self, token: u32) -> Result<Piece, PromptError> {
        if let Some(&piece) = self.known.get(&token) {
            return Ok(piece);
        }
        let text = self.tokenizer.decode(&[token]);
        let text = text.map_err(|e| PromptError::Tokenizer(e.to_string()))?;
        let piece = match text.trim().as_bytes() {
            [digit @ b'0'..=b'9'] => Piece::Digit(char::from(*digit)),
            bytes if bytes.contains(&b'=') => Piece::Equals,
            _ => Piece::Other,
        };
        self.known.insert(token, piece);
        Ok(piece)
    }
}

/// Another result as a slip would give it: one digit off by one, or another digit. What lies near
/// no result that problems have stays as it is.
pub(super) fn slip(right: i64, rng: &mut ChaCha8Rng) -> i64 {
    if !(0..=MAX_VALUE).contains(&right) {
        return right;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scripted_tokenizer;
    use crate::pipeline::prompt;
    use rand::SeedableRng;

    #[test]
    fn digits_are_right_as_long_as_the_number_is() {
        let tokenizer = scripted_tokenizer();
        let solution =
            Solution::split("It is 133 + 18 = 141 cups.\nSo it is.\nHe has 7 / 2 = 3\n#### 3");
        let prompt = prompt::scored(&tokenizer, "Is 1 = 1?", &solution).expect("a prompt");
        let marks = Marks::new(&tokenizer).of(&prompt, &solution).expect("marks");
        let right: Vec<bool> = marks.iter().map(|&(_, right)| right).collect();
        assert_eq!(right, [true, false, false, false], "1, 14, 141; 7 / 2 is no whole number");
        let written: Vec<String> = marks
            .iter()
            .map(|&(at, _)| tokenizer.decode(&prompt.tokens[at..=at]).expect("text"))
            .collect();
        assert_eq!(written.concat().replace(' ', ""), "1413");
    }

    #[test]
    fn a_slip_is_another_number_not_far_away() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        assert_eq!((slip(-3, &mut rng), slip(998_001, &mut rng)), (-3, 998_001));
        for right in [0, 7, 10, 99, 100, 734, MAX_VALUE] {
            for _ in 0..200 {
                let wrong = slip(right, &mut rng);
                assert!(wrong != right && (0..=MAX_VALUE).contains(&wrong), "{right} {wrong}");
            }
        }
    }
}
