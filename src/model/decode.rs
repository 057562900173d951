//! Inference on the CPU: scoring packed sequences, and decoding many rows at once with cached keys
//! and values, the cache of a prompt shared by all rows that continue it.

use std::sync::Arc;

use super::block::{Block, BlockShape, Kept, forward};
use super::kernels::{
    CachedPart, attend_cached, cross_entropy, matmul_right_transposed, rms_norm, swiglu,
};
use super::packed::{Head, Packed};
use super::weights::Weights;

/// A model ready for inference; cheap to clone.
#[derive(Debug, Clone)]
pub struct Llama {
    weights: Arc<Weights>,
    shape: Arc<BlockShape>,
}

/// Keys and values of a run of positions, one pair a layer.
#[derive(Debug, Clone, Default)]
struct Cache {
    layers: Vec<(Vec<f32>, Vec<f32>)>,
}

/// A text that has been read once, to be continued from any of its forks: the keys and values of
/// all its positions, and the logits of what follows each fork.
#[derive(Debug)]
pub struct Text {
    cache: Cache,
    /// Lengths of the prefixes that may be continued.
    forks: Vec<usize>,
    /// `forks x vocabulary`.
    logits: Vec<f32>,
}

impl Text {
    /// Logits of the first token after a fork, one a vocabulary entry.
    pub fn logits(&self, fork: usize) -> &[f32] {
        let vocabulary = self.logits.len() / self.forks.len();
        &self.logits[fork * vocabulary..][..vocabulary]
    }
}

/// One sequence being continued.
#[derive(Debug, Clone)]
pub struct Row {
    text: Arc<Text>,
    /// Positions of the text that belong to the sequence.
    shared: usize,
    own: Cache,
    length: usize,
}

impl Row {
    /// A row that continues a text from one of its forks.
    pub fn new(text: Arc<Text>, fork: usize) -> Self {
        let own = Cache { layers: vec![Default::default(); text.cache.layers.len()] };
        let shared = text.forks[fork];
        Self { text, shared, own, length: shared }
    }
}

/// Buffers of one decoding thread.
#[derive(Debug, Default)]
pub struct Workspace {
    kept: Kept,
    x: Vec<f32>,
    y: Vec<f32>,
    normed: Vec<f32>,
    qkv: Vec<f32>,
    attended: Vec<f32>,
    gate_up: Vec<f32>,
    gated: Vec<f32>,
    scores: Vec<f32>,
    /// `rows x vocabulary`, the result of [`Llama::step`].
    pub logits: Vec<f32>,
}

impl Llama {
    pub fn new(weights: Weights) -> Self {
        let shape = Arc::new(BlockShape::new(&weights.config));
        Self { weights: Arc::new(weights), shape }
    }

    /// The parameters.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Normalised states of `batch.rows` after the last block: `rows x hidden`.
    pub fn read(&self, batch: &Packed, work: &mut Workspace) -> Vec<f32> {
        self.embed(&batch.tokens, &mut work.x);
        for w in &self.weights.blocks {
            let block = Block { w, shape: &self.shape, sequences: &batch.sequences };
            forward(&mut work.y, &work.x, block, &mut work.kept);
            std::mem::swap(&mut work.x, &mut work.y);
        }
        self.gather(&work.x, &batch.rows)
    }

    /// Logits of a few tokens, such as two labels, for states from [`Llama::read`]:
    /// `rows x tokens`.
    pub fn logits_of(&self, states: &[f32], tokens: &[u32]) -> Vec<f32> {
        let h = self.shape.hidden;
        let mut table = Vec::new();
        self.embed(tokens, &mut table);
        let mut logits = vec![0.0; states.len() / h * tokens.len()];
        matmul_right_transposed(&mut logits, states, &table, h, false);
        logits
    }

    /// Weighted sum of cross-entropies of a batch's predictions, in nats: the loss that training
    /// lowers, without the cost of a gradient.
    pub fn loss(&self, batch: &Packed, head: Head, work: &mut Workspace) -> f32 {
        let states = self.read(batch, work);
        let logits = match head {
            Head::Vocabulary => self.all_logits(&states),
            Head::Labels { good, bad } => self.logits_of(&states, &[good, bad]),
        };
        cross_entropy(&logits, &batch.targets, &batch.weights)
    }

