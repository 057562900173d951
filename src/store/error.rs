//! What can go wrong with the store.

use std::path::PathBuf;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the data folder.
    #[error("the data folder {} is in use by another glore server{}", dir.display(), named(*pid))]
    Locked { dir: PathBuf, pid: Option<u32> },
    /// The data folder cannot be made or written.
    #[error("the data folder {}: {source}", dir.display())]
    Folder { dir: PathBuf, source: std::io::Error },
    /// The disk of the data folder has no room for the next writes.
    #[error("the disk of {} is full: {free} bytes are free", dir.display())]
    DiskFull { dir: PathBuf, free: u64 },
    /// There is nothing to look after yet.
    #[error("there is no database at {}; `glore serve` makes one", file.display())]
    Missing { file: PathBuf },
    /// The tables are of another version of this program.
    #[error(
        "the tables are of version {found}, this program needs {newest}; `glore serve` brings them there"
    )]
    OtherSchema { found: i64, newest: i64 },
    /// A backup would overwrite something.
    #[error("{} exists already; a backup never overwrites a file", file.display())]
    Exists { file: PathBuf },
    /// A backup cannot be written where it was asked for.
    #[error("the backup {}: {source}", file.display())]
    Copy { file: PathBuf, source: std::io::Error },
    /// A backup was written but is not sound, so that it was removed again.
    #[error("the copy is damaged and was removed; check the database: {}", faults.join("; "))]
    BadCopy { faults: Vec<String> },
    /// The SQLite in this build has a known bug that loses data.
    #[error(
        "SQLite {found} is too old: {needed} or newer is needed (earlier ones can corrupt a database in WAL mode)"
    )]
    OldSqlite { found: String, needed: &'static str },
    /// The database cannot be brought to the version that this program needs.
    #[error("the database cannot be migrated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// SQLite refused or failed.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A row does not hold what this program writes.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(String),
    /// As many runs wait as may wait.
    #[error("{limit} runs are waiting already")]
    QueueFull { limit: usize },
    /// Somebody has this name already.
    #[error("there is a user called `{name}` already")]
    NameTaken { name: String },
    /// What is to be changed is not there.
    #[error("there is no {what} `{name}`")]
    NoSuch { what: &'static str, name: String },
    /// The change would leave nobody who could undo it.
    #[error("the last admin who can log in stays one; make somebody else admin first")]
    LastAdmin,
    /// From the first user on people must log in, and somebody must be able to add the second.
    #[error("the first user must be an admin")]
    FirstIsAdmin,
    /// A list that is bounded is full.
    #[error("there are {limit} {what}, the most allowed")]
    TooMany { what: &'static str, limit: i64 },
    /// A server of another version is at work.
    #[error(
        "the database has version {found} of the tables and this program makes {newest}: stop the \
         server first, or use its own program"
    )]
    OtherVersion { found: i64, newest: i64 },
}

impl StoreError {
    /// Whether the same write may go well later: the database is full, locked or away, and did not
    /// object to what was written.
    pub fn may_pass(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let objected =
            |e: &dyn sqlx::error::DatabaseError| e.kind() != sqlx::error::ErrorKind::Other;
        !error.as_database_error().is_some_and(objected)
    }
}

/// The process id where it is known.
fn named(pid: Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
}
