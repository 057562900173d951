//! The same block, norm and loss in candle's own operations: for devices other than the CPU, and
//! as the definition that the fused CPU operations are tested against.

use std::ops::Range;

use candle_core::{D, Device, Result, Tensor};

use super::block::BlockShape;
use super::packed::Packed;

/// Positions, turning angles and who may see whom, made once a batch.
pub struct Plan {
    cos: Tensor,
    sin: Tensor,
    /// `rows x rows`: 0 where a row may look, minus infinity elsewhere.
    mask: Tensor,
}

impl Plan {
    pub fn new(
        sequences: &[Range<usize>],
        rows: usize,
        shape: &BlockShape,
        theta: f32,
        device: &Device,
    ) -> Result<Self> {
        let half = shape.attention.head_dim / 2;
        let mut angles = vec![0f32; rows * half];
        let mut mask = vec![f32::NEG_INFINITY; rows * rows];
        for sequence in sequences {
            for row in sequence.clone() {
                mask[row * rows + sequence.start..=row * rows + row].fill(0.0);
                for i in 0..half {
                    let frequency = theta.powf(-(i as f32) / half as f32);
                    angles[row * half + i] = (row - sequence.start) as f32 * frequency;
                }
            }
        }
        let angles = Tensor::from_vec(angles, (rows, 1, half), device)?;
        let mask = Tensor::from_vec(mask, (1, rows, rows), device)?;
        Ok(Self { cos: angles.cos()?, sin: angles.sin()?, mask })
    }

    fn turn(&self, x: &Tensor) -> Result<Tensor> {
        let half = x.dim(D::Minus1)? / 2;
        let (a, b) = (x.narrow(2, 0, half)?, x.narrow(2, half, half)?);
        let first = (a.broadcast_mul(&self.cos)? - b.broadcast_mul(&self.sin)?)?;
        let second = (b.broadcast_mul(&self.cos)? + a.broadcast_mul(&self.sin)?)?;
        Tensor::cat(&[first, second], 2)
    }
}

/// One decoder block; see [`super::block::forward`].
pub fn block(x: &Tensor, w: &Tensor, shape: &BlockShape, plan: &Plan) -> Result<Tensor> {
    let (layout, at, h) = (&shape.layout, shape.attention, shape.hidden);
    let rows = x.dim(0)?;
    let part = |range: &Range<usize>, columns: usize| -> Result<Tensor> {
        w.narrow(0, range.start, range.len())?.reshape((range.len() / columns, columns))
    };
    let gains = |range: &Range<usize>| w.narrow(0, range.start, range.len());

    let normed = norm(x, &gains(&layout.attention_norm)?, shape.eps)?;
    let qkv = normed.matmul(&part(&layout.qkv, h)?.t()?)?;
    let heads = |from: usize, count: usize| -> Result<Tensor> {
        qkv.narrow(1, from * at.head_dim, count * at.head_dim)?.reshape((rows, count, at.head_dim))
    };
    let q = plan.turn(&heads(0, at.heads)?)?.transpose(0, 1)?.contiguous()?;
    let repeat = at.heads / at.kv_heads;
    let shared = |x: Tensor| -> Result<Tensor> {
        let x = x.unsqueeze(2)?.repeat((1, 1, repeat, 1))?;
        x.reshape((rows, at.heads, at.head_dim))?.transpose(0, 1)?.contiguous()
    };
    let k = shared(plan.turn(&heads(at.heads, at.kv_heads)?)?)?;
    let v = shared(heads(at.heads + at.kv_heads, at.kv_heads)?)?;
    let scores = (q.matmul(&k.t()?)? / f64::from(at.head_dim as u32).sqrt())?;
    let scores = scores.broadcast_add(&plan.mask)?;
    let attended = softmax(&scores)?.matmul(&v)?.transpose(0, 1)?.reshape((rows, at.out()))?;
    let middle = (x + attended.matmul(&part(&layout.o, at.out())?.t()?)?)?;

    let normed = norm(&middle, &gains(&layout.mlp_norm)?, shape.eps)?;
    let gate_up = normed.matmul(&part(&layout.gate_up, h)?.t()?)?;
    let gate = gate_up.narrow(1, 0, shape.wide)?;
    let gated = (gate.silu()? * gate_up.narrow(1, shape.wide, shape.wide)?)?;
    middle + gated.matmul(&part(&layout.down, shape.wide)?.t()?)?
}

/// Root-mean-square normalisation of rows.
pub fn norm(x: &Tensor, gains: &Tensor, eps: f32) -> Result<Tensor> {
    let mean_square = x.sqr()?.mean_keepdim(D::Minus1)?;
    x.broadcast_div(&(mean_square + f64::from(eps))?.sqrt()?)?.broadcast_mul(gains)
}

/// Sum of weighted cross-entropies, in nats.
pub fn cross_entropy(logits: &Tensor, batch: &Packed) -> Result<Tensor> {
    let n = batch.targets.len();
    let targets = Tensor::from_vec(batch.targets.clone(), (n, 1), logits.device())?;
    let weights = Tensor::from_vec(batch.weights.clone(), n, logits.device())?;
    let max = logits.max_keepdim(1)?.detach();
    let log_sum = (logits.broadcast_sub(&max)?.exp()?.sum_keepdim(1)?.log()? + max)?;
    let losses = (log_sum - logits.gather(&targets, 1)?)?.squeeze(1)?;
    (losses * weights)?.sum_all()
}

fn softmax(x: &Tensor) -> Result<Tensor> {
    let max = x.max_keepdim(D::Minus1)?.detach();
    let e = x.broadcast_sub(&max)?.exp()?;
    e.broadcast_div(&e.sum_keepdim(D::Minus1)?)
}
