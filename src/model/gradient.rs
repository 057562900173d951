//! Loss and gradient of a batch: the forward pass that training uses.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor, Var};

use super::ModelError;
use super::block::BlockShape;
use super::block_op::{BlockOp, with_values};
use super::head_op::{CrossEntropyOp, NormOp};
use super::packed::{Head, Packed};
use super::plain;
use super::weights::Weights;

/// Gradient of a loss, in the shape of the weights.
#[derive(Debug, Clone)]
pub struct Gradient {
    /// Weighted sum of cross-entropies, in nats.
    pub loss: f32,
    pub embedding: Vec<f32>,
    pub blocks: Vec<Vec<f32>>,
    pub norm: Vec<f32>,
}

impl Gradient {
    /// Every part, in a fixed order.
    pub fn parts(&mut self) -> impl Iterator<Item = &mut Vec<f32>> {
        std::iter::once(&mut self.embedding).chain(&mut self.blocks).chain([&mut self.norm])
    }

    /// Adds another gradient of the same model.
    pub fn add(&mut self, mut other: Gradient) {
        self.loss += other.loss;
        for (mine, theirs) in self.parts().zip(other.parts()) {
            mine.iter_mut().zip(theirs.iter()).for_each(|(a, b)| *a += b);
        }
    }
}

/// Loss and gradient of one batch. On the CPU this uses one thread: give each thread a batch.
///
/// # Errors
/// [`ModelError::Tensor`] when the device fails.
pub fn gradient(
    weights: &Weights,
    shape: &Arc<BlockShape>,
    batch: &Packed,
    head: Head,
    device: &Device,
) -> std::result::Result<Gradient, ModelError> {
    Ok(tracked(weights, shape, batch, head, device)?)
}

