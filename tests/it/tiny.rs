//! Small models with random weights in the Hugging Face layout, for tests of loading and running.
#![cfg_attr(
    not(feature = "mistralrs"),
    allow(dead_code, reason = "most is for the engine's tests")
)]

use std::collections::BTreeMap;
use std::path::Path;

use glore::config::{Config, EngineKind, ModelSource};
use glore::domain::Role;
use glore::engine::{Tokenizer, scripted_tokenizer};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use safetensors::tensor::{Dtype as TensorType, TensorView};
use serde_json::json;

pub const HIDDEN: usize = 64;
pub const CONTEXT: usize = 512;
const INNER: usize = 96;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;
const LAYERS: usize = 2;

/// Architectures that the product claims to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    Llama,
    Mistral,
    Qwen2,
}

/// Shape and values; to be spoiled by tests.
pub type Values = (Vec<usize>, Vec<f32>);

/// Tensors by name.
pub type Tensors = BTreeMap<String, Values>;

pub fn tokenizer() -> std::sync::Arc<Tokenizer> {
    scripted_tokenizer()
}

/// Writes a whole checkpoint without a card.
pub fn write(folder: &Path, architecture: Architecture, seed: u64) {
    write_changed(folder, architecture, seed, |_| {});
}

/// The same, with a chance to spoil the tensors.
pub fn write_changed(
    folder: &Path,
    architecture: Architecture,
    seed: u64,
    change: impl FnOnce(&mut Tensors),
) {
    std::fs::create_dir_all(folder).expect("a folder");
    tokenizer().save(&folder.join("tokenizer.json")).expect("tokenizer written");
    write_config(folder, architecture);
    let mut tensors = tensors(architecture, seed);
    change(&mut tensors);
    write_tensors(folder, &tensors);
}

pub fn write_config(folder: &Path, architecture: Architecture) {
    let (class, kind) = match architecture {
        Architecture::Llama => ("LlamaForCausalLM", "llama"),
        Architecture::Mistral => ("MistralForCausalLM", "mistral"),
        Architecture::Qwen2 => ("Qwen2ForCausalLM", "qwen2"),
    };
    let config = json!({
        "architectures": [class], "model_type": kind, "hidden_act": "silu",
        "vocab_size": tokenizer().vocab_size(), "hidden_size": HIDDEN,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
        "max_position_embeddings": CONTEXT, "sliding_window": null, "tie_word_embeddings": true,
    });
    std::fs::write(folder.join("config.json"), config.to_string()).expect("config written");
}

