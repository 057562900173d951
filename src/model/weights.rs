//! All parameters of a Llama as plain numbers, and checkpoint folders in the Hugging Face layout.

use std::collections::BTreeMap;
use std::path::Path;

use half::f16;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::ModelError;
use super::config::LlamaConfig;
use super::layout::BlockLayout;

/// Name of the weight file of a checkpoint folder.
pub const WEIGHTS_FILE: &str = "model.safetensors";
const EMBEDDING: &str = "model.embed_tokens.weight";
const FINAL_NORM: &str = "model.norm.weight";

/// Numbers on disk: f32 to resume training, f16 to ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    F32,
    F16,
}

/// The parameters of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    pub config: LlamaConfig,
    /// `vocab_size x hidden_size`; also the output head.
    pub embedding: Vec<f32>,
    /// One vector a block; `layout.rs` says what lies where.
    pub blocks: Vec<Vec<f32>>,
    /// Gains of the last normalisation.
    pub norm: Vec<f32>,
}

impl Weights {
    /// Random parameters: normal with deviation 0.02, the two projections back into the residual
    /// stream smaller by the square root of twice the depth (GPT-2's rule).
    pub fn random(config: &LlamaConfig, seed: u64) -> Self {
        const DEVIATION: f32 = 0.02;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let layout = BlockLayout::new(config);
        let depth = (2.0 * config.num_hidden_layers as f32).sqrt();
        let embedding = normal(&mut rng, config.vocab_size * config.hidden_size, DEVIATION);
        let blocks = (0..config.num_hidden_layers)
            .map(|_| {
                let mut block = normal(&mut rng, layout.len(), DEVIATION);
                for gains in layout.gains() {
                    block[gains].fill(1.0);
                }
                for residual in [&layout.o, &layout.down] {
                    block[residual.clone()].iter_mut().for_each(|w| *w /= depth);
                }
                block
            })
            .collect();
        Self { config: config.clone(), embedding, blocks, norm: vec![1.0; config.hidden_size] }
    }

    /// The same model with more layers on top, which change nothing until they are trained: what they
    /// would add to the residual stream is zero.
    pub fn deepened(mut self, layers: usize, seed: u64) -> Self {
        let layout = BlockLayout::new(&self.config);
        let config = LlamaConfig { num_hidden_layers: layers, ..self.config.clone() };
        for mut block in Self::random(&config, seed).blocks {
            for residual in [&layout.o, &layout.down] {
                block[residual.clone()].fill(0.0);
            }
            self.blocks.push(block);
        }
        self.config.num_hidden_layers += layers;
        self
    }

    /// Weights on the line to another model of the same shape: `share` 0 is this one, 1 the other.
    pub fn towards(&self, other: &Self, share: f32) -> Self {
        let mix = |own: &Vec<f32>, others: &Vec<f32>| -> Vec<f32> {
            own.iter().zip(others).map(|(a, b)| a + share * (b - a)).collect()
        };
        let blocks = self.blocks.iter().zip(&other.blocks);
        Self {
            config: self.config.clone(),
            embedding: mix(&self.embedding, &other.embedding),
            blocks: blocks.map(|(own, others)| mix(own, others)).collect(),
            norm: mix(&self.norm, &other.norm),
        }
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.embedding.len() + self.blocks.iter().map(Vec::len).sum::<usize>() + self.norm.len()
    }

    /// Reads `config.json` and `model.safetensors` of a folder.
    ///
    /// # Errors
    /// [`ModelError::Unusable`] naming the tensor that is missing, of another shape or type, or
    /// not finite.
    pub fn load(folder: &Path) -> Result<Self, ModelError> {
        let config = LlamaConfig::read(folder)?;
        let path = folder.join(WEIGHTS_FILE);
        let bytes = std::fs::read(&path).map_err(|e| ModelError::io(&path, e))?;
        let file = SafeTensors::deserialize(&bytes)
            .map_err(|e| ModelError::unusable(&path, format!("is not a safetensors file: {e}")))?;
        let read = |name: &str, shape: &[usize]| {
            tensor(&file, name, shape).map_err(|reason| ModelError::unusable(&path, reason))
        };
        let layout = BlockLayout::new(&config);
        let mut blocks = Vec::with_capacity(config.num_hidden_layers);
        for layer in 0..config.num_hidden_layers {
            let mut block = vec![0.0; layout.len()];
            for (name, shape, range) in layout.named(&config, layer) {
                block[range].copy_from_slice(&read(&name, &shape)?);
            }
            blocks.push(block);
        }
        let embedding = read(EMBEDDING, &[config.vocab_size, config.hidden_size])?;
        let norm = read(FINAL_NORM, &[config.hidden_size])?;
        Ok(Self { config, embedding, blocks, norm })
    }

