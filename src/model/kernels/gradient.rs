//! Test help: analytic gradients held against central differences.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// `n` seeded numbers in -1..1.
pub fn numbers(seed: u64, n: usize) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n).map(|_| rng.random_range(-1.0f32..1.0)).collect()
}

/// Asserts that `gradient` is the slope of `sum(weights * forward(x))` in each coordinate of `x`.
pub fn assert_gradient(
    x: &[f32],
    gradient: &[f32],
    weights: &[f32],
    forward: impl Fn(&[f32]) -> Vec<f32>,
) {
    const STEP: f32 = 1e-2;
    let value = |x: &[f32]| -> f64 {
        forward(x).iter().zip(weights).map(|(y, w)| f64::from(*y) * f64::from(*w)).sum()
    };
    let mut moved = x.to_vec();
    for i in 0..x.len() {
        moved[i] = x[i] + STEP;
        let above = value(&moved);
        moved[i] = x[i] - STEP;
        let below = value(&moved);
        moved[i] = x[i];
        let slope = (above - below) / (2.0 * f64::from(STEP));
        let got = f64::from(gradient[i]);
        assert!((slope - got).abs() < 2e-3 * (1.0 + slope.abs()), "{i}: {got} for {slope}");
    }
}
