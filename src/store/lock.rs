//! One server a data folder: a file lock that the system takes back when the process ends, however
//! it ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::StoreError;

/// Name of the file in the data folder. It stays when the lock is gone, and means nothing then.
const LOCK_FILE: &str = "glore.lock";
/// A process id and a line end are shorter than this.
const LONGEST_PID: u64 = 16;

/// Makes the folder when it is missing, locks it, and writes down which process has it. Two servers
/// on one folder would both requeue the other's work.
///
/// # Errors
/// [`StoreError::Locked`] with the process that has it, or a folder that cannot be written.
pub(super) fn lock(dir: &Path) -> Result<File, StoreError> {
    let folder = |source| StoreError::Folder { dir: dir.to_owned(), source };
    std::fs::create_dir_all(dir).map_err(folder)?;
    let mut file = File::options()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(dir.join(LOCK_FILE))
        .map_err(folder)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StoreError::Locked { dir: dir.to_owned(), pid: holder(&file) });
        }
        Err(TryLockError::Error(source)) => return Err(folder(source)),
    }
    write_pid(&mut file).map_err(folder)?;
    Ok(file)
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// What the one who has the lock wrote; `None` while it has not written yet.
fn holder(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(LONGEST_PID).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_with_the_folder_and_the_process() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        // What a process that is gone left behind is no lock.
        std::fs::write(dir.path().join(LOCK_FILE), "99999999999\nold").expect("written");
        let first = lock(dir.path()).expect("locked");
        let error = lock(dir.path()).expect_err("refused").to_string();
        let pid = format!("process {}", std::process::id());
        let folder = dir.path().display().to_string();
        assert!(error.contains(&folder) && error.contains(&pid), "{error}");
        drop(first);
        lock(dir.path()).expect("free again");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let error = lock(&file.path().join("x")).expect_err("not a folder");
        assert!(matches!(error, StoreError::Folder { .. }), "{error}");
    }
}
