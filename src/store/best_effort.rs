//! Best effort, writing that may fail: when somebody was last seen. What was asked for must not wait for it, nor fail
//! with it: pages are read while the disk is full, and while something else has the database locked.

use std::time::Duration;

use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

use super::{Store, StoreError};

/// Longer than a write takes where nothing is wrong.
const PATIENCE: Duration = Duration::from_millis(250);

impl Store {
    /// Writes one statement if that can be done at once.
    pub(super) async fn note(&self, statement: Query<'_, Sqlite, SqliteArguments>) {
        let write = async {
            let mut tx = self.write().await?;
            statement.execute(&mut *tx).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(())
        };
        match tokio::time::timeout(PATIENCE, write).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "when somebody was seen is not written down"),
            Err(_) => tracing::warn!("when somebody was seen is not written down: no time"),
        }
    }
}
