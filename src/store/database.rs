//! Opening the database file, and the rules every connection keeps.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use super::lock::lock;
use super::{
    Audit, Batches, Keys, Quality, Reviews, Runs, Schema, Sessions, StoreError, Tags, Tokens,
    Upkeep, Users, Views,
};

/// First version without the WAL reset bug.
const MIN_SQLITE: (u32, u32, u32) = (3, 51, 3);
const MIN_SQLITE_TEXT: &str = "3.51.3";
/// Readers at the same time; each is a thread and a page cache.
const READERS: u32 = 4;
/// With fewer bytes free the store counts as full.
const LEAST_FREE: u64 = 1024 * 1024;
/// What takes the write lock at once.
const BEGIN: &str = "BEGIN IMMEDIATE";
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Name of the database in the data folder.
pub(super) const DATABASE_FILE: &str = "glore.db";

/// Every version of the tables.
pub(super) static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// The open database. Cheap to clone; the data folder stays locked until the last clone is gone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    reader: SqlitePool,
    /// Set when the first user was seen; users are never deleted.
    pub(super) has_users: Arc<OnceLock<()>>,
    /// `None` beside a server that has it, and for one that only reads.
    _lock: Option<Arc<File>>,
}

impl Store {
    /// Opens `dir/glore.db`, made when missing, and brings it to the newest schema.
    ///
    /// # Errors
    /// A folder that cannot be written or is in use, a database that cannot be migrated.
    pub async fn open(dir: &Path) -> Result<Self, StoreError> {
        let lock = lock(dir)?;
        Self::connect(dir, Some(lock)).await
    }

    /// Opens it for a command that changes a row or two, also while a server is at work on it.
    /// SQLite keeps the two apart; the tables are left as that server made them.
    ///
    /// # Errors
    /// As [`Store::open`], and a server whose tables are of another version.
    pub async fn open_beside(dir: &Path) -> Result<Self, StoreError> {
        match lock(dir) {
            Ok(lock) => Self::connect(dir, Some(lock)).await,
            Err(StoreError::Locked { .. }) => {
                let Schema { found, newest } = Upkeep::reading(dir).await?.schema().await?;
                if found != newest {
                    return Err(StoreError::OtherVersion { found, newest });
                }
                Self::connect(dir, None).await
            }
            Err(error) => Err(error),
        }
    }

    async fn connect(dir: &Path, lock: Option<File>) -> Result<Self, StoreError> {
        let base = SqliteConnectOptions::new()
            .filename(dir.join(DATABASE_FILE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(base.clone())
            .await?;
        require_sqlite(&writer).await?;
        if lock.is_some() {
            MIGRATOR.run(&writer).await?;
        }
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(base.pragma("query_only", "ON"))
            .await?;
        Ok(Self { writer, reader, has_users: Arc::default(), _lock: lock.map(Arc::new) })
    }

    /// Opens `dir/glore.db` for reading, beside a server that may be at work on it. Whatever would
    /// write fails.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none, [`StoreError::OtherSchema`] when its tables are of
    /// another version of this program.
    pub async fn beside(dir: &Path) -> Result<Self, StoreError> {
        let Schema { found, newest } = Upkeep::reading(dir).await?.schema().await?;
        if found != newest {
            return Err(StoreError::OtherSchema { found, newest });
        }
        let options = SqliteConnectOptions::new()
            .filename(dir.join(DATABASE_FILE))
            .read_only(true)
            .busy_timeout(BUSY_TIMEOUT);
        let reader =
            SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
        Ok(Self { writer: reader.clone(), reader, has_users: Arc::default(), _lock: None })
    }

    /// The runs and their queue.
    pub fn runs(&self) -> Runs<'_> {
        Runs { store: self }
    }

    /// Review queues and what people said.
    pub fn reviews(&self) -> Reviews<'_> {
        Reviews { store: self }
    }

