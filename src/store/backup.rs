//! A copy of the database, whole and checked, taken while a server may be writing.

use std::fs::File;
use std::path::Path;

use super::{StoreError, Upkeep};

impl Upkeep {
    /// Writes the database as it is now to a new file `to`. The copy is made beside its place,
    /// checked, and moved there in one step: a file of that name is always a good backup.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when `to` is there already, [`StoreError::BadCopy`] when the copy is
    /// not sound, and whatever the disk says.
    pub async fn backup(&mut self, to: &Path) -> Result<(), StoreError> {
        let cannot = |source| StoreError::Copy { file: to.to_owned(), source };
        let exists = || StoreError::Exists { file: to.to_owned() };
        if to.symlink_metadata().is_ok() {
            return Err(exists());
        }
        let parent = match to.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        // Readable by its owner alone, like every temporary file; SQLite writes into an empty one.
        let fresh = tempfile::Builder::new().prefix(".glore-backup-").tempfile_in(parent);
        let fresh = fresh.map_err(cannot)?;
        let path = fresh.path().to_str().ok_or_else(|| {
            cannot(std::io::Error::new(std::io::ErrorKind::InvalidInput, "its path is not UTF-8"))
        })?;
        sqlx::query("VACUUM INTO ?").bind(path).execute(&mut self.connection).await?;
        let mut copy = Upkeep::reading_file(fresh.path()).await?;
        let faults = copy.faults().await?;
        drop(copy);
        if !faults.is_empty() {
            return Err(StoreError::BadCopy { faults });
        }
        fresh.as_file().sync_all().map_err(cannot)?;
        fresh.persist_noclobber(to).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(),
            _ => cannot(error.error),
        })?;
        // The name itself is on disk only when its folder is.
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(cannot)
    }
}
