//! Safetensors: whole, of the shapes that `config.json` says, and made of numbers.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use sha2::{Digest, Sha256};

use super::Fault;
use super::shape::Shape;
use crate::engine::embedded::hex;

/// Up to this size every number is looked at; of larger files a part of each tensor.
const SMALL: u64 = 1 << 30;
/// Bytes looked at, at the beginning and at the end of each tensor of a large file.
const SAMPLE: u64 = 64 * 1024;
/// Longest header the format allows.
const LONGEST_HEADER: u64 = 100_000_000;
const CHUNK: usize = 1 << 20;

pub(super) struct Found {
    pub(super) hash: String,
    pub(super) parameters: usize,
}

/// Checks every weights file of a folder.
pub(super) fn check(folder: &Path, shape: &Shape) -> Result<Found, Fault> {
    let files = files(folder)?;
    let mut shapes = BTreeMap::new();
    let mut hasher = Sha256::new();
    for path in &files {
        let size = std::fs::metadata(path).map_err(|e| Fault::new(path, e.to_string()))?.len();
        let read = if size <= SMALL { small } else { large };
        read(path, size, &mut hasher, &mut shapes)?;
    }
    let expected = shape.tensors();
    for (name, expected) in &expected {
        match shapes.get(name) {
            None => return Err(Fault::new(folder, format!("tensor {name} is missing"))),
            Some(found) if found != expected => {
                let reason = format!(
                    "tensor {name} has shape {found:?}, but config.json asks for {expected:?}"
                );
                return Err(Fault::new(folder, reason));
            }
            Some(_) => {}
        }
    }
    let parameters = expected.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    Ok(Found { hash: hex(&hasher.finalize()), parameters })
}

/// SHA-256 of one file, hexadecimal.
pub(super) fn hash_file(path: &Path) -> Result<String, Fault> {
    let mut hasher = Sha256::new();
    update(&mut hasher, path)?;
    Ok(hex(&hasher.finalize()))
}

/// The files that mistral.rs would read, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let fault = |e: std::io::Error| Fault::new(folder, e.to_string());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name == "model.safetensors"
            || (name.starts_with("model-") && name.ends_with(".safetensors"))
        {
            files.push(path);
        } else if name.ends_with("model.safetensors") {
            // Its pattern is not anchored: `adapter_model.safetensors` would be read as weights.
            return Err(Fault::new(&path, "would be mistaken for the model's weights; remove it"));
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Fault::new(&folder.join("model.safetensors"), "is missing"));
    }
    Ok(files)
}

type Shapes = BTreeMap<String, Vec<usize>>;

fn small(path: &Path, size: u64, hasher: &mut Sha256, shapes: &mut Shapes) -> Result<(), Fault> {
    let bytes = std::fs::read(path).map_err(|e| Fault::new(path, e.to_string()))?;
    header(path, size, &bytes)?;
    hasher.update(&bytes);
    let tensors = SafeTensors::deserialize(&bytes)
        .map_err(|e| Fault::new(path, format!("is damaged: {e}")))?;
    for (name, tensor) in tensors.tensors() {
        if !finite(tensor.dtype(), tensor.data()) {
            return Err(not_finite(path, &name));
        }
        shapes.insert(name, tensor.shape().to_vec());
    }
    Ok(())
}

fn large(path: &Path, size: u64, hasher: &mut Sha256, shapes: &mut Shapes) -> Result<(), Fault> {
    update(hasher, path)?;
    let fault = |e: std::io::Error| Fault::new(path, e.to_string());
    let mut file = File::open(path).map_err(fault)?;
    let mut begin = vec![0; 8];
    file.read_exact(&mut begin).map_err(fault)?;
    let length = header_length(path, size, &begin)?;
    begin.resize(8 + length as usize, 0);
    file.read_exact(&mut begin[8..]).map_err(fault)?;
    let metadata = header(path, size, &begin)?;
    for (name, info) in metadata.tensors() {
        let TensorInfo { dtype, shape, data_offsets: (from, to) } = info;
        let (from, to) = (*from as u64, *to as u64);
        for at in [from, to.saturating_sub(SAMPLE).max(from)] {
            let mut sample = vec![0; to.saturating_sub(at).min(SAMPLE) as usize];
            file.seek(SeekFrom::Start(8 + length + at)).map_err(fault)?;
            file.read_exact(&mut sample).map_err(fault)?;
            if !finite(*dtype, &sample) {
                return Err(not_finite(path, &name));
            }
        }
        shapes.insert(name, shape.clone());
    }
    Ok(())
}

