//! One decoder block on plain numbers: forward, and backward from what forward kept.

use std::ops::Range;

use super::config::LlamaConfig;
use super::kernels::{
    AttentionShape, Rope, attend, attend_backward, matmul, matmul_left_transposed,
    matmul_right_transposed, rms_norm, rms_norm_backward, swiglu, swiglu_backward,
};
use super::layout::BlockLayout;

/// What every block of a model shares.
#[derive(Debug, Clone)]
pub struct BlockShape {
    pub hidden: usize,
    pub wide: usize,
    pub eps: f32,
    pub attention: AttentionShape,
    pub layout: BlockLayout,
    pub rope: Rope,
}

impl BlockShape {
    pub fn new(config: &LlamaConfig) -> Self {
        Self {
            hidden: config.hidden_size,
            wide: config.intermediate_size,
            eps: config.rms_norm_eps as f32,
            attention: config.attention(),
            layout: BlockLayout::new(config),
            rope: Rope::new(config.head_dim(), config.max_position_embeddings, config.rope_theta),
        }
    }
}

/// What forward computes on the way; kept for backward and used again by the next call.
#[derive(Debug, Default)]
pub struct Kept {
    /// Normalised input.
    normed: Vec<f32>,
    /// Queries, keys (both turned to their positions) and values.
    pub(super) qkv: Vec<f32>,
    attended: Vec<f32>,
    /// Input plus attention.
    middle: Vec<f32>,
    middle_normed: Vec<f32>,
    gate_up: Vec<f32>,
    gated: Vec<f32>,
    scratch: Scratch,
}

#[derive(Debug, Default)]
struct Scratch {
    scores: Vec<f32>,
    d_scores: Vec<f32>,
    d_wide: Vec<f32>,
    d_gate_up: Vec<f32>,
    d_normed: Vec<f32>,
    d_attended: Vec<f32>,
    d_qkv: Vec<f32>,
}

/// Sequences in packed rows: sequence `s` holds rows `s.start..s.end`, at positions from zero.
pub type Sequences = [Range<usize>];

/// A block about to be applied: its parameters, and to which sequences.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    pub w: &'a [f32],
    pub shape: &'a BlockShape,
    pub sequences: &'a Sequences,
}

/// `y = x + attention(norm(x))`, then `y + mlp(norm(y))`; rows of `hidden` numbers.
pub fn forward(y: &mut Vec<f32>, x: &[f32], block: Block, kept: &mut Kept) {
    let Block { w, shape, sequences } = block;
    let (h, at, layout) = (shape.hidden, shape.attention, &shape.layout);
    let rows = x.len() / h;
    kept.normed.resize(rows * h, 0.0);
    rms_norm(&mut kept.normed, x, &w[layout.attention_norm.clone()], shape.eps);
    kept.qkv.resize(rows * at.row(), 0.0);
    matmul_right_transposed(&mut kept.qkv, &kept.normed, &w[layout.qkv.clone()], h, false);
    let turned = at.heads + at.kv_heads;
    kept.attended.resize(rows * at.out(), 0.0);
    for sequence in sequences {
        let qkv = &mut kept.qkv[sequence.start * at.row()..sequence.end * at.row()];
        for (position, row) in qkv.chunks_exact_mut(at.row()).enumerate() {
            shape.rope.rotate(row, turned, position);
        }
        let out = &mut kept.attended[sequence.start * at.out()..sequence.end * at.out()];
        attend(out, qkv, at, &mut kept.scratch.scores);
    }
    kept.middle.clear();
    kept.middle.extend_from_slice(x);
    matmul_right_transposed(&mut kept.middle, &kept.attended, &w[layout.o.clone()], at.out(), true);
    kept.middle_normed.resize(rows * h, 0.0);
    rms_norm(&mut kept.middle_normed, &kept.middle, &w[layout.mlp_norm.clone()], shape.eps);
    feed_forward(y, w, shape, kept);
}

