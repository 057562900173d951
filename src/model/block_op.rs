//! The decoder block as one candle operation with a backward of its own (CPU).

use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp2, Device, Layout, Result, Shape, Storage, Tensor, bail};

use super::block::{Block, BlockShape, Kept, backward, forward};

thread_local! {
    /// Buffers of finished operations: fresh memory costs a page fault every 4 KiB, which took
    /// up to half the time of a training step.
    static FREE: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// Block number `layer` of a model applied to packed sequences: `(rows x hidden, weights) -> rows x hidden`.
pub struct BlockOp {
    shape: Arc<BlockShape>,
    sequences: Arc<[Range<usize>]>,
    kept: Mutex<Option<Kept>>,
}

impl BlockOp {
    pub fn new(shape: Arc<BlockShape>, sequences: Arc<[Range<usize>]>) -> Self {
        Self { shape, sequences, kept: Mutex::new(None) }
    }
}

impl CustomOp2 for BlockOp {
    fn name(&self) -> &'static str {
        "llama-block"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        w: &CpuStorage,
        w_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, w) = (slice(x, x_layout)?, slice(w, w_layout)?);
        let mut kept = FREE.with_borrow_mut(Vec::pop).unwrap_or_default();
        let mut y = Vec::new();
        let block = Block { w, shape: &self.shape, sequences: &self.sequences };
        forward(&mut y, x, block, &mut kept);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok((CpuStorage::F32(y), x_layout.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        w: &Tensor,
        _y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let Some(mut kept) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            bail!("llama-block: backward can run only once");
        };
        let dy = dy.contiguous()?;
        let (mut dx, mut dw) = (Vec::new(), vec![0.0; w.elem_count()]);
        with_values(x, |x| {
            with_values(w, |w| {
                with_values(&dy, |dy| {
                    let block = Block { w, shape: &self.shape, sequences: &self.sequences };
                    backward(&mut dx, &mut dw, dy, x, block, &mut kept);
                })
            })
        })???;
        FREE.with_borrow_mut(|free| free.push(kept));
        let dx = Tensor::from_vec(dx, x.shape(), &Device::Cpu)?;
        let dw = Tensor::from_vec(dw, w.shape(), &Device::Cpu)?;
        Ok((Some(dx), Some(dw)))
    }
}

/// The numbers of a contiguous f32 storage.
pub(super) fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let (CpuStorage::F32(values), Some((start, end))) = (storage, layout.contiguous_offsets())
    else {
        bail!("f32 in one piece is needed");
    };
    Ok(&values[start..end])
}

/// Lends the numbers of a contiguous f32 tensor on the CPU.
pub(super) fn with_values<R>(tensor: &Tensor, work: impl FnOnce(&[f32]) -> R) -> Result<R> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => Ok(work(slice(storage, layout)?)),
        _ => bail!("a tensor on the CPU is needed"),
    }
}
