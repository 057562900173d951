//! The five small checkpoints that are compiled into the binary, so that it works at once.
//!
//! mistral.rs reads folders, so the files are unpacked into the data folder, under a name made of
//! their hashes: another version of the program never reads this one's files. What lies there is
//! verified at every start and mended when it is damaged.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::EngineError;
use crate::domain::Role;

/// Hexadecimal characters of the hash that names the folder; plenty for a handful of versions.
const NAME_LENGTH: usize = 16;

#[derive(RustEmbed)]
#[folder = "models/embedded"]
struct Compiled;

/// One checkpoint: file names and what is in them.
type Files = BTreeMap<String, Cow<'static, [u8]>>;

/// Unpacks what is not there yet and returns the folder of each embedded role. A role that was not
/// embedded is missing from the answer.
///
/// # Errors
/// [`EngineError::CannotLoad`] when the data folder cannot be written.
pub fn unpack(store_dir: &Path) -> Result<BTreeMap<Role, PathBuf>, EngineError> {
    unpack_files(&compiled(), store_dir)
}

/// The results of the embedded models as `glore report` wrote them, if they were compiled in.
pub fn embedded_results() -> Option<Cow<'static, [u8]>> {
    Compiled::get("results.json").map(|file| file.data)
}

/// SHA-256 of a role's weights as the manifest beside them says; `None` when it lists none.
pub fn embedded_hash(role: Role) -> Option<String> {
    let manifest = Compiled::get("manifest.json")?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest.data).ok()?;
    manifest["sha256"][role.as_str()].as_str().map(str::to_owned)
}

fn compiled() -> BTreeMap<Role, Files> {
    let mut roles: BTreeMap<Role, Files> = BTreeMap::new();
    for path in Compiled::iter() {
        let Some((role, name)) = path.split_once('/') else { continue };
        if let (Ok(role), Some(file)) = (role.parse(), Compiled::get(&path)) {
            roles.entry(role).or_default().insert(name.to_owned(), file.data);
        }
    }
    roles
}

fn unpack_files(
    roles: &BTreeMap<Role, Files>,
    store_dir: &Path,
) -> Result<BTreeMap<Role, PathBuf>, EngineError> {
    let models = store_dir.join("models").join(name(roles));
    let unpack = |(&role, files): (&Role, &Files)| {
        let folder = models.join(role.as_str());
        if !is_whole(&folder, files) {
            place(&folder, files).map_err(|error| EngineError::CannotLoad {
                role,
                path: folder.clone(),
                reason: format!("the embedded model cannot be unpacked: {error}"),
            })?;
        }
        // An absolute path: mistral.rs takes a path that does not exist for a name on a hub.
        let folder = fs::canonicalize(&folder).unwrap_or(folder);
        Ok((role, folder))
    };
    roles.iter().map(unpack).collect()
}

/// Names the whole set by its content.
fn name(roles: &BTreeMap<Role, Files>) -> String {
    let mut hasher = Sha256::new();
    for (role, files) in roles {
        for (name, bytes) in files {
            hasher.update(format!("{role}/{name} {}\n", bytes.len()));
            hasher.update(Sha256::digest(bytes));
        }
    }
    let mut name = hex(&hasher.finalize());
    name.truncate(NAME_LENGTH);
    name
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_whole(folder: &Path, files: &Files) -> bool {
    files.iter().all(|(name, bytes)| {
        fs::read(folder.join(name)).is_ok_and(|found| found.as_slice() == bytes.as_ref())
    })
}

/// Writes the files beside their place and moves them there in one step, so that nobody ever reads
/// half a model.
fn place(folder: &Path, files: &Files) -> io::Result<()> {
    let parent = folder.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let fresh = tempfile::Builder::new().prefix(".unpacking-").tempdir_in(parent)?;
    for (name, bytes) in files {
        fs::write(fresh.path().join(name), bytes)?;
    }
    if folder.exists() {
        // A damaged copy. It is moved first: a folder cannot be replaced in one step.
        let damaged = tempfile::Builder::new().prefix(".damaged-").tempdir_in(parent)?;
        fs::rename(folder, damaged.path().join("model"))?;
    }
    match fs::rename(fresh.path(), folder) {
        Ok(()) => {
            // It has a new name and must not be removed with the old one.
            let _ = fresh.keep();
            Ok(())
        }
        // Another process was faster.
        Err(_) if is_whole(folder, files) => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles() -> BTreeMap<Role, Files> {
        let files = |text: &'static str| {
            let bytes = Cow::Borrowed(text.as_bytes());
            Files::from([("config.json".to_owned(), bytes.clone()), ("b".to_owned(), bytes)])
        };
        BTreeMap::from([(Role::Policy, files("p")), (Role::Orm, files("o"))])
    }

    fn unpacked(dir: &Path) -> PathBuf {
        unpack_files(&roles(), dir).expect("unpacked")[&Role::Policy].clone()
    }

    #[test]
    fn files_are_unpacked_once_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = unpacked(dir.path());
        assert_eq!(fs::read(folder.join("config.json")).expect("read"), b"p");
        let before = fs::metadata(&folder).and_then(|m| m.modified()).expect("time");
        assert_eq!(unpacked(dir.path()), folder);
        assert_eq!(fs::metadata(&folder).and_then(|m| m.modified()).expect("time"), before);
        let parent = folder.parent().expect("parent");
        assert_eq!(fs::read_dir(parent).expect("listed").count(), 2);
    }

    #[test]
    fn damaged_and_missing_files_are_mended() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = unpacked(dir.path());
        fs::write(folder.join("config.json"), "x").expect("damaged");
        fs::remove_file(folder.join("b")).expect("removed");
        assert_eq!(unpacked(dir.path()), folder);
        assert!(is_whole(&folder, &roles()[&Role::Policy]));
        assert_eq!(fs::read_dir(folder.parent().expect("parent")).expect("listed").count(), 2);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_a_clear_error() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let error = unpack_files(&roles(), file.path()).expect_err("not a folder");
        assert!(matches!(error, EngineError::CannotLoad { .. }), "{error}");
    }
}
