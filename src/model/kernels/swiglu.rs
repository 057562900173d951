//! The gate of Llama's feed-forward layer: `silu(gate) * up`.

use super::exp::exp;
use super::vectorised;

/// `y[i] = silu(gate[i]) * up[i]`; each row of `gate_up` holds its gates, then its ups.
pub fn swiglu(y: &mut [f32], gate_up: &[f32], width: usize) {
    vectorised(|| {
        for (y, row) in y.chunks_exact_mut(width).zip(gate_up.chunks_exact(2 * width)) {
            let (gate, up) = row.split_at(width);
            for i in 0..width {
                y[i] = gate[i] / (1.0 + exp(-gate[i])) * up[i];
            }
        }
    });
}

/// Writes the gradient of [`swiglu`] into `d_gate_up`.
pub fn swiglu_backward(d_gate_up: &mut [f32], dy: &[f32], gate_up: &[f32], width: usize) {
    vectorised(|| {
        let rows = d_gate_up.chunks_exact_mut(2 * width).zip(dy.chunks_exact(width));
        for ((d, dy), row) in rows.zip(gate_up.chunks_exact(2 * width)) {
            let (gate, up) = row.split_at(width);
            let (d_gate, d_up) = d.split_at_mut(width);
            for i in 0..width {
                let sigmoid = 1.0 / (1.0 + exp(-gate[i]));
                let silu = gate[i] * sigmoid;
                d_up[i] = dy[i] * silu;
                d_gate[i] = dy[i] * up[i] * (sigmoid + silu * (1.0 - sigmoid));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::gradient::{assert_gradient, numbers};
    use super::*;

    #[test]
    fn the_gradient_is_the_slope() {
        let (x, dy) = (numbers(1, 24), numbers(2, 12));
        let mut dx = vec![0.0; 24];
        swiglu_backward(&mut dx, &dy, &x, 6);
        assert_gradient(&x, &dx, &dy, |x| {
            let mut y = vec![0.0; 12];
            swiglu(&mut y, x, 6);
            y
        });
    }
}