    /// Words that people put on runs.
    pub fn tags(&self) -> Tags<'_> {
        Tags { store: self }
    }

    /// Lists with their filters, by name.
    pub fn views(&self) -> Views<'_> {
        Views { store: self }
    }

    /// Many problems at once.
    pub fn batches(&self) -> Batches<'_> {
        Batches { store: self }
    }

    /// What was answered to requests with an `Idempotency-Key`.
    pub fn keys(&self) -> Keys<'_> {
        Keys { store: self }
    }

    /// The users.
    pub fn users(&self) -> Users<'_> {
        Users { store: self }
    }

    /// Where they are logged in.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions { store: self }
    }

    /// What programs may do in their names.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens { store: self }
    }

    /// What they did.
    pub fn audit(&self) -> Audit<'_> {
        Audit { store: self }
    }

    /// What people said of items, for statistics, adjudication and exports.
    pub fn quality(&self) -> Quality<'_> {
        Quality::new(self)
    }

    /// Takes the write lock and gives it back: fails when the disk is read-only or gone, and when it has
    /// less room than a few writes take. A write that is given back tells nothing of that: there is
    /// room for it in the log that earlier ones left.
    ///
    /// # Errors
    /// What a write would meet.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let file = self.writer.connect_options().get_filename().to_owned();
        let dir = file.parent().unwrap_or(Path::new("."));
        // A file system that does not tell is taken to have room.
        if let Ok(disk) = rustix::fs::statvfs(dir)
            && let free = disk.f_bavail.saturating_mul(disk.f_frsize)
            && free < LEAST_FREE
        {
            return Err(StoreError::DiskFull { dir: dir.to_owned(), free });
        }
        let mut tx = self.write().await?;
        sqlx::query("CREATE TABLE probe (x INTEGER) STRICT").execute(&mut *tx).await?;
        tx.rollback().await?;
        Ok(())
    }

    /// Moves everything from the write-ahead log into the database file and closes it.
    ///
    /// # Errors
    /// When the log cannot be written back; nothing is lost, the next start reads it.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.reader.close().await;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await?;
        self.writer.close().await;
        Ok(())
    }

    /// A transaction that holds the write lock from its first statement: one that upgrades later
    /// fails at once when another writer is at work, whatever the busy timeout.
    ///
    /// When the disk is full SQLite ends a transaction by itself, which sqlx does not learn: it counts
    /// it as going on and refuses to begin another, for ever. Such a connection is closed, and the
    /// pool opens a new one.
    pub(super) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        match self.writer.begin_with(BEGIN).await {
            Err(sqlx::Error::InvalidSavePointStatement) => {
                tracing::warn!("the connection that writes lost its transaction; opening another");
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }

    /// Connections that cannot write.
    pub(super) fn read(&self) -> &SqlitePool {
        &self.reader
    }
}

async fn require_sqlite(writer: &SqlitePool) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(writer).await?;
    let mut parts = found.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < MIN_SQLITE {
        return Err(StoreError::OldSqlite { found, needed: MIN_SQLITE_TEXT });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_transaction_that_the_database_ended_by_itself_is_not_waited_for() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("opened");
        let mut lost = store.write().await.expect("begun");
        // As SQLite does when the disk is full.
        sqlx::query("ROLLBACK").execute(&mut *lost).await.expect("ended");
        lost.commit().await.expect_err("there is nothing to commit");
        store.write().await.expect("begun anew").commit().await.expect("ended");
        store.write().await.expect("and again").commit().await.expect("ended");
    }

    #[tokio::test]
    async fn a_second_server_on_the_same_folder_is_refused() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let first = Store::open(dir.path()).await.expect("opened");
        let error = Store::open(dir.path()).await.expect_err("refused");
        assert!(matches!(error, StoreError::Locked { .. }), "{error}");
        first.close().await.expect("closed");
        drop(first);
        Store::open(dir.path()).await.expect("free again");
    }

    #[tokio::test]
    async fn readers_cannot_write_and_the_check_leaves_nothing_behind() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("opened");
        let written = sqlx::query("CREATE TABLE t (x INTEGER)").execute(store.read()).await;
        assert!(written.is_err());
        store.check_writable().await.expect("writable");
        store.check_writable().await.expect("writable again");
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("opened");
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'of the future', 1, x'00', 0)",
        )
        .execute(&store.writer)
        .await
        .expect("written");
        store.close().await.expect("closed");
        drop(store);
        let error = Store::open(dir.path()).await.expect_err("refused");
        assert!(matches!(error, StoreError::Migration(_)), "{error}");
        assert!(error.to_string().contains("9999"), "{error}");
    }
}
