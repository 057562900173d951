//! Sets on disk: JSON lines, and a manifest that says what they were made from.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::LabError;

/// What a set was made from; beside `NAME.jsonl` as `NAME.manifest.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the stage.
    pub stage: String,
    /// Everything that decides the content, as the stage chose to write it down.
    pub settings: serde_json::Value,
    /// SHA-256 of the files it was made from.
    pub inputs: BTreeMap<String, String>,
    /// What was counted on the way: lines, set aside, per label.
    pub counts: BTreeMap<String, u64>,
    /// SHA-256 of the set.
    pub sha256: String,
}

/// A set on disk.
#[derive(Debug, Clone)]
pub struct SetFile {
    path: PathBuf,
    manifest_path: PathBuf,
}

impl SetFile {
    /// The set `name` of a folder, whether or not it is there.
    pub fn new(folder: &Path, name: &str) -> Self {
        Self {
            path: folder.join(format!("{name}.jsonl")),
            manifest_path: folder.join(format!("{name}.manifest.json")),
        }
    }

    /// The file of lines.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The manifest, if the set is finished.
    pub fn manifest(&self) -> Option<Manifest> {
        serde_json::from_slice(&std::fs::read(&self.manifest_path).ok()?).ok()
    }

    /// Whether the set is finished and was made from just these settings and inputs.
    pub fn is_made_from(
        &self,
        settings: &serde_json::Value,
        inputs: &BTreeMap<String, String>,
    ) -> bool {
        self.manifest().is_some_and(|m| m.settings == *settings && m.inputs == *inputs)
    }

    /// Writes all lines, then the manifest: a set without a manifest is unfinished.
    ///
    /// # Errors
    /// [`LabError::Io`] when a file cannot be written.
    pub fn write<T: Serialize>(
        &self,
        stage: &str,
        settings: serde_json::Value,
        inputs: BTreeMap<String, String>,
        mut counts: BTreeMap<String, u64>,
        lines: &[T],
    ) -> Result<Manifest, LabError> {
        let unfinished = self.path.with_extension("jsonl.part");
        let fail = |e| LabError::io(&unfinished, e);
        let mut file = BufWriter::new(std::fs::File::create(&unfinished).map_err(fail)?);
        let mut hash = Sha256::new();
        for line in lines {
            let mut bytes = serde_json::to_vec(line)
                .map_err(|e| LabError::unusable(&self.path, e.to_string()))?;
            bytes.push(b'\n');
            hash.update(&bytes);
            file.write_all(&bytes).map_err(fail)?;
        }
        file.into_inner().map_err(|e| fail(e.into_error()))?.sync_all().map_err(fail)?;
        std::fs::rename(&unfinished, &self.path).map_err(fail)?;
        counts.insert("lines".to_owned(), lines.len() as u64);
        let sha256 = hexadecimal(&hash.finalize());
        let manifest = Manifest { stage: stage.to_owned(), settings, inputs, counts, sha256 };
        let json = serde_json::to_vec_pretty(&manifest)
            .map_err(|e| LabError::unusable(&self.manifest_path, e.to_string()))?;
        std::fs::write(&self.manifest_path, json)
            .map_err(|e| LabError::io(&self.manifest_path, e))?;
        Ok(manifest)
    }

    /// Reads every line.
    ///
    /// # Errors
    /// [`LabError::Unusable`] naming the line that does not hold what it should.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Vec<T>, LabError> {
        let file = std::fs::File::open(&self.path).map_err(|e| LabError::io(&self.path, e))?;
        let mut lines = Vec::new();
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let line = line.map_err(|e| LabError::io(&self.path, e))?;
            lines.push(serde_json::from_str(&line).map_err(|e| {
                LabError::unusable(&self.path, format!("line {}: {e}", number + 1))
            })?);
        }
        Ok(lines)
    }
}

/// SHA-256 of a file.
///
/// # Errors
/// [`LabError::Io`] when it cannot be read.
pub fn hash_file(path: &Path) -> Result<String, LabError> {
    let bytes = std::fs::read(path).map_err(|e| LabError::io(path, e))?;
    Ok(hexadecimal(&Sha256::digest(bytes)))
}

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_set_is_read_back_and_knows_what_it_was_made_from() {
        let folder = tempfile::tempdir().expect("a folder");
        let set = SetFile::new(folder.path(), "numbers");
        assert!(set.manifest().is_none());
        let inputs = BTreeMap::from([("student".to_owned(), "abc".to_owned())]);
        let manifest = set
            .write("test", json!({"seed": 1}), inputs.clone(), BTreeMap::new(), &[3, 1, 2])
            .expect("written");
        assert_eq!(set.read::<i32>().expect("read"), [3, 1, 2]);
        assert_eq!(manifest.counts["lines"], 3);
        assert_eq!(manifest.sha256, hash_file(set.path()).expect("hashed"));
        assert!(set.is_made_from(&json!({"seed": 1}), &inputs));
        assert!(!set.is_made_from(&json!({"seed": 2}), &inputs));
    }

    #[test]
    fn a_broken_line_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let set = SetFile::new(folder.path(), "numbers");
        std::fs::write(set.path(), "1\nx\n").expect("written");
        let error = set.read::<i32>().expect_err("refused").to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