    /// Logits of every token: `rows x vocabulary`.
    fn all_logits(&self, states: &[f32]) -> Vec<f32> {
        let h = self.shape.hidden;
        let mut logits = vec![0.0; states.len() / h * self.weights.config.vocab_size];
        matmul_right_transposed(&mut logits, states, &self.weights.embedding, h, false);
        logits
    }

    /// Reads texts, each with the lengths at which it forks; each is kept whole in its cache.
    pub fn prefill(&self, texts: &[(&[u32], &[usize])], work: &mut Workspace) -> Vec<Text> {
        let mut batch = Packed::default();
        for (tokens, forks) in texts {
            let start = batch.push(tokens);
            batch.rows.extend(forks.iter().map(|length| (start + length - 1) as u32));
        }
        let at = self.shape.attention;
        let (queries, width) = (at.out(), at.kv_heads * at.head_dim);
        let mut caches = vec![Cache::default(); texts.len()];
        self.embed(&batch.tokens, &mut work.x);
        for w in &self.weights.blocks {
            let block = Block { w, shape: &self.shape, sequences: &batch.sequences };
            forward(&mut work.y, &work.x, block, &mut work.kept);
            std::mem::swap(&mut work.x, &mut work.y);
            for (cache, sequence) in caches.iter_mut().zip(&batch.sequences) {
                let (mut keys, mut values) = (Vec::new(), Vec::new());
                let rows = &work.kept.qkv[sequence.start * at.row()..sequence.end * at.row()];
                for row in rows.chunks_exact(at.row()) {
                    keys.extend_from_slice(&row[queries..queries + width]);
                    values.extend_from_slice(&row[queries + width..]);
                }
                cache.layers.push((keys, values));
            }
        }
        let states = self.gather(&work.x, &batch.rows);
        let logits = self.all_logits(&states);
        let mut logits = logits.chunks_exact(self.weights.config.vocab_size);
        let each = caches.into_iter().zip(texts);
        each.map(|(cache, (_, forks))| Text {
            cache,
            forks: forks.to_vec(),
            logits: logits.by_ref().take(forks.len()).flatten().copied().collect(),
        })
        .collect()
    }

    /// Appends one token to every row and leaves the logits of the next in `work.logits`.
    pub fn step(&self, rows: &mut [&mut Row], tokens: &[u32], work: &mut Workspace) {
        let (shape, h, wide) = (&*self.shape, self.shape.hidden, self.shape.wide);
        let (at, layout, n) = (shape.attention, &shape.layout, rows.len());
        let (queries, width) = (at.out(), at.kv_heads * at.head_dim);
        self.embed(tokens, &mut work.x);
        work.normed.resize(n * h, 0.0);
        work.qkv.resize(n * at.row(), 0.0);
        work.attended.resize(n * at.out(), 0.0);
        work.gate_up.resize(n * 2 * wide, 0.0);
        work.gated.resize(n * wide, 0.0);
        for (layer, w) in self.weights.blocks.iter().enumerate() {
            rms_norm(&mut work.normed, &work.x, &w[layout.attention_norm.clone()], shape.eps);
            let qkv = &w[layout.qkv.clone()];
            matmul_right_transposed(&mut work.qkv, &work.normed, qkv, h, false);
            let states = work.qkv.chunks_exact_mut(at.row());
            let outs = work.attended.chunks_exact_mut(at.out());
            for ((row, state), out) in rows.iter_mut().zip(states).zip(outs) {
                shape.rope.rotate(state, at.heads + at.kv_heads, row.length);
                let (keys, values) = &mut row.own.layers[layer];
                keys.extend_from_slice(&state[queries..queries + width]);
                values.extend_from_slice(&state[queries + width..]);
                let (text_keys, text_values) = &row.text.cache.layers[layer];
                let shared = ..row.shared * width;
                let parts = [
                    CachedPart { keys: &text_keys[shared], values: &text_values[shared] },
                    CachedPart { keys, values },
                ];
                attend_cached(out, &state[..queries], &parts, at, &mut work.scores);
            }
            let o = &w[layout.o.clone()];
            matmul_right_transposed(&mut work.x, &work.attended, o, at.out(), true);
            rms_norm(&mut work.normed, &work.x, &w[layout.mlp_norm.clone()], shape.eps);
            let gate_up = &w[layout.gate_up.clone()];
            matmul_right_transposed(&mut work.gate_up, &work.normed, gate_up, h, false);
            swiglu(&mut work.gated, &work.gate_up, wide);
            let down = &w[layout.down.clone()];
            matmul_right_transposed(&mut work.x, &work.gated, down, wide, true);
        }
        rms_norm(&mut work.normed, &work.x, &self.weights.norm, shape.eps);
        work.logits.resize(n * self.weights.config.vocab_size, 0.0);
        let head = &self.weights.embedding;
        matmul_right_transposed(&mut work.logits, &work.normed, head, h, false);
        rows.iter_mut().for_each(|row| row.length += 1);
    }

