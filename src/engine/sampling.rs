//! Picks the next token from logits: the one place where chance enters, shared by every engine.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::Sampling;
use crate::model::weights_of;

/// The logits hold NaN or infinity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the logits are not finite")]
pub struct NonFinite;

/// Token number `step` (from 0) of an answer, and the natural logarithm of its probability at
/// temperature 1.
///
/// A pure function of its arguments: the random number belongs to (seed, step), so the same
/// request gives the same tokens whatever runs beside it and however often a step is repeated.
/// Temperature 0 takes the lowest id among equal maxima.
///
/// # Errors
/// [`NonFinite`] when any logit is NaN or infinite, or when there are none.
pub fn sample(logits: &[f32], sampling: &Sampling, step: usize) -> Result<(u32, f32), NonFinite> {
    if logits.is_empty() || !logits.iter().all(|logit| logit.is_finite()) {
        return Err(NonFinite);
    }
    let greedy = argmax(logits);
    let top = logits[greedy];
    // At temperature 0 nothing is drawn and the weights are not looked at.
    let temperature = if sampling.temperature > 0.0 { sampling.temperature } else { 1.0 };
    let (weights, ln_sum) = weights_of(logits, top, temperature);
    let id = match sampling.temperature > 0.0 {
        true => draw(&weights, f64::from(sampling.top_p), uniform(sampling.seed, step)),
        false => None,
    };
    let id = id.unwrap_or(greedy);
    Ok((id as u32, logits[id] - top - ln_sum))
}

/// Index of the first among equal maxima.
fn argmax(logits: &[f32]) -> usize {
    let better = |best: usize, i: usize| if logits[i] > logits[best] { i } else { best };
    (0..logits.len()).fold(0, better)
}

/// The index where the running sum of weights passes `at` (0..1) of the total; with `top_p` under
/// 1 only among the heaviest that together reach it. `None` only by rounding at the very end.
fn draw(weights: &[f32], top_p: f64, at: f64) -> Option<usize> {
    let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
    let weight = |i: usize| (i, f64::from(weights[i]));
    if top_p >= 1.0 {
        return pass((0..weights.len()).map(weight), at * total);
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    // Equal weights stay in the order of their ids: the sort is stable.
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    let mut kept = 0.0;
    let needed = order
        .iter()
        .position(|&i| {
            kept += f64::from(weights[i]);
            kept >= top_p * total
        })
        .map_or(order.len(), |last| last + 1);
    pass(order[..needed].iter().map(|&i| weight(i)), at * kept)
}

fn pass(weights: impl Iterator<Item = (usize, f64)>, target: f64) -> Option<usize> {
    let mut sum = 0.0;
    let mut last = None;
    for (i, weight) in weights {
        sum += weight;
        if weight > 0.0 {
            last = Some(i);
        }
        if sum > target {
            return Some(i);
        }
    }
    last
}

/// A number in 0..1 that belongs to (seed, step).
fn uniform(seed: u64, step: usize) -> f64 {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(step as u64).to_le_bytes());
    let bits = ChaCha8Rng::from_seed(key).next_u64() >> 11;
    bits as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sampling(temperature: f32, top_p: f32, seed: u64) -> Sampling {
        Sampling { temperature, top_p, max_tokens: 8, stop: vec![], seed }
    }

    #[test]
    fn greedy_takes_the_lowest_id_among_equals() {
        let (id, ln_p) = sample(&[1.0, 3.0, 3.0], &sampling(0.0, 1.0, 0), 0).expect("finite");
        assert_eq!(id, 1);
        let p = 1.0 / (2.0 + (-2.0f32).exp());
        assert!((ln_p - p.ln()).abs() < 1e-6, "{ln_p}");
    }

    #[test]
    fn logits_that_are_not_finite_are_an_error() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(sample(&[0.0, bad], &sampling(0.0, 1.0, 0), 0), Err(NonFinite));
        }
        assert_eq!(sample(&[], &sampling(0.0, 1.0, 0), 0), Err(NonFinite));
    }

    #[test]
    fn frequencies_follow_probabilities() {
        let logits = [0.0, 2.0f32.ln(), 1.0f32.ln()];
        let mut counts = [0; 3];
        for seed in 0..8000 {
            let (id, _) = sample(&logits, &sampling(1.0, 1.0, seed), 3).expect("finite");
            counts[id as usize] += 1;
        }
        // 4000 expected; the standard deviation is 45.
        assert!((3780..4220).contains(&counts[1]), "{counts:?}");
    }

    #[test]
    fn top_p_leaves_the_tail_out() {
        let logits = [0.0, 5.0, 4.9, -3.0];
        for seed in 0..500 {
            let (id, _) = sample(&logits, &sampling(1.5, 0.6, seed), 0).expect("finite");
            assert!(id == 1 || id == 2, "{id}");
        }
    }

    proptest! {
        #[test]
        fn the_same_seed_and_step_give_the_same_token(
            logits in prop::collection::vec(-20.0f32..20.0, 1..50),
            temperature in 0.0f32..3.0, top_p in 0.01f32..=1.0, seed: u64, step in 0usize..1000,
        ) {
            let sampling = sampling(temperature, top_p, seed);
            let first = sample(&logits, &sampling, step).expect("finite");
            prop_assert_eq!(sample(&logits, &sampling, step), Ok(first));
            prop_assert!((first.0 as usize) < logits.len() && first.1 <= 1e-6);
        }
    }
}
