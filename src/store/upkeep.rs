//! The database as a person looks after it: checked, counted again, copied, beside a server that may
//! be at work on it. Nothing here takes the lock of the data folder; SQLite keeps the two apart.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Row};

use super::StoreError;
use super::database::{BUSY_TIMEOUT, DATABASE_FILE, MIGRATOR};

/// Faults of each kind that are listed; where there is one there are often thousands.
const MOST_FAULTS: usize = 20;

/// A connection of its own to a database that exists.
#[derive(Debug)]
pub struct Upkeep {
    pub(super) connection: SqliteConnection,
}

/// Versions of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Of the file.
    pub found: i64,
    /// That this program makes.
    pub newest: i64,
}

impl Upkeep {
    /// Opens `dir/glore.db` for reading.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none, or it cannot be opened.
    pub async fn reading(dir: &Path) -> Result<Self, StoreError> {
        Self::open(dir.join(DATABASE_FILE), true).await
    }

    /// Opens a backup for reading.
    ///
    /// # Errors
    /// As [`Upkeep::reading`].
    pub async fn reading_file(file: &Path) -> Result<Self, StoreError> {
        Self::open(file.to_owned(), true).await
    }

    /// Opens `dir/glore.db` for [`Upkeep::repair_counts`].
    ///
    /// # Errors
    /// As [`Upkeep::reading`].
    pub async fn writing(dir: &Path) -> Result<Self, StoreError> {
        Self::open(dir.join(DATABASE_FILE), false).await
    }

    async fn open(file: PathBuf, read_only: bool) -> Result<Self, StoreError> {
        if !file.exists() {
            return Err(StoreError::Missing { file });
        }
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .read_only(read_only)
            .busy_timeout(BUSY_TIMEOUT);
        Ok(Self { connection: options.connect().await? })
    }

    /// The SQLite that is compiled in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sqlite_version(&mut self) -> Result<String, StoreError> {
        Ok(sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut self.connection).await?)
    }

    /// Which version the tables have; 0 before the first server made them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schema(&mut self) -> Result<Schema, StoreError> {
        let made: bool = sqlx::query_scalar(
            "SELECT count(*) > 0 FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        )
        .fetch_one(&mut self.connection)
        .await?;
        let found: Option<i64> = match made {
            true => {
                sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
                    .fetch_one(&mut self.connection)
                    .await?
            }
            false => None,
        };
        let newest = MIGRATOR.iter().map(|migration| migration.version).max();
        Ok(Schema { found: found.unwrap_or(0), newest: newest.unwrap_or(0) })
    }

    /// What `PRAGMA integrity_check` and `PRAGMA foreign_key_check` find wrong, a line each; empty
    /// when all is well. Reads the whole file.
    ///
    /// # Errors
    /// When the database is too damaged to be looked at.
    pub async fn faults(&mut self) -> Result<Vec<String>, StoreError> {
        let found: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut self.connection).await?;
        let mut faults: Vec<String> =
            found.into_iter().filter(|line| line != "ok").take(MOST_FAULTS).collect();
        let rows = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut self.connection).await?;
        for row in rows.iter().take(MOST_FAULTS) {
            let (table, parent): (&str, &str) = (row.try_get(0)?, row.try_get(2)?);
            let row: Option<i64> = row.try_get(1)?;
            let row = row.map_or_else(String::new, |row| format!(" {row}"));
            faults
                .push(format!("row{row} of {table} belongs to a row of {parent} that is missing"));
        }
        Ok(faults)
    }

    /// How many users may log in.
    ///
    /// # Errors
    /// When the database fails, or is of a version without users.
    pub async fn users(&mut self) -> Result<u64, StoreError> {
        let n: i64 = sqlx::query_scalar("SELECT count(*) FROM users WHERE NOT disabled")
            .fetch_one(&mut self.connection)
            .await?;
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// How many runs there are.
    ///
    /// # Errors
    /// When the database fails, or has no tables yet.
    pub async fn runs(&mut self) -> Result<u64, StoreError> {
        let n: i64 =
            sqlx::query_scalar("SELECT count(*) FROM runs").fetch_one(&mut self.connection).await?;
        Ok(u64::try_from(n).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_store_at_work_can_be_looked_at() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let missing = Upkeep::reading(dir.path()).await.expect_err("none yet");
        assert!(matches!(missing, StoreError::Missing { .. }), "{missing}");
        let _store = Store::open(dir.path()).await.expect("opened");
        let mut upkeep = Upkeep::reading(dir.path()).await.expect("opened beside it");
        let Schema { found, newest } = upkeep.schema().await.expect("versions");
        assert!(found == newest && found >= 1, "{found} of {newest}");
        assert_eq!(upkeep.faults().await.expect("looked"), Vec::<String>::new());
        assert_eq!(upkeep.runs().await.expect("counted"), 0);
        let written =
            sqlx::query("CREATE TABLE t (x INTEGER)").execute(&mut upkeep.connection).await;
        assert!(written.is_err(), "it cannot write");
    }

    #[tokio::test]
    async fn rows_without_their_parent_and_damaged_pages_are_faults() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        Store::open(dir.path()).await.expect("opened").close().await.expect("closed");
        let mut upkeep = Upkeep::writing(dir.path()).await.expect("opened");
        for statement in [
            "PRAGMA foreign_keys = OFF",
            "INSERT INTO steps (solution_id, step, text) VALUES ('sol_none', 1, 'x')",
        ] {
            sqlx::query(statement).execute(&mut upkeep.connection).await.expect(statement);
        }
        let faults = upkeep.faults().await.expect("looked");
        assert!(matches!(&*faults, [one] if one.contains("steps") && one.contains("solutions")));
        // Dropped, it would write back its log at some later moment.
        upkeep.connection.close().await.expect("closed");

        let file = dir.path().join(DATABASE_FILE);
        let mut bytes = std::fs::read(&file).expect("read");
        let last = bytes.len() - 4096;
        bytes[last..].fill(0x5a);
        std::fs::write(&file, bytes).expect("damaged");
        let mut upkeep = Upkeep::reading(dir.path()).await.expect("opened");
        let found = upkeep.faults().await;
        assert!(found.as_ref().map_or(true, |faults| faults.len() > 1), "{found:?}");
    }
}