    fn embed(&self, tokens: &[u32], x: &mut Vec<f32>) {
        let h = self.shape.hidden;
        x.clear();
        for &token in tokens {
            x.extend_from_slice(&self.weights.embedding[token as usize * h..][..h]);
        }
    }

    fn gather(&self, x: &[f32], rows: &[u32]) -> Vec<f32> {
        let h = self.shape.hidden;
        let picked: Vec<f32> =
            rows.iter().flat_map(|&row| &x[row as usize * h..][..h]).copied().collect();
        let mut normed = vec![0.0; picked.len()];
        rms_norm(&mut normed, &picked, &self.weights.norm, self.shape.eps);
        normed
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::LlamaConfig;
    use super::*;

    #[test]
    fn decoding_a_batch_agrees_with_reading_the_whole() {
        let mut config = LlamaConfig::small(300, 64, 2, 96);
        config.num_key_value_heads = 1;
        let llama = Llama::new(Weights::random(&config, 3));
        let mut work = Workspace::default();
        let prompts: [&[u32]; 2] = [&[1, 2, 3, 4, 5], &[9, 8, 7]];
        // The first text forks before its last token as well.
        let texts: Vec<_> = llama
            .prefill(&[(prompts[0], &[4, 5]), (prompts[1], &[3])], &mut work)
            .into_iter()
            .map(Arc::new)
            .collect();
        let fork = |(text, fork): (usize, usize)| Row::new(texts[text].clone(), fork);
        let mut rows: Vec<_> = [(0, 1), (1, 0), (1, 0), (0, 0)].map(fork).to_vec();
        let tails = [[20, 21, 22], [30, 31, 32], [40, 41, 42], [50, 51, 52]];
        for at in 0..3 {
            let tokens: Vec<u32> = tails.iter().map(|tail| tail[at]).collect();
            let mut each: Vec<_> = rows.iter_mut().collect();
            llama.step(&mut each, &tokens, &mut work);
        }
        let decoded = work.logits.clone();
        let begun = [prompts[0], prompts[1], prompts[1], &prompts[0][..4]];
        for (row, prompt) in begun.into_iter().enumerate() {
            let whole: Vec<u32> = prompt.iter().chain(&tails[row]).copied().collect();
            let read = llama.prefill(&[(&whole, &[whole.len()])], &mut work);
            let logits = &decoded[row * 300..(row + 1) * 300];
            let worst = logits
                .iter()
                .zip(read[0].logits(0))
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 1e-4, "row {row}: {worst}");
        }
    }

    #[test]
    fn neighbours_in_a_packed_batch_do_not_see_each_other() {
        let llama = Llama::new(Weights::random(&LlamaConfig::small(300, 64, 2, 96), 3));
        let mut work = Workspace::default();
        let alone = llama.prefill(&[(&[5, 6, 7], &[3])], &mut work);
        let together = llama.prefill(&[(&[50, 60], &[2]), (&[5, 6, 7], &[3])], &mut work);
        let same = alone[0].logits(0).iter().zip(together[1].logits(0));
        assert!(same.into_iter().all(|(a, b)| (a - b).abs() < 1e-5));
    }
}
