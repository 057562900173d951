//! The header of a `.gguf` file.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use candle_core::quantized::gguf_file::{Content, Value};

use super::Fault;

pub(super) struct Header {
    pub(super) vocab_size: usize,
    pub(super) positions: usize,
    pub(super) parameters: usize,
    pub(super) end_ids: Vec<u32>,
}

impl Header {
    pub(super) fn read(path: &Path) -> Result<Self, Fault> {
        if !path.is_file() {
            return Err(Fault::new(path, "there is no such file"));
        }
        let file = File::open(path).map_err(|e| Fault::new(path, e.to_string()))?;
        let size = file.metadata().map_err(|e| Fault::new(path, e.to_string()))?.len();
        let content = Content::read(&mut BufReader::new(file))
            .map_err(|e| Fault::new(path, format!("is not a GGUF file: {e}")))?;
        let last = content.tensor_infos.values().map(|tensor| {
            let kind = tensor.ggml_dtype;
            let blocks = tensor.shape.elem_count() / kind.block_size().max(1);
            content.tensor_data_offset + tensor.offset + (blocks * kind.type_size()) as u64
        });
        let promised = last.max().unwrap_or(0);
        if promised > size {
            let reason = format!("is cut off: it should have {promised} bytes, there are {size}");
            return Err(Fault::new(path, reason));
        }
        let text = |key: &str| content.metadata.get(key).and_then(|v| v.to_string().ok());
        let number = |key: &str| content.metadata.get(key).and_then(|v| v.to_u64().ok());
        let needs = |key: &str| Fault::new(path, format!("does not say {key}"));
        let architecture =
            text("general.architecture").ok_or_else(|| needs("general.architecture"))?;
        let key = format!("{architecture}.context_length");
        let positions = number(&key).ok_or_else(|| needs(&key))? as usize;
        let tokens = match content.metadata.get("tokenizer.ggml.tokens") {
            Some(Value::Array(tokens)) => Some(tokens.len()),
            _ => number(&format!("{architecture}.vocab_size")).map(|n| n as usize),
        };
        let vocab_size = tokens.ok_or_else(|| needs("its vocabulary"))?;
        let parameters = content.tensor_infos.values().map(|t| t.shape.elem_count()).sum();
        let end_id: Option<u32> =
            number("tokenizer.ggml.eos_token_id").and_then(|id| id.try_into().ok());
        Ok(Self { vocab_size, positions, parameters, end_ids: end_id.into_iter().collect() })
    }
}