/// `y = middle + down(swiglu(gate_up(middle_normed)))`.
fn feed_forward(y: &mut Vec<f32>, w: &[f32], shape: &BlockShape, kept: &mut Kept) {
    let (h, wide, layout) = (shape.hidden, shape.wide, &shape.layout);
    let rows = kept.middle.len() / h;
    kept.gate_up.resize(rows * 2 * wide, 0.0);
    let gate_up = &w[layout.gate_up.clone()];
    matmul_right_transposed(&mut kept.gate_up, &kept.middle_normed, gate_up, h, false);
    kept.gated.resize(rows * wide, 0.0);
    swiglu(&mut kept.gated, &kept.gate_up, wide);
    y.clear();
    y.extend_from_slice(&kept.middle);
    matmul_right_transposed(y, &kept.gated, &w[layout.down.clone()], wide, true);
}

/// Gradients of [`forward`]: writes `dx`, adds to `dw`.
pub fn backward(
    dx: &mut Vec<f32>,
    dw: &mut [f32],
    dy: &[f32],
    x: &[f32],
    block: Block,
    kept: &mut Kept,
) {
    let Block { w, shape, sequences } = block;
    let (h, wide, at, layout) = (shape.hidden, shape.wide, shape.attention, &shape.layout);
    let rows = x.len() / h;
    let s = &mut kept.scratch;

    matmul_left_transposed(&mut dw[layout.down.clone()], dy, &kept.gated, h, wide, true);
    s.d_wide.resize(rows * wide, 0.0);
    matmul(&mut s.d_wide, dy, &w[layout.down.clone()], h, wide, false);
    s.d_gate_up.resize(rows * 2 * wide, 0.0);
    swiglu_backward(&mut s.d_gate_up, &s.d_wide, &kept.gate_up, wide);
    let d_gate_up = &mut dw[layout.gate_up.clone()];
    matmul_left_transposed(d_gate_up, &s.d_gate_up, &kept.middle_normed, 2 * wide, h, true);
    s.d_normed.resize(rows * h, 0.0);
    matmul(&mut s.d_normed, &s.d_gate_up, &w[layout.gate_up.clone()], 2 * wide, h, false);
    // From here on `dx` holds the gradient of `middle`.
    dx.clear();
    dx.extend_from_slice(dy);
    let gains = layout.mlp_norm.clone();
    let d_gains = &mut dw[gains.clone()];
    rms_norm_backward(dx, d_gains, &s.d_normed, &kept.middle, &w[gains], shape.eps);

    matmul_left_transposed(&mut dw[layout.o.clone()], dx, &kept.attended, h, at.out(), true);
    s.d_attended.resize(rows * at.out(), 0.0);
    matmul(&mut s.d_attended, dx, &w[layout.o.clone()], h, at.out(), false);
    s.d_qkv.clear();
    s.d_qkv.resize(rows * at.row(), 0.0);
    for sequence in sequences {
        let range = sequence.start * at.row()..sequence.end * at.row();
        let d_out = &s.d_attended[sequence.start * at.out()..sequence.end * at.out()];
        let d_qkv = &mut s.d_qkv[range.clone()];
        attend_backward(d_qkv, d_out, &kept.qkv[range], at, &mut s.scores, &mut s.d_scores);
        for (position, row) in d_qkv.chunks_exact_mut(at.row()).enumerate() {
            shape.rope.rotate_back(row, at.heads + at.kv_heads, position);
        }
    }
    let d_qkv = &mut dw[layout.qkv.clone()];
    matmul_left_transposed(d_qkv, &s.d_qkv, &kept.normed, at.row(), h, true);
    matmul(&mut s.d_normed, &s.d_qkv, &w[layout.qkv.clone()], at.row(), h, false);
    let gains = layout.attention_norm.clone();
    rms_norm_backward(dx, &mut dw[gains.clone()], &s.d_normed, x, &w[gains], shape.eps);
}
