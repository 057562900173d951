//! Causal attention within one sequence, head by head, in blocks of query rows.

use super::exp::exp;
use super::matmul::{Rows, product};
use super::vectorised;

/// How heads lie in a row of queries, keys and values: all query heads, then the key heads, then
/// the value heads, each `head_dim` wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttentionShape {
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
}

impl AttentionShape {
    /// Numbers in a row of queries, keys and values.
    pub fn row(&self) -> usize {
        (self.heads + 2 * self.kv_heads) * self.head_dim
    }

    /// Numbers in a row of results.
    pub fn out(&self) -> usize {
        self.heads * self.head_dim
    }

    /// Where the query, key and value of a query head begin in a row.
    fn offsets(&self, head: usize) -> (usize, usize, usize) {
        let kv = head / (self.heads / self.kv_heads);
        let key = (self.heads + kv) * self.head_dim;
        (head * self.head_dim, key, key + self.kv_heads * self.head_dim)
    }

    fn scale(&self) -> f32 {
        1.0 / (self.head_dim as f32).sqrt()
    }
}

/// Query rows handled together: enough for a matrix product, few enough that the part above the
/// diagonal, computed in vain, stays small.
const BLOCK: usize = 64;

/// `out[t] = softmax(q_t K^T / sqrt(d)) V` over the positions up to `t`, for one sequence of rows.
pub fn attend(out: &mut [f32], rows: &[f32], shape: AttentionShape, scores: &mut Vec<f32>) {
    let (width, dim) = (shape.row(), shape.head_dim);
    let len = rows.len() / width;
    for head in 0..shape.heads {
        let (q, _, v) = shape.offsets(head);
        for start in (0..len).step_by(BLOCK) {
            let end = (start + BLOCK).min(len);
            probabilities(scores, rows, shape, head, start, end);
            let values = Rows::new(&rows[v..], end, dim, width);
            let weights = Rows::new(scores, end - start, end, end);
            product(&mut out[start * shape.out() + q..], shape.out(), weights, values, 1.0, false);
        }
    }
}

/// Writes the gradient of [`attend`] with respect to `rows` into `d_rows`, which must hold zeros.
pub fn attend_backward(
    d_rows: &mut [f32],
    d_out: &[f32],
    rows: &[f32],
    shape: AttentionShape,
    scores: &mut Vec<f32>,
    d_scores: &mut Vec<f32>,
) {
    let (width, dim, out) = (shape.row(), shape.head_dim, shape.out());
    let len = rows.len() / width;
    for head in 0..shape.heads {
        let (q, k, v) = shape.offsets(head);
        for start in (0..len).step_by(BLOCK) {
            let end = (start + BLOCK).min(len);
            let n = end - start;
            probabilities(scores, rows, shape, head, start, end);
            let weights = Rows::new(scores, n, end, end);
            let d_out_head = Rows::new(&d_out[start * out + q..], n, dim, out);
            product(&mut d_rows[v..], width, weights.transposed(), d_out_head, 1.0, true);
            d_scores.resize(n * end, 0.0);
            let values = Rows::new(&rows[v..], end, dim, width).transposed();
            product(d_scores, end, d_out_head, values, 1.0, false);
            vectorised(|| softmax_backward(d_scores, scores, end));
            let d = Rows::new(d_scores, n, end, end);
            let scale = shape.scale();
            let keys = Rows::new(&rows[k..], end, dim, width);
            product(&mut d_rows[start * width + q..], width, d, keys, scale, true);
            let queries = Rows::new(&rows[start * width + q..], n, dim, width);
            product(&mut d_rows[k..], width, d.transposed(), queries, scale, true);
        }
    }
}

/// Keys and values of a run of positions: `[position][kv_head * head_dim]`.
#[derive(Debug, Clone, Copy)]
pub struct CachedPart<'a> {
    pub keys: &'a [f32],
    pub values: &'a [f32],
}

/// Attention of one new row over cached positions, its own included: decoding. The positions come
/// in parts, so that rows which continue one prompt can share its part.
pub fn attend_cached(
    out: &mut [f32],
    query: &[f32],
    parts: &[CachedPart],
    shape: AttentionShape,
    scores: &mut Vec<f32>,
) {
    let dim = shape.head_dim;
    let width = shape.kv_heads * dim;
    let len: usize = parts.iter().map(|part| part.keys.len() / width).sum();
    scores.resize(len, 0.0);
    vectorised(|| {
        for head in 0..shape.heads {
            let at = head / (shape.heads / shape.kv_heads) * dim;
            let q = &query[head * dim..(head + 1) * dim];
            let mut rest = &mut scores[..];
            for part in parts {
                let keys = part.keys.chunks_exact(width);
                let (these, others) = rest.split_at_mut(keys.len());
                for (score, key) in these.iter_mut().zip(keys) {
                    *score = quick_dot(q, &key[at..at + dim]) * shape.scale();
                }
                rest = others;
            }
            softmax(scores);
            let out = &mut out[head * dim..(head + 1) * dim];
            out.fill(0.0);
            let mut rest = &scores[..];
            for part in parts {
                let values = part.values.chunks_exact(width);
                let (these, others) = rest.split_at(values.len());
                for (weight, value) in these.iter().zip(values) {
                    for (o, v) in out.iter_mut().zip(&value[at..at + dim]) {
                        *o += weight * v;
                    }
                }
                rest = others;
            }
        }
    });
}

