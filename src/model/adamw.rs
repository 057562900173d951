//! AdamW (Loshchilov & Hutter 2019) with clipping by the gradient's norm.

use serde::{Deserialize, Serialize};

use super::gradient::Gradient;
use super::kernels::vectorised;
use super::layout::BlockLayout;
use super::weights::Weights;

/// Constants of the optimiser.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AdamSettings {
    pub beta1: f32,
    pub beta2: f32,
    pub eps: f32,
    pub weight_decay: f32,
    /// Gradients with a larger norm are scaled down to it.
    pub clip: f32,
}

impl Default for AdamSettings {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.98, eps: 1e-8, weight_decay: 0.05, clip: 1.0 }
    }
}

/// First and second moments of every parameter.
#[derive(Debug, Clone)]
pub struct AdamW {
    settings: AdamSettings,
    steps: i32,
    moments: Vec<(Vec<f32>, Vec<f32>)>,
}

impl AdamW {
    /// A fresh optimiser for a model.
    pub fn new(weights: &Weights, settings: AdamSettings) -> Self {
        let parts = parts(weights).map(|part| (vec![0.0; part.len()], vec![0.0; part.len()]));
        Self { settings, steps: 0, moments: parts.collect() }
    }

    /// One step at a learning rate; returns the gradient's norm before clipping.
    pub fn step(&mut self, weights: &mut Weights, gradient: &mut Gradient, rate: f32) -> f32 {
        let squares: f64 =
            gradient.parts().flat_map(|part| part.iter()).map(|g| f64::from(*g).powi(2)).sum();
        let norm = squares.sqrt() as f32;
        let shrink = if norm > self.settings.clip { self.settings.clip / norm } else { 1.0 };
        self.steps += 1;
        let AdamSettings { beta1, beta2, eps, weight_decay, .. } = self.settings;
        let (bias1, bias2) = (1.0 - beta1.powi(self.steps), 1.0 - beta2.powi(self.steps));
        let gains = BlockLayout::new(&weights.config).gains();
        let last = self.moments.len() - 1;
        let all = parts_mut(weights).zip(gradient.parts()).zip(&mut self.moments);
        for (index, ((w, g), (m, v))) in all.enumerate() {
            let undecayed: Vec<(std::ops::Range<usize>, Vec<f32>)> = match index {
                0 => Vec::new(),
                _ if index == last => vec![(0..w.len(), w.clone())],
                _ => gains.iter().map(|range| (range.clone(), w[range.clone()].to_vec())).collect(),
            };
            vectorised(|| {
                for i in 0..w.len() {
                    let g = g[i] * shrink;
                    m[i] = beta1 * m[i] + (1.0 - beta1) * g;
                    v[i] = beta2 * v[i] + (1.0 - beta2) * g * g;
                    let update = (m[i] / bias1) / ((v[i] / bias2).sqrt() + eps);
                    w[i] -= rate * (update + weight_decay * w[i]);
                }
            });
            // Gains keep their size: give back what the loop above took from them.
            for (range, before) in undecayed {
                for (w, old) in w[range].iter_mut().zip(before) {
                    *w += rate * weight_decay * old;
                }
            }
        }
        norm
    }

    /// Everything needed to go on: the step count, then both moments of every part.
    pub fn state(&self) -> (i32, Vec<f32>) {
        let moments = self.moments.iter().flat_map(|(m, v)| m.iter().chain(v)).copied().collect();
        (self.steps, moments)
    }

    /// Puts a [`AdamW::state`] back; `None` when it belongs to a model of another size.
    pub fn restore(
        weights: &Weights,
        settings: AdamSettings,
        steps: i32,
        state: &[f32],
    ) -> Option<Self> {
        let mut fresh = Self::new(weights, settings);
        fresh.steps = steps;
        let mut rest = state;
        for (m, v) in &mut fresh.moments {
            for part in [m, v] {
                let (now, later) = rest.split_at_checked(part.len())?;
                part.copy_from_slice(now);
                rest = later;
            }
        }
        rest.is_empty().then_some(fresh)
    }
}

fn parts(weights: &Weights) -> impl Iterator<Item = &Vec<f32>> {
    std::iter::once(&weights.embedding).chain(&weights.blocks).chain([&weights.norm])
}

fn parts_mut(weights: &mut Weights) -> impl Iterator<Item = &mut Vec<f32>> {
    std::iter::once(&mut weights.embedding).chain(&mut weights.blocks).chain([&mut weights.norm])
}

#[cfg(test)]
mod tests {
    use super::super::config::LlamaConfig;
    use super::*;

    fn constant(weights: &Weights, g: f32) -> Gradient {
        Gradient {
            loss: 0.0,
            embedding: vec![g; weights.embedding.len()],
            blocks: weights.blocks.iter().map(|b| vec![g; b.len()]).collect(),
            norm: vec![g; weights.norm.len()],
        }
    }

    #[test]
    fn the_first_step_has_the_size_of_the_rate() {
        let mut weights = Weights::random(&LlamaConfig::small(300, 64, 1, 96), 1);
        let before = weights.clone();
        let mut adam =
            AdamW::new(&weights, AdamSettings { weight_decay: 0.0, ..Default::default() });
        let mut gradient = constant(&weights, 3.0);
        let norm = adam.step(&mut weights, &mut gradient, 0.1);
        assert!(norm > 1.0);
        let moved = before.embedding[0] - weights.embedding[0];
        assert!((moved - 0.1).abs() < 1e-4, "{moved}");
    }

    #[test]
    fn gains_are_not_decayed_and_matrices_are() {
        let mut weights = Weights::random(&LlamaConfig::small(300, 64, 1, 96), 1);
        let before = weights.clone();
        let mut adam =
            AdamW::new(&weights, AdamSettings { weight_decay: 1.0, ..Default::default() });
        let mut gradient = constant(&weights, 0.0);
        adam.step(&mut weights, &mut gradient, 0.1);
        assert!((weights.norm[0] - 1.0).abs() < 1e-6 && (weights.blocks[0][0] - 1.0).abs() < 1e-6);
        assert!((weights.embedding[5] - 0.9 * before.embedding[5]).abs() < 1e-6);
    }

    #[test]
    fn a_restored_optimiser_goes_on_alike() {
        let start = Weights::random(&LlamaConfig::small(300, 64, 1, 96), 1);
        let settings = AdamSettings::default();
        let (mut a, mut adam) = (start.clone(), AdamW::new(&start, settings));
        adam.step(&mut a, &mut constant(&start, 0.3), 0.01);
        let (steps, state) = adam.state();
        let mut b = a.clone();
        let mut again = AdamW::restore(&b, settings, steps, &state).expect("same size");
        adam.step(&mut a, &mut constant(&start, -0.2), 0.01);
        again.step(&mut b, &mut constant(&start, -0.2), 0.01);
        assert_eq!(a, b);
        assert!(AdamW::restore(&b, settings, steps, &state[1..]).is_none());
    }
}
