//! How a reward model is taught: labels alone, or labels and the wording of right solutions.
//!
//! A label says one bit about a line. What makes the line right, such as the digits of a product, a
//! small model learns far faster by writing right solutions. The verifiers of Cobbe et al. (2021,
//! arXiv 2110.14168, section 4.3) were trained on both together, and so are ours: where the solution
//! is right, its tokens are predicted as well, at a weight each. Wrong solutions are never imitated.

use crate::engine::{Control, LabelPair, Tokenizer};
use crate::lab::train::Example;
use crate::model::Head;
use crate::pipeline::prompt::{PromptError, ScoredPrompt};

/// What a reward model predicts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Teaching {
    pair: LabelPair,
    /// The token after which a solution begins.
    solution: u32,
    /// Weight of each token of a right solution beside a label's 1; 0: labels only.
    language: f32,
    /// Weight of each digit of a result that is right so far, or not; 0: digits have no labels.
    sums: f32,
}

impl Teaching {
    /// # Errors
    /// [`PromptError`] when the tokenizer lacks the control tokens.
    pub fn new(tokenizer: &Tokenizer, language: f32) -> Result<Self, PromptError> {
        let id = |control: Control| {
            tokenizer.control(control).ok_or(PromptError::NoControlToken(control.as_str()))
        };
        let pair = LabelPair { good: id(Control::Good)?, bad: id(Control::Bad)? };
        Ok(Self { pair, solution: id(Control::Solution)?, language, sums: 0.0 })
    }

    /// The same, and sums are checked on the way, at a weight for each digit of a result.
    pub fn with_sums(self, sums: f32) -> Self {
        Self { sums, ..self }
    }

    /// The same labels without wording and sums: what a validation loss is measured on.
    pub fn labels_only(self) -> Self {
        Self { language: 0.0, sums: 0.0, ..self }
    }

    /// Whether digits of results have labels too.
    pub fn checks_sums(self) -> bool {
        self.sums > 0.0
    }

    /// Adds labels of digits to an example.
    pub fn check(self, example: &mut Example, marks: impl IntoIterator<Item = (usize, bool)>) {
        let pair = if self.language > 0.0 { (self.pair.good, self.pair.bad) } else { (0, 1) };
        let mark = |(at, right)| (at, if right { pair.0 } else { pair.1 }, self.sums);
        example.reads.extend(marks.into_iter().map(mark));
    }

    /// The head the examples are made for. With labels alone only two logits are compared.
    pub fn head(self) -> Head {
        let LabelPair { good, bad } = self.pair;
        if self.language > 0.0 { Head::Vocabulary } else { Head::Labels { good, bad } }
    }

    /// An example: `labels` are (position, good), `right` says that the whole solution is right.
    pub fn example(
        self,
        prompt: ScoredPrompt,
        labels: impl IntoIterator<Item = (usize, bool)>,
        right: bool,
    ) -> Example {
        self.weighted(prompt, labels, right, 1.0)
    }

    /// The same with `weight` for each label.
    pub fn weighted(
        self,
        prompt: ScoredPrompt,
        labels: impl IntoIterator<Item = (usize, bool)>,
        right: bool,
        weight: f32,
    ) -> Example {
        let ScoredPrompt { tokens, step_ends, end } = prompt;
        if self.language <= 0.0 {
            let labels = labels.into_iter().map(|(row, good)| (row, good, weight));
            return Example::labelled(tokens, labels);
        }
        let token = |good| if good { self.pair.good } else { self.pair.bad };
        let mut reads: Vec<_> =
            labels.into_iter().map(|(row, good)| (row, token(good), weight)).collect();
        if right {
            let start = tokens.iter().position(|&t| t == self.solution).unwrap_or(end);
            // What follows the end of a line is a label, never the next line.
            let written = (start..end).filter(|row| step_ends.binary_search(row).is_err());
            reads.extend(written.map(|row| (row, tokens[row + 1], self.language)));
        }
        Example { tokens, reads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Solution;
    use crate::engine::scripted_tokenizer;
    use crate::pipeline::prompt;

    #[test]
    fn wording_is_learnt_from_right_solutions_and_labels_stand_at_the_ends_of_lines() {
        let tokenizer = scripted_tokenizer();
        let solution = Solution::split("1 + 1 = 2\n2 + 1 = 3\n#### 3");
        let prompt = || prompt::scored(&tokenizer, "Q", &solution).expect("a prompt");
        let ends: Vec<usize> = prompt().step_ends.into_iter().chain([prompt().end]).collect();
        let labels = || ends.iter().map(|&end| (end, true));
        let teaching = Teaching::new(&tokenizer, 0.25).expect("control tokens");
        let good = tokenizer.control(Control::Good).expect("a token");

        let example = teaching.example(prompt(), labels(), true);
        for &(row, target, weight) in &example.reads {
            match ends.contains(&row) {
                true => assert_eq!((target, weight), (good, 1.0)),
                false => assert_eq!((target, weight), (example.tokens[row + 1], 0.25)),
            }
        }
        let start = prompt::policy(&tokenizer, "Q").expect("a prompt").len() - 1;
        let predicted = example.tokens.len() - start;
        assert_eq!(example.reads.len(), predicted, "every token of the solution, once");

        assert_eq!(teaching.example(prompt(), labels(), false).reads.len(), ends.len());
        let plain = teaching.labels_only();
        assert_eq!(plain.example(prompt(), labels(), true).reads.len(), ends.len());
        assert!(matches!(plain.head(), Head::Labels { .. }));
    }
}
