//! Cross-entropy of rows of logits against target ids.

use super::exp::exp;
use super::vectorised;

/// Sum over rows of `weight * -ln softmax(row)[target]`, in nats.
pub fn cross_entropy(logits: &[f32], targets: &[u32], weights: &[f32]) -> f32 {
    let width = logits.len() / targets.len().max(1);
    let mut total = 0.0f64;
    for ((row, &target), &weight) in logits.chunks_exact(width).zip(targets).zip(weights) {
        let (max, sum) = vectorised(|| max_and_sum(row));
        total += f64::from(weight * (max + sum.ln() - row[target as usize]));
    }
    total as f32
}

/// Writes `scale * d/dlogits` of [`cross_entropy`] into `d`.
pub fn cross_entropy_backward(
    d: &mut [f32],
    logits: &[f32],
    targets: &[u32],
    weights: &[f32],
    scale: f32,
) {
    let width = logits.len() / targets.len().max(1);
    let rows = d.chunks_exact_mut(width).zip(logits.chunks_exact(width));
    for ((d, row), (&target, &weight)) in rows.zip(targets.iter().zip(weights)) {
        vectorised(|| {
            let (max, sum) = max_and_sum(row);
            let factor = weight * scale / sum;
            for (d, &logit) in d.iter_mut().zip(row) {
                *d = exp(logit - max) * factor;
            }
        });
        d[target as usize] -= weight * scale;
    }
}

/// `e^((logit - max) / temperature)` of every logit, and `ln(sum e^(logit - max))`: what drawing from
/// a row needs.
pub fn weights_of(logits: &[f32], max: f32, temperature: f32) -> (Vec<f32>, f32) {
    let mut weights = vec![0.0; logits.len()];
    let ln_sum = vectorised(|| {
        let (high, sum) = max_and_sum(logits);
        for (weight, &logit) in weights.iter_mut().zip(logits) {
            *weight = exp((logit - max) / temperature);
        }
        sum.ln() + high - max
    });
    (weights, ln_sum)
}

/// Largest logit, and the sum of `e^(logit - max)`.
#[inline(always)]
fn max_and_sum(row: &[f32]) -> (f32, f32) {
    const LANES: usize = 16;
    let mut maxima = [f32::NEG_INFINITY; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    for chunk in whole {
        for (max, &v) in maxima.iter_mut().zip(chunk) {
            *max = if v > *max { v } else { *max };
        }
    }
    let max = maxima.iter().chain(rest).fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    let mut sums = [0.0f32; LANES];
    for chunk in whole {
        for (sum, &v) in sums.iter_mut().zip(chunk) {
            *sum += exp(v - max);
        }
    }
    (max, sums.iter().sum::<f32>() + rest.iter().map(|&v| exp(v - max)).sum::<f32>())
}

#[cfg(test)]
mod tests {
    use super::super::gradient::{assert_gradient, numbers};
    use super::*;

    #[test]
    fn an_even_guess_costs_the_logarithm() {
        let loss = cross_entropy(&[2.0; 40], &[3, 7], &[1.0, 1.0]);
        assert!((loss - 2.0 * 20f32.ln()).abs() < 1e-5);
    }

    #[test]
    fn the_gradient_is_the_slope() {
        let logits = numbers(1, 60);
        let (targets, weights) = ([3u32, 19, 0], [1.0, 0.5, 0.0]);
        let mut d = vec![0.0; 60];
        cross_entropy_backward(&mut d, &logits, &targets, &weights, 2.0);
        assert_gradient(&logits, &d, &[2.0], |x| vec![cross_entropy(x, &targets, &weights)]);
    }
}
