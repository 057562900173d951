//! Rotary position embedding in Llama's half-split form.

use super::vectorised;

/// Cosines and sines for every position and frequency.
#[derive(Debug, Clone)]
pub struct Rope {
    half: usize,
    /// `[position][frequency]`
    cos: Vec<f32>,
    sin: Vec<f32>,
}

impl Rope {
    /// Tables for heads of `head_dim` numbers and positions under `positions`.
    pub fn new(head_dim: usize, positions: usize, theta: f32) -> Self {
        let half = head_dim / 2;
        let (mut cos, mut sin) = (Vec::new(), Vec::new());
        for position in 0..positions {
            for i in 0..half {
                let frequency = 1.0 / theta.powf(2.0 * i as f32 / head_dim as f32);
                let angle = position as f32 * frequency;
                cos.push(angle.cos());
                sin.push(angle.sin());
            }
        }
        Self { half, cos, sin }
    }

    /// Turns the first `heads` heads of a row to its position.
    pub fn rotate(&self, row: &mut [f32], heads: usize, position: usize) {
        self.turn(row, heads, position, 1.0);
    }

    /// Turns back: the gradient of [`Rope::rotate`].
    pub fn rotate_back(&self, row: &mut [f32], heads: usize, position: usize) {
        self.turn(row, heads, position, -1.0);
    }

    fn turn(&self, row: &mut [f32], heads: usize, position: usize, sign: f32) {
        let half = self.half;
        let at = position * half..(position + 1) * half;
        let (cos, sin) = (&self.cos[at.clone()], &self.sin[at]);
        vectorised(|| {
            for head in row.chunks_exact_mut(2 * half).take(heads) {
                let (first, second) = head.split_at_mut(half);
                for i in 0..half {
                    let (a, b, s) = (first[i], second[i], sin[i] * sign);
                    first[i] = a * cos[i] - b * s;
                    second[i] = b * cos[i] + a * s;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::gradient::numbers;
    use super::*;

    #[test]
    fn turning_back_undoes_turning() {
        let rope = Rope::new(8, 16, 10_000.0);
        let start = numbers(1, 24);
        let mut row = start.clone();
        rope.rotate(&mut row, 2, 5);
        assert!(row[..16] != start[..16] && row[16..] == start[16..]);
        rope.rotate_back(&mut row, 2, 5);
        assert!(row.iter().zip(&start).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn scores_depend_on_distance_only() {
        let rope = Rope::new(8, 64, 10_000.0);
        let score = |q_at: usize, k_at: usize| -> f32 {
            let (mut q, mut k) = (numbers(1, 8), numbers(2, 8));
            rope.rotate(&mut q, 1, q_at);
            rope.rotate(&mut k, 1, k_at);
            q.iter().zip(&k).map(|(a, b)| a * b).sum()
        };
        assert!((score(9, 4) - score(45, 40)).abs() < 1e-5);
    }
}
