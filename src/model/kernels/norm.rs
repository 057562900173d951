//! Root-mean-square normalisation of rows.

use super::vectorised;

/// `y = x / rms(x) * weight` for each row of `weight.len()` numbers.
pub fn rms_norm(y: &mut [f32], x: &[f32], weight: &[f32], eps: f32) {
    let h = weight.len();
    vectorised(|| {
        for (y, x) in y.chunks_exact_mut(h).zip(x.chunks_exact(h)) {
            let scale = inverse_rms(x, eps);
            for ((y, x), w) in y.iter_mut().zip(x).zip(weight) {
                *y = x * scale * w;
            }
        }
    });
}

/// Adds the gradients of [`rms_norm`] to `dx` and `dweight`, given that of its result, `dy`.
pub fn rms_norm_backward(
    dx: &mut [f32],
    dweight: &mut [f32],
    dy: &[f32],
    x: &[f32],
    weight: &[f32],
    eps: f32,
) {
    let h = weight.len();
    vectorised(|| {
        let rows = dx.chunks_exact_mut(h).zip(dy.chunks_exact(h)).zip(x.chunks_exact(h));
        for ((dx, dy), x) in rows {
            let scale = inverse_rms(x, eps);
            let mut lanes = [0.0f32; LANES];
            for i in 0..h {
                lanes[i % LANES] += dy[i] * weight[i] * x[i];
            }
            let along_x = lanes.iter().sum::<f32>() * scale * scale * scale / h as f32;
            for i in 0..h {
                dweight[i] += dy[i] * x[i] * scale;
                dx[i] += dy[i] * weight[i] * scale - x[i] * along_x;
            }
        }
    });
}

/// Independent partial sums, so that a sum vectorises without reordering by the compiler.
const LANES: usize = 16;

#[inline(always)]
fn inverse_rms(x: &[f32], eps: f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (whole, rest) = x.as_chunks::<LANES>();
    for chunk in whole {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane += v * v;
        }
    }
    let sum = lanes.iter().sum::<f32>() + rest.iter().map(|v| v * v).sum::<f32>();
    1.0 / (sum / x.len() as f32 + eps).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::gradient::{assert_gradient, numbers};
    use super::*;

    #[test]
    fn rows_get_unit_size() {
        let mut y = [0.0; 2];
        rms_norm(&mut y, &[3.0, 4.0], &[1.0, 2.0], 0.0);
        let rms = 12.5f32.sqrt();
        assert!((y[0] - 3.0 / rms).abs() < 1e-6 && (y[1] - 8.0 / rms).abs() < 1e-6);
    }

    #[test]
    fn the_gradient_is_the_slope() {
        let (x, w, dy) = (numbers(1, 40), numbers(2, 20), numbers(3, 40));
        let forward = |x: &[f32], w: &[f32]| {
            let mut y = vec![0.0; 40];
            rms_norm(&mut y, x, w, 1e-5);
            y
        };
        let (mut dx, mut dw) = (vec![0.0; 40], vec![0.0; 20]);
        rms_norm_backward(&mut dx, &mut dw, &dy, &x, &w, 1e-5);
        assert_gradient(&x, &dx, &dy, |x| forward(x, &w));
        assert_gradient(&w, &dw, &dy, |w| forward(&x, w));
    }
}
