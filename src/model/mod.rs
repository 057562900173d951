//! The small Llama: one definition for training, batched decoding and step scoring.
//!
//! `config.rs` shapes; `layout.rs` and `weights.rs` the parameters and checkpoint folders in the
//! Hugging Face layout; `kernels/` arithmetic on slices; `block.rs` one decoder block, forward and
//! backward; `block_op.rs` and `head_op.rs` the same as candle operations; `plain.rs` the same in
//! candle's own operations (other devices, and the tests' reference); `gradient.rs` loss and
//! gradient of a batch; `adamw.rs` the optimiser; `decode.rs` scoring and decoding; `tokenizer.rs`
//! and `card.rs` what stands beside the weights. Nothing here knows of training data, prompts or
//! HTTP. To add an operation, add a file under `kernels/` with a test of its gradient.

mod adamw;
mod block;
mod block_op;
mod card;
mod config;
mod decode;
mod error;
mod gradient;
mod head_op;
mod kernels;
mod layout;
mod packed;
mod plain;
mod tokenizer;
mod weights;

pub use adamw::{AdamSettings, AdamW};
pub use block::BlockShape;
pub use card::{CARD_FILE, Card, PROMPT_VERSION};
pub use config::LlamaConfig;
pub use decode::{Llama, Row, Text, Workspace};
pub use error::ModelError;
pub use gradient::{Gradient, gradient};
pub use kernels::{matmul, weights_of};
pub use packed::{Head, Packed};
pub use tokenizer::{Control, Tokenizer};
pub use weights::{Precision, WEIGHTS_FILE, Weights};