    /// Writes `config.json` and `model.safetensors` into a folder, the weights under a temporary
    /// name first so that an interrupted write leaves the old file whole.
    ///
    /// # Errors
    /// [`ModelError::Io`] when a file cannot be written.
    pub fn save(&self, folder: &Path, precision: Precision) -> Result<(), ModelError> {
        self.config.write(folder)?;
        let layout = BlockLayout::new(&self.config);
        let hidden = self.config.hidden_size;
        let mut tensors: BTreeMap<String, (Vec<usize>, &[f32])> = BTreeMap::new();
        tensors.insert(EMBEDDING.into(), (vec![self.config.vocab_size, hidden], &self.embedding));
        tensors.insert(FINAL_NORM.into(), (vec![hidden], &self.norm));
        for (layer, block) in self.blocks.iter().enumerate() {
            for (name, shape, range) in layout.named(&self.config, layer) {
                tensors.insert(name, (shape, &block[range]));
            }
        }
        let encoded: Vec<_> = tensors
            .into_iter()
            .map(|(name, (shape, values))| (name, shape, encode(values, precision)))
            .collect();
        let path = folder.join(WEIGHTS_FILE);
        let dtype = match precision {
            Precision::F32 => Dtype::F32,
            Precision::F16 => Dtype::F16,
        };
        let broken = |e: safetensors::SafeTensorError| ModelError::unusable(&path, e.to_string());
        let mut views = Vec::with_capacity(encoded.len());
        for (name, shape, bytes) in &encoded {
            views.push((name, TensorView::new(dtype, shape.clone(), bytes).map_err(broken)?));
        }
        let bytes = safetensors::serialize(views, None).map_err(broken)?;
        let unfinished = folder.join("model.safetensors.part");
        std::fs::write(&unfinished, bytes).map_err(|e| ModelError::io(&unfinished, e))?;
        std::fs::rename(&unfinished, &path).map_err(|e| ModelError::io(&path, e))
    }
}

fn normal(rng: &mut ChaCha8Rng, n: usize, deviation: f32) -> Vec<f32> {
    // Box-Muller; 1 - u keeps the logarithm finite.
    let mut draw = || -> f32 {
        let (u, v): (f32, f32) = (rng.random(), rng.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f32::consts::TAU * v).cos()
    };
    (0..n).map(|_| draw() * deviation).collect()
}

fn encode(values: &[f32], precision: Precision) -> Vec<u8> {
    match precision {
        Precision::F32 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Precision::F16 => values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect(),
    }
}

fn tensor(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let view = file.tensor(name).map_err(|_| format!("has no tensor {name}"))?;
    if view.shape() != shape {
        return Err(format!("{name} is {:?}, the config says {shape:?}", view.shape()));
    }
    let data = view.data();
    let values: Vec<f32> = match view.dtype() {
        Dtype::F32 => data.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        Dtype::F16 => {
            data.as_chunks::<2>().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect()
        }
        Dtype::BF16 => {
            let chunks = data.as_chunks::<2>().0.iter();
            chunks.map(|b| half::bf16::from_le_bytes(*b).to_f32()).collect()
        }
        other => return Err(format!("{name} is {other:?}; f32, f16 and bf16 can be read")),
    };
    if values.iter().any(|v| !v.is_finite()) {
        return Err(format!("{name} holds a number that is not finite"));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(weights: &Weights, precision: Precision) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        weights.save(folder.path(), precision).expect("saved");
        folder
    }

    #[test]
    fn a_checkpoint_is_read_back_as_it_was() {
        let weights = Weights::random(&LlamaConfig::small(300, 64, 2, 96), 7);
        let folder = folder_with(&weights, Precision::F32);
        assert_eq!(Weights::load(folder.path()).expect("loaded"), weights);
    }

    #[test]
    fn between_two_models_every_weight_is_between() {
        let config = LlamaConfig::small(300, 64, 2, 96);
        let [a, b] = [7, 8].map(|seed| Weights::random(&config, seed));
        assert_eq!(a.towards(&b, 0.0), a);
        let between = a.towards(&b, 0.25);
        let at = |weights: &Weights| [weights.embedding[5], weights.blocks[1][9], weights.norm[3]];
        for ((a, b), between) in at(&a).into_iter().zip(at(&b)).zip(at(&between)) {
            assert!(
                (between - (0.75 * a + 0.25 * b)).abs() < 1e-6,
                "{between} between {a} and {b}"
            );
        }
    }

    #[test]
    fn half_precision_is_close() {
        let weights = Weights::random(&LlamaConfig::small(300, 64, 1, 96), 7);
        let folder = folder_with(&weights, Precision::F16);
        let loaded = Weights::load(folder.path()).expect("loaded");
        let close = |a: &f32, b: &f32| (a - b).abs() <= 1e-3 * b.abs() + 1e-6;
        assert!(loaded.embedding.iter().zip(&weights.embedding).all(|(a, b)| close(a, b)));
    }

    #[test]
    fn a_nan_weight_is_named() {
        let mut weights = Weights::random(&LlamaConfig::small(300, 64, 1, 96), 7);
        weights.norm[3] = f32::NAN;
        let folder = folder_with(&weights, Precision::F32);
        let error = Weights::load(folder.path()).expect_err("refused").to_string();
        assert!(error.contains("model.norm.weight") && error.contains("finite"), "{error}");
    }

    #[test]
    fn a_truncated_file_is_refused() {
        let weights = Weights::random(&LlamaConfig::small(300, 64, 1, 96), 7);
        let folder = folder_with(&weights, Precision::F32);
        let path = folder.path().join(WEIGHTS_FILE);
        let bytes = std::fs::read(&path).expect("read");
        std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
        assert!(matches!(Weights::load(folder.path()), Err(ModelError::Unusable { .. })));
    }
}
