//! A long stage in passes: each is kept in a file of its own until the stage is done, so that a stop
//! loses one pass and not the stage.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::lab::LabError;
use crate::lab::files::hexadecimal;

/// The passes of one stage that was begun from just these settings and inputs.
pub struct Parts {
    folder: PathBuf,
}

impl Parts {
    /// The parts of stage `name` under `folder`; those of other settings or inputs are not seen.
    pub fn new(
        folder: &Path,
        name: &str,
        settings: &serde_json::Value,
        inputs: &BTreeMap<String, String>,
    ) -> Self {
        let made_from = serde_json::json!([settings, inputs]).to_string();
        let hash = hexadecimal(&Sha256::digest(made_from));
        Self { folder: folder.join("parts").join(format!("{name}-{}", &hash[..16])) }
    }

    /// The result of a pass: read back when it was done before, else made and kept. What was just
    /// made is read back too: JSON may give a number another last digit, and a run that was
    /// stopped must not differ from one that was not.
    ///
    /// # Errors
    /// Those of `make`, and [`LabError`] of files.
    pub fn pass<T: Serialize + DeserializeOwned>(
        &self,
        number: usize,
        make: impl FnOnce() -> Result<T, LabError>,
    ) -> Result<T, LabError> {
        let path = self.folder.join(format!("{number:05}.json"));
        // A file cut off by a crash is not read: files get their name when they are whole.
        if let Ok(bytes) = std::fs::read(&path)
            && let Ok(done) = serde_json::from_slice(&bytes)
        {
            return Ok(done);
        }
        let done = make()?;
        std::fs::create_dir_all(&self.folder).map_err(|e| LabError::io(&self.folder, e))?;
        let bytes =
            serde_json::to_vec(&done).map_err(|e| LabError::unusable(&path, e.to_string()))?;
        let unfinished = path.with_extension("part");
        std::fs::write(&unfinished, &bytes).map_err(|e| LabError::io(&unfinished, e))?;
        std::fs::rename(&unfinished, &path).map_err(|e| LabError::io(&path, e))?;
        serde_json::from_slice(&bytes).map_err(|e| LabError::unusable(&path, e.to_string()))
    }

    /// The stage is done and its set is written: its parts go.
    pub fn clear(self) {
        // Left-over parts cost disk space and nothing else.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pass_is_made_once_for_the_same_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        let parts = |seed| Parts::new(folder.path(), "s", &json!({"seed": seed}), &BTreeMap::new());
        assert_eq!(parts(1).pass(0, || Ok(7)).expect("made"), 7);
        assert_eq!(parts(1).pass(0, || Ok(8)).expect("read"), 7, "done before");
        assert_eq!(parts(1).pass(1, || Ok(9)).expect("made"), 9, "another pass");
        assert_eq!(parts(2).pass(0, || Ok(10)).expect("made"), 10, "other settings");
        std::fs::write(parts(1).folder.join("00000.json"), "{").expect("damaged");
        assert_eq!(parts(1).pass(0, || Ok(11)).expect("made"), 11, "damaged");
        parts(1).clear();
        assert_eq!(parts(1).pass(1, || Ok(12)).expect("made"), 12, "cleared");
    }

    #[test]
    fn a_number_is_the_same_when_made_and_when_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let parts = Parts::new(folder.path(), "s", &json!({}), &BTreeMap::new());
        let rates: Vec<f64> =
            (1..200).flat_map(|n| (1..n).map(move |k| f64::from(k) / f64::from(n))).collect();
        let made = parts.pass(0, || Ok(rates)).expect("made");
        let read = parts.pass(0, || Ok(Vec::<f64>::new())).expect("read");
        assert_eq!(made, read);
    }
}