fn header_length(path: &Path, size: u64, bytes: &[u8]) -> Result<u64, Fault> {
    let length = bytes.first_chunk::<8>().map(|b| u64::from_le_bytes(*b));
    match length {
        Some(length) if length <= LONGEST_HEADER && 8 + length <= size => Ok(length),
        _ => Err(Fault::new(path, "is not a safetensors file, or ends within its header")),
    }
}

/// Reads the header and compares the length it promises with the file's. The library does so too,
/// but only with the whole file in memory, and without the numbers.
fn header(path: &Path, size: u64, bytes: &[u8]) -> Result<Metadata, Fault> {
    let length = header_length(path, size, bytes)?;
    let metadata: Metadata = serde_json::from_slice(&bytes[8..8 + length as usize])
        .map_err(|e| Fault::new(path, format!("has a damaged header: {e}")))?;
    let end = metadata.tensors().values().map(|tensor| tensor.data_offsets.1).max();
    let promised = 8 + length + end.unwrap_or(0) as u64;
    if promised != size {
        let reason = format!("is damaged: its header speaks of {promised} bytes, there are {size}");
        return Err(Fault::new(path, reason));
    }
    Ok(metadata)
}

fn update(hasher: &mut Sha256, path: &Path) -> Result<(), Fault> {
    let fault = |e: std::io::Error| Fault::new(path, e.to_string());
    let mut file = File::open(path).map_err(fault)?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk).map_err(fault)? {
            0 => return Ok(()),
            n => hasher.update(&chunk[..n]),
        }
    }
}

fn not_finite(path: &Path, tensor: &str) -> Fault {
    Fault::new(path, format!("tensor {tensor} holds NaN or infinity"))
}

/// A float is NaN or infinite exactly when every bit of its exponent is set.
fn finite(dtype: Dtype, data: &[u8]) -> bool {
    let half = |exponent: u16| {
        data.as_chunks().0.iter().all(|b| u16::from_le_bytes(*b) & exponent != exponent)
    };
    match dtype {
        Dtype::F16 => half(0x7c00),
        Dtype::BF16 => half(0x7f80),
        Dtype::F32 => data.as_chunks().0.iter().all(|b| f32::from_le_bytes(*b).is_finite()),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::tensor::TensorView;

    fn both(values: &[f32]) -> [Result<Shapes, String>; 2] {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F32, vec![values.len()], &bytes).expect("a view");
        let file = safetensors::serialize([("t", view)], None).expect("serialised");
        let path = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(path.path(), &file).expect("written");
        [small, large].map(|read| {
            let (mut hasher, mut shapes) = (Sha256::new(), Shapes::new());
            read(path.path(), file.len() as u64, &mut hasher, &mut shapes)
                .map(|()| shapes)
                .map_err(|fault| fault.reason)
                .inspect(|_| assert_eq!(hasher.finalize(), Sha256::digest(&file)))
        })
    }

    #[test]
    fn large_files_are_read_like_small_ones() {
        let [small, large] = both(&[1.0; 100_000]);
        assert_eq!(small.expect("whole"), large.expect("whole"));
        for place in [0, 99_999] {
            let mut values = vec![1.0; 100_000];
            values[place] = f32::NAN;
            let [small, large] = both(&values);
            assert_eq!(small.expect_err("nan"), large.expect_err("nan"));
        }
    }

    #[test]
    fn nan_and_infinity_are_seen_in_every_float() {
        for (x, is_finite) in [(1.5, true), (-0.0, true), (f32::NAN, false), (f32::INFINITY, false)]
        {
            assert_eq!(finite(Dtype::F32, &x.to_le_bytes()), is_finite, "{x}");
            assert_eq!(finite(Dtype::F16, &half::f16::from_f32(x).to_le_bytes()), is_finite, "{x}");
            assert_eq!(
                finite(Dtype::BF16, &half::bf16::from_f32(x).to_le_bytes()),
                is_finite,
                "{x}"
            );
        }
    }
}
