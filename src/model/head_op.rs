//! The last normalisation and the loss as candle operations with a backward of their own (CPU).

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Device, Layout, Result, Shape, Tensor};

use super::block_op::{slice, with_values};
use super::kernels::{cross_entropy, cross_entropy_backward, rms_norm, rms_norm_backward};

/// `(rows x hidden, gains) -> rows x hidden`.
pub struct NormOp {
    pub eps: f32,
}

impl CustomOp2 for NormOp {
    fn name(&self) -> &'static str {
        "rms-norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        gains: &CpuStorage,
        gains_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, gains) = (slice(x, x_layout)?, slice(gains, gains_layout)?);
        let mut y = vec![0.0; x.len()];
        rms_norm(&mut y, x, gains, self.eps);
        Ok((CpuStorage::F32(y), x_layout.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        gains: &Tensor,
        _y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let dy = dy.contiguous()?;
        let (mut dx, mut d_gains) = (vec![0.0; x.elem_count()], vec![0.0; gains.elem_count()]);
        with_values(x, |x| {
            with_values(gains, |gains| {
                with_values(&dy, |dy| {
                    rms_norm_backward(&mut dx, &mut d_gains, dy, x, gains, self.eps);
                })
            })
        })???;
        let dx = Tensor::from_vec(dx, x.shape(), &Device::Cpu)?;
        let d_gains = Tensor::from_vec(d_gains, gains.shape(), &Device::Cpu)?;
        Ok((Some(dx), Some(d_gains)))
    }
}

/// `rows x classes -> sum of weighted cross-entropies`, in nats.
pub struct CrossEntropyOp {
    pub targets: Vec<u32>,
    pub weights: Vec<f32>,
}

impl CustomOp1 for CrossEntropyOp {
    fn name(&self) -> &'static str {
        "cross-entropy"
    }

    fn cpu_fwd(&self, logits: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let loss = cross_entropy(slice(logits, layout)?, &self.targets, &self.weights);
        Ok((CpuStorage::F32(vec![loss]), Shape::from(())))
    }

    fn bwd(&self, logits: &Tensor, _loss: &Tensor, d_loss: &Tensor) -> Result<Option<Tensor>> {
        let scale = d_loss.to_scalar::<f32>()?;
        let mut d = vec![0.0; logits.elem_count()];
        with_values(logits, |logits| {
            cross_entropy_backward(&mut d, logits, &self.targets, &self.weights, scale);
        })?;
        Ok(Some(Tensor::from_vec(d, logits.shape(), &Device::Cpu)?))
    }
}
