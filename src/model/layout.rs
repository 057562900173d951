//! One decoder block's parameters in one vector: where each named matrix lies.
//!
//! Query, key and value (and gate and up) are one matrix each while computing, because one large
//! product is faster than three small ones; checkpoints hold them apart, as everybody does.

use std::ops::Range;

use super::config::LlamaConfig;

/// Ranges within a block's vector; matrices are output by input, row-major.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockLayout {
    pub attention_norm: Range<usize>,
    pub qkv: Range<usize>,
    pub o: Range<usize>,
    pub mlp_norm: Range<usize>,
    pub gate_up: Range<usize>,
    pub down: Range<usize>,
}

impl BlockLayout {
    /// The layout of every block of a model.
    pub fn new(config: &LlamaConfig) -> Self {
        let (hidden, wide) = (config.hidden_size, config.intermediate_size);
        let shape = config.attention();
        let mut at = 0;
        let mut next = |len: usize| {
            at += len;
            at - len..at
        };
        Self {
            attention_norm: next(hidden),
            qkv: next(shape.row() * hidden),
            o: next(hidden * shape.out()),
            mlp_norm: next(hidden),
            gate_up: next(2 * wide * hidden),
            down: next(hidden * wide),
        }
    }

    /// Length of the vector.
    pub fn len(&self) -> usize {
        self.down.end
    }

    /// The parts that are gains rather than matrices: they start at one and are not decayed.
    pub fn gains(&self) -> [Range<usize>; 2] {
        [self.attention_norm.clone(), self.mlp_norm.clone()]
    }

    /// The tensors of layer `layer` under their Hugging Face names: name, shape, range.
    pub fn named(
        &self,
        config: &LlamaConfig,
        layer: usize,
    ) -> Vec<(String, Vec<usize>, Range<usize>)> {
        let (hidden, wide) = (config.hidden_size, config.intermediate_size);
        let shape = config.attention();
        let (q, kv) = (shape.out(), shape.kv_heads * shape.head_dim);
        let split = |whole: &Range<usize>, before: usize, rows: usize, columns: usize| {
            let start = whole.start + before * columns;
            start..start + rows * columns
        };
        let full = |name: &str| format!("model.layers.{layer}.{name}.weight");
        vec![
            (full("input_layernorm"), vec![hidden], self.attention_norm.clone()),
            (full("self_attn.q_proj"), vec![q, hidden], split(&self.qkv, 0, q, hidden)),
            (full("self_attn.k_proj"), vec![kv, hidden], split(&self.qkv, q, kv, hidden)),
            (full("self_attn.v_proj"), vec![kv, hidden], split(&self.qkv, q + kv, kv, hidden)),
            (full("self_attn.o_proj"), vec![hidden, q], self.o.clone()),
            (full("post_attention_layernorm"), vec![hidden], self.mlp_norm.clone()),
            (full("mlp.gate_proj"), vec![wide, hidden], split(&self.gate_up, 0, wide, hidden)),
            (full("mlp.up_proj"), vec![wide, hidden], split(&self.gate_up, wide, wide, hidden)),
            (full("mlp.down_proj"), vec![hidden, wide], self.down.clone()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_tensors_cover_the_vector_once() {
        let config = LlamaConfig::small(300, 64, 2, 96);
        let layout = BlockLayout::new(&config);
        let mut ranges: Vec<_> = layout
            .named(&config, 0)
            .into_iter()
            .map(|(_, shape, range)| {
                assert_eq!(shape.iter().product::<usize>(), range.len());
                range
            })
            .collect();
        ranges.sort_by_key(|range| range.start);
        assert_eq!(ranges[0].start, 0);
        assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert_eq!(ranges.last().map(|range| range.end), Some(layout.len()));
    }
}
