//! A training example: tokens, and what should be predicted after which of them.

use crate::model::Packed;

/// One sequence and its targets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Example {
    pub tokens: Vec<u32>,
    /// `(row, target, weight)`: after `tokens[row]`, predict `target`.
    pub reads: Vec<(usize, u32, f32)>,
}

impl Example {
    /// A prompt to be continued by a completion: every completion token is predicted.
    pub fn completion(prompt: &[u32], completion: &[u32]) -> Self {
        let mut example = Self::default();
        example.append(prompt, completion);
        example
    }

    /// Adds another prompt and completion to the same sequence.
    pub fn append(&mut self, prompt: &[u32], completion: &[u32]) {
        self.tokens.extend_from_slice(prompt);
        for &token in completion {
            if let Some(row) = self.tokens.len().checked_sub(1) {
                self.reads.push((row, token, 1.0));
            }
            self.tokens.push(token);
        }
        // The last token predicts nothing, so it need not be read by the model.
    }

    /// A sequence with labels at some positions: 0 = good, 1 = bad, as [`crate::model::Head`] has it.
    pub fn labelled(
        tokens: Vec<u32>,
        labels: impl IntoIterator<Item = (usize, bool, f32)>,
    ) -> Self {
        let reads = labels.into_iter().map(|(row, good, weight)| (row, u32::from(!good), weight));
        Self { tokens, reads: reads.collect() }
    }

    /// Puts the example into a batch.
    pub fn pack(&self, batch: &mut Packed) {
        let start = batch.push(&self.tokens);
        for &(row, target, weight) in &self.reads {
            batch.read(start + row, target, weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_completion_token_is_predicted_by_the_one_before_it() {
        let example = Example::completion(&[1, 2], &[7, 8]);
        assert_eq!(example.tokens, [1, 2, 7, 8]);
        assert_eq!(example.reads, [(1, 7, 1.0), (2, 8, 1.0)]);
    }

    #[test]
    fn packing_moves_rows_to_their_place() {
        let mut batch = Packed::default();
        Example::completion(&[1, 2], &[7]).pack(&mut batch);
        Example::labelled(vec![3, 4, 5], [(1, true, 1.0), (2, false, 0.5)]).pack(&mut batch);
        assert_eq!(batch.rows, [1, 4, 5]);
        assert_eq!(batch.targets, [7, 0, 1]);
        assert_eq!(batch.sequences, [0..3, 3..6]);
    }
}