pub fn write_tensors(folder: &Path, tensors: &Tensors) {
    let bytes: BTreeMap<_, Vec<u8>> = tensors
        .iter()
        .map(|(name, (_, values))| (name, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        .collect();
    let views: Vec<_> = tensors
        .iter()
        .map(|(name, (shape, _))| {
            (name, TensorView::new(TensorType::F32, shape.clone(), &bytes[name]).expect("a view"))
        })
        .collect();
    let file = safetensors::serialize(views, None).expect("serialised");
    std::fs::write(folder.join("model.safetensors"), file).expect("weights written");
}

fn tensors(architecture: Architecture, seed: u64) -> Tensors {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut tensors = Tensors::new();
    let mut add = |name: String, shape: &[usize]| {
        let size = shape.iter().product();
        let gain = name.ends_with("norm.weight");
        let value = || if gain { 1.0 } else { rng.random_range(-0.25..0.25) };
        tensors.insert(name, (shape.to_vec(), std::iter::repeat_with(value).take(size).collect()));
    };
    let vocab = tokenizer().vocab_size();
    let kv = KV_HEADS * HIDDEN / HEADS;
    add("model.embed_tokens.weight".into(), &[vocab, HIDDEN]);
    add("model.norm.weight".into(), &[HIDDEN]);
    for layer in 0..LAYERS {
        let name = |tail: &str| format!("model.layers.{layer}.{tail}");
        add(name("input_layernorm.weight"), &[HIDDEN]);
        add(name("post_attention_layernorm.weight"), &[HIDDEN]);
        for (part, rows) in [("q", HIDDEN), ("k", kv), ("v", kv)] {
            add(name(&format!("self_attn.{part}_proj.weight")), &[rows, HIDDEN]);
            if architecture == Architecture::Qwen2 {
                add(name(&format!("self_attn.{part}_proj.bias")), &[rows]);
            }
        }
        add(name("self_attn.o_proj.weight"), &[HIDDEN, HIDDEN]);
        add(name("mlp.gate_proj.weight"), &[INNER, HIDDEN]);
        add(name("mlp.up_proj.weight"), &[INNER, HIDDEN]);
        add(name("mlp.down_proj.weight"), &[HIDDEN, INNER]);
    }
    tensors
}

/// A source that names this folder and nothing else.
pub fn source(folder: &Path) -> ModelSource {
    ModelSource::at(folder)
}

/// A configuration in which this folder plays every role.
pub fn config(folder: &Path, kind: EngineKind) -> Config {
    let mut config = Config::default();
    config.engine.kind = kind;
    config.engine.replicas = 2;
    config.models = Role::ALL.into_iter().map(|role| (role, source(folder))).collect();
    config
}

/// A Llama as a `.gguf` file, with its tokenizer beside it.
pub fn write_gguf(file: &Path, seed: u64) {
    use candle_core::quantized::gguf_file::{Value, write};
    use candle_core::quantized::{GgmlDType, QTensor};
    use candle_core::{Device, Tensor};

    let folder = file.parent().expect("a folder");
    tokenizer().save(&folder.join("tokenizer.json")).expect("tokenizer written");
    let number = |n: usize| Value::U32(n as u32);
    let metadata = [
        ("general.architecture", Value::String("llama".into())),
        ("llama.context_length", number(CONTEXT)),
        ("llama.embedding_length", number(HIDDEN)),
        ("llama.block_count", number(LAYERS)),
        ("llama.feed_forward_length", number(INNER)),
        ("llama.attention.head_count", number(HEADS)),
        ("llama.attention.head_count_kv", number(KV_HEADS)),
        ("llama.attention.layer_norm_rms_epsilon", Value::F32(1e-5)),
        ("llama.rope.dimension_count", number(HIDDEN / HEADS)),
        ("llama.vocab_size", number(tokenizer().vocab_size())),
    ];
    let names = [
        ("model.embed_tokens", "token_embd"),
        ("model.norm", "output_norm"),
        ("model.layers", "blk"),
        ("post_attention_layernorm", "ffn_norm"),
        ("input_layernorm", "attn_norm"),
        ("self_attn.o_proj", "attn_output"),
        ("self_attn.q_proj", "attn_q"),
        ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"),
        ("mlp.gate_proj", "ffn_gate"),
        ("mlp.up_proj", "ffn_up"),
        ("mlp.down_proj", "ffn_down"),
    ];
    let quantised = |(name, (shape, values)): (String, Values)| {
        let name = names.iter().fold(name, |name, (from, to)| name.replace(from, to));
        let kind = if shape.len() == 2 { GgmlDType::Q8_0 } else { GgmlDType::F32 };
        let tensor = Tensor::from_vec(values, shape, &Device::Cpu).expect("a tensor");
        (name, QTensor::quantize(&tensor, kind).expect("quantised"))
    };
    let mut tensors: Vec<_> =
        tensors(Architecture::Llama, seed).into_iter().map(quantised).collect();
    let head = tensors.iter().position(|(name, _)| name == "token_embd.weight").expect("embedding");
    let head = tensors[head].1.dequantize(&Device::Cpu).expect("a tensor");
    let head = QTensor::quantize(&head, GgmlDType::Q8_0).expect("quantised");
    tensors.push(("output.weight".into(), head));
    let metadata: Vec<_> = metadata.iter().map(|(name, value)| (*name, value)).collect();
    let tensors: Vec<_> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    let mut out = std::fs::File::create(file).expect("a file");
    write(&mut out, &metadata, &tensors).expect("written");
}