fn tracked(
    weights: &Weights,
    shape: &Arc<BlockShape>,
    batch: &Packed,
    head: Head,
    device: &Device,
) -> Result<Gradient> {
    let config = &weights.config;
    let table = (config.vocab_size, config.hidden_size);
    let var = |values: &[f32]| Var::from_slice(values, values.len(), device);
    let embedding = Var::from_slice(&weights.embedding, table, device)?;
    let blocks = weights.blocks.iter().map(|w| var(w)).collect::<Result<Vec<_>>>()?;
    let norm = var(&weights.norm)?;

    let tokens = Tensor::new(batch.tokens.as_slice(), device)?;
    let mut x = embedding.index_select(&tokens, 0)?;
    let on_cpu = device.is_cpu();
    if on_cpu {
        let sequences = batch.shared_sequences();
        for w in &blocks {
            x = x.apply_op2(w, BlockOp::new(shape.clone(), sequences.clone()))?;
        }
    } else {
        let rows = batch.tokens.len();
        let plan = plain::Plan::new(&batch.sequences, rows, shape, config.rope_theta, device)?;
        for w in &blocks {
            x = plain::block(&x, w, shape, &plan)?;
        }
    }
    let x = x.index_select(&Tensor::new(batch.rows.as_slice(), device)?, 0)?;
    let x = if on_cpu {
        x.apply_op2(&norm, NormOp { eps: shape.eps })?
    } else {
        plain::norm(&x, &norm, shape.eps)?
    };
    let classes = match head {
        Head::Vocabulary => embedding.as_tensor().clone(),
        Head::Labels { good, bad } => {
            embedding.index_select(&Tensor::new(&[good, bad], device)?, 0)?
        }
    };
    let logits = x.matmul(&classes.t()?)?;
    let loss = if on_cpu {
        let (targets, weights) = (batch.targets.clone(), batch.weights.clone());
        logits.apply_op1(CrossEntropyOp { targets, weights })?
    } else {
        plain::cross_entropy(&logits, batch)?
    };

    let grads = loss.backward()?;
    let take = |var: &Var| -> Result<Vec<f32>> {
        match grads.get(var) {
            None => Ok(vec![0.0; var.elem_count()]),
            Some(g) if on_cpu => with_values(&g.contiguous()?, <[f32]>::to_vec),
            Some(g) => g.flatten_all()?.to_vec1(),
        }
    };
    Ok(Gradient {
        loss: loss.to_scalar()?,
        embedding: take(&embedding)?,
        blocks: blocks.iter().map(take).collect::<Result<_>>()?,
        norm: take(&norm)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::config::LlamaConfig;
    use super::super::decode::{Llama, Workspace};
    use super::*;

    fn batch() -> Packed {
        let mut batch = Packed::default();
        for (length, seed) in [(9usize, 3u32), (5, 11), (70, 7)] {
            let tokens: Vec<u32> = (0..length as u32).map(|i| (i * seed + seed) % 300).collect();
            let start = batch.push(&tokens);
            batch.read(start + length / 2, 1, 1.0);
            batch.read(start + length - 1, 0, 0.5);
        }
        batch
    }

    /// Loss and gradient by candle's own operations on the CPU.
    fn plainly(
        weights: &Weights,
        shape: &BlockShape,
        batch: &Packed,
        head: Head,
    ) -> (f32, Vec<Vec<f32>>) {
        let device = &Device::Cpu;
        let config = &weights.config;
        let table = (config.vocab_size, config.hidden_size);
        let embedding = Var::from_slice(&weights.embedding, table, device).expect("var");
        let blocks: Vec<_> = weights
            .blocks
            .iter()
            .map(|w| Var::from_slice(w, w.len(), device).expect("var"))
            .collect();
        let norm = Var::from_slice(&weights.norm, weights.norm.len(), device).expect("var");
        let run = || -> Result<Tensor> {
            let mut x =
                embedding.index_select(&Tensor::new(batch.tokens.as_slice(), device)?, 0)?;
            let rows = batch.tokens.len();
            let plan = plain::Plan::new(&batch.sequences, rows, shape, config.rope_theta, device)?;
            for w in &blocks {
                x = plain::block(&x, w, shape, &plan)?;
            }
            let x = x.index_select(&Tensor::new(batch.rows.as_slice(), device)?, 0)?;
            let x = plain::norm(&x, &norm, shape.eps)?;
            let classes = match head {
                Head::Vocabulary => embedding.as_tensor().clone(),
                Head::Labels { good, bad } => {
                    embedding.index_select(&Tensor::new(&[good, bad], device)?, 0)?
                }
            };
            plain::cross_entropy(&x.matmul(&classes.t()?)?, batch)
        };
        let loss = run().expect("forward");
        let grads = loss.backward().expect("backward");
        let take = |v: &Var| {
            grads.get(v).expect("a gradient").flatten_all().expect("flat").to_vec1().expect("f32")
        };
        let mut parts = vec![take(&embedding)];
        parts.extend(blocks.iter().map(take));
        parts.push(take(&norm));
        (loss.to_scalar().expect("a number"), parts)
    }

    #[test]
    fn fused_and_plain_agree_in_loss_and_gradient() {
        let mut config = LlamaConfig::small(300, 64, 2, 96);
        config.num_key_value_heads = 1;
        let weights = Weights::random(&config, 5);
        let shape = Arc::new(BlockShape::new(&config));
        for head in [Head::Vocabulary, Head::Labels { good: 6, bad: 7 }] {
            let mut fused =
                gradient(&weights, &shape, &batch(), head, &Device::Cpu).expect("fused");
            let (loss, parts) = plainly(&weights, &shape, &batch(), head);
            assert!((fused.loss - loss).abs() < 1e-4, "{} {loss}", fused.loss);
            let read = Llama::new(weights.clone()).loss(&batch(), head, &mut Workspace::default());
            assert!((read - loss).abs() < 1e-4, "{read} {loss}");
            for (a, b) in fused.parts().zip(&parts) {
                let worst = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(worst < 2e-4, "gradients differ by {worst}");
            }
        }
    }
}
