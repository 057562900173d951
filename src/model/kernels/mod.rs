//! The arithmetic of a Llama on plain `f32` slices, forward and backward, for the CPU.
//!
//! candle's CPU operations outside matrix products run on one thread and touch fresh memory for
//! every intermediate value; these do the same sums in buffers that are used again. Each file is one
//! operation with its gradient, tested against finite differences. Nothing here allocates a tensor
//! or knows of a model. Loops are written so that the compiler can vectorise them, and run under
//! [`pulp`]'s run-time choice of instruction set.

mod attention;
mod entropy;
mod exp;
#[cfg(test)]
mod gradient;
mod matmul;
mod norm;
mod rope;
mod swiglu;

pub use attention::{AttentionShape, CachedPart, attend, attend_backward, attend_cached};
pub use entropy::{cross_entropy, cross_entropy_backward, weights_of};
pub use matmul::{matmul, matmul_left_transposed, matmul_right_transposed};
pub use norm::{rms_norm, rms_norm_backward};
pub use rope::Rope;
pub use swiglu::{swiglu, swiglu_backward};

/// Runs a loop with the widest vector instructions this machine has.
#[inline(always)]
pub(super) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}