/// Softmax weights of the query rows `start..end` over the keys before `end`, zero above the
/// diagonal: `(end - start) x end`.
fn probabilities(
    scores: &mut Vec<f32>,
    rows: &[f32],
    shape: AttentionShape,
    head: usize,
    start: usize,
    end: usize,
) {
    let (width, dim) = (shape.row(), shape.head_dim);
    let (q, k, _) = shape.offsets(head);
    scores.resize((end - start) * end, 0.0);
    let queries = Rows::new(&rows[start * width + q..], end - start, dim, width);
    let keys = Rows::new(&rows[k..], end, dim, width).transposed();
    product(scores, end, queries, keys, shape.scale(), false);
    vectorised(|| {
        for (i, row) in scores.chunks_exact_mut(end).enumerate() {
            let (seen, hidden) = row.split_at_mut(start + i + 1);
            softmax(seen);
            hidden.fill(0.0);
        }
    });
}

const LANES: usize = 16;

#[inline(always)]
fn softmax(row: &mut [f32]) {
    let mut max = f32::NEG_INFINITY;
    for &v in row.iter() {
        max = if v > max { v } else { max };
    }
    for v in row.iter_mut() {
        *v = exp(*v - max);
    }
    let mut sums = [0.0f32; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    for chunk in whole {
        for (sum, v) in sums.iter_mut().zip(chunk) {
            *sum += v;
        }
    }
    let scale = 1.0 / (sums.iter().sum::<f32>() + rest.iter().sum::<f32>());
    for v in row.iter_mut() {
        *v *= scale;
    }
}

#[inline(always)]
fn softmax_backward(d: &mut [f32], p: &[f32], width: usize) {
    for (d, p) in d.chunks_exact_mut(width).zip(p.chunks_exact(width)) {
        let along = dot(d, p);
        for (d, p) in d.iter_mut().zip(p) {
            *d = p * (*d - along);
        }
    }
}

#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (a_whole, a_rest) = a.as_chunks::<LANES>();
    let (b_whole, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_whole.iter().zip(b_whole) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

/// [`dot`] for the many short products of decoding: its lanes are added pairwise, not one after the
/// other, which would take longer than the products. Training keeps the other order.
#[inline(always)]
fn quick_dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (a_whole, a_rest) = a.as_chunks::<LANES>();
    let (b_whole, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_whole.iter().zip(b_whole) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0] + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::super::gradient::{assert_gradient, numbers};
    use super::*;

    const SHAPE: AttentionShape = AttentionShape { heads: 2, kv_heads: 1, head_dim: 4 };

    fn forward(rows: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; rows.len() / SHAPE.row() * SHAPE.out()];
        attend(&mut out, rows, SHAPE, &mut Vec::new());
        out
    }

    #[test]
    fn the_future_does_not_matter() {
        let rows = numbers(1, 100 * SHAPE.row());
        let whole = forward(&rows);
        let part = forward(&rows[..70 * SHAPE.row()]);
        let same = whole.iter().zip(&part).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(same && whole.len() > part.len());
    }

    #[test]
    fn decoding_agrees_with_the_whole() {
        let len = 70;
        let rows = numbers(2, len * SHAPE.row());
        let whole = forward(&rows);
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for row in rows.chunks_exact(SHAPE.row()) {
            keys.extend_from_slice(&row[8..12]);
            values.extend_from_slice(&row[12..16]);
        }
        let mut out = vec![0.0; SHAPE.out()];
        let query = &rows[(len - 1) * SHAPE.row()..][..8];
        let (first, last) = (20 * 4, keys.len());
        let parts = [(0, first), (first, last)]
            .map(|(a, b)| CachedPart { keys: &keys[a..b], values: &values[a..b] });
        attend_cached(&mut out, query, &parts, SHAPE, &mut Vec::new());
        let last = &whole[(len - 1) * SHAPE.out()..];
        assert!(out.iter().zip(last).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn the_gradient_is_the_slope() {
        let len = 7;
        let (rows, d_out) = (numbers(3, len * SHAPE.row()), numbers(4, len * SHAPE.out()));
        let mut d_rows = vec![0.0; rows.len()];
        attend_backward(&mut d_rows, &d_out, &rows, SHAPE, &mut Vec::new(), &mut Vec::new());
        assert_gradient(&rows, &d_rows, &d_out, forward);
    }

    #[test]
    fn blocks_make_no_difference_to_the_gradient() {
        let len = BLOCK + 9;
        let (rows, d_out) = (numbers(5, len * SHAPE.row()), numbers(6, len * SHAPE.out()));
        let mut d_rows = vec![0.0; rows.len()];
        attend_backward(&mut d_rows, &d_out, &rows, SHAPE, &mut Vec::new(), &mut Vec::new());
        assert_gradient(&rows, &d_rows, &d_out, forward);
    }
}
