//! The small Llama: one definition for training, batched decoding and step scoring.
//!
//! `config.rs` shapes; `weights.rs` the named parameters and checkpoint folders in the Hugging Face
//! layout; `forward.rs` the packed forward pass; `ops/` fused operations with their backward;
//! `decode.rs` decoding with a key-value cache; `tokenizer.rs` and `card.rs` what stands beside the
//! weights. Nothing here knows of roles' data, prompts, training loops or HTTP. To add an operation,
//! add a file under `ops/` with a test of its gradient.

mod card;
mod error;
mod tokenizer;

pub use card::{CARD_FILE, Card};
pub use error::ModelError;
pub use tokenizer::{Control, Tokenizer};
